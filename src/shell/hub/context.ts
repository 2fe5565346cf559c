/** What the parts of the hub share. */
import type { KubeObject } from "../../api/object.ts";
import type { ClusterView } from "../../core/hub/cluster-view.ts";
import type { SecretData } from "../../core/hub/credentials.ts";
import type { Timing } from "../../core/hub/loss.ts";
import type { OperationView } from "../../core/hub/operation-view.ts";
import type { Problem } from "../../core/hub/problem.ts";
import type { ServiceView } from "../../core/hub/service-view.ts";
import type { Profile, ProfileName } from "../../core/profile.ts";
import type { Address, Api, Clock, Connector, Log, Metrics } from "../port.ts";
import type { Queue } from "../queue.ts";
import type { Reflector } from "../reflector.ts";
import type { Events, EventTarget } from "./event.ts";
import type { GrantWatch } from "./grants.ts";
import type { RegionLink } from "./link.ts";
import type { Gauges } from "./measure.ts";

export interface HubDeps {
	readonly installation: string;
	/** The operator's own, on the hub and in the regions. */
	readonly namespace: string;
	readonly api: Api;
	/** A third API server where the agents keep their grants in the hub's place. */
	readonly witnessApi?: Api;
	readonly connector: Connector;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	readonly log: Log;
	readonly metrics?: Metrics;
	/** Of the hub, or of the witness: the site that it shares its power, building and network with. */
	readonly failureDomain?: string;
	/** Put into regions with `agent: None` or `Managed`; left out, it has to be there. */
	readonly sideCrd?: KubeObject;
	/** How soon a region counts as lost, and how long a grant is held. */
	readonly profile: Profile;
	/** Undefined: this hub was given nothing to install agents with. */
	readonly agents?: AgentKit;
}

/** What agents are installed with, where spec.agent is Managed. */
export interface AgentKit {
	readonly image: string;
	/** With digest. */
	readonly gateImage: string;
	/** Hub and agents have the same one. */
	readonly profile: ProfileName;
	/** At which agents reach the hub. */
	readonly hub: Address;
	/** As docs/install/render.sh renders them for a region with grants and gate. */
	readonly manifests: readonly KubeObject[];
}

export interface HubContext extends HubDeps {
	readonly timing: Timing;
	readonly grants: GrantWatch;
	/** kube-system's uid of the hub's own cluster. */
	readonly hubUID: () => string | undefined;
	readonly services: Reflector<ServiceView>;
	readonly clusters: Reflector<ClusterView>;
	readonly operations: Reflector<OperationView>;
	readonly secrets: Reflector<SecretData>;
	/** By TwinCluster. */
	readonly links: Map<string, RegionLink>;
	/** By TwinCluster: what is said of an agent that the hub installs. */
	readonly installs: ReadonlyMap<string, Problem>;
	/** Operations of a service that are not over. */
	readonly operationsOf: (service: string) => readonly OperationView[];
	readonly serviceQueue: Queue;
	readonly clusterQueue: Queue;
	readonly events: Events;
	readonly gauges: Gauges;
	/** The hub sees neither region, or not itself. */
	readonly isIsolated: () => boolean;
	/** Everything that was noted as seen; for readiness. */
	readonly isSynced: () => boolean;
}

export type { EventTarget };

/** Turns of the same urgency take their turn in the order of their coming. */
export const PROMOTION = 0;
export const ROUTINE = 5;
