/** A TwinCluster as its hub reads it, and all that is known of its region. */
import {
	type Identity,
	identityOf,
	type KubeObject,
} from "../../api/object.ts";
import type {
	AgentMode,
	PendingDeletion,
	TwinClusterSpec,
	TwinClusterStatus,
} from "../../api/types.ts";
import type { Grant } from "./grant.ts";
import type { Health } from "./loss.ts";
import type { FencingForm } from "./observation.ts";
import type { Problem } from "./problem.ts";

/** Where the credentials of a region are; a profile's token is in the Secret of its name. */
export type CredentialsRef =
	| { readonly secret: string; readonly key: string }
	| { readonly profile: { readonly namespace: string; readonly name: string } };

export interface ClusterView extends Identity {
	readonly credentials: CredentialsRef;
	readonly agent: AgentMode;
	readonly failureDomain?: string;
	readonly status: TwinClusterStatus;
}

export function parseCluster(object: KubeObject): ClusterView {
	const spec = object.spec as TwinClusterSpec;
	const { secretRef, clusterProfileRef } = spec.credentials;
	return {
		...identityOf(object),
		credentials: clusterProfileRef
			? { profile: clusterProfileRef }
			: {
					secret: secretRef?.name ?? "",
					key: secretRef?.key ?? "kubeconfig",
				},
		agent: spec.agent,
		...(spec.failureDomain === undefined
			? {}
			: { failureDomain: spec.failureDomain }),
		status: (object.status ?? {}) as TwinClusterStatus,
	};
}

export interface ClusterSeen {
	readonly cluster: ClusterView;
	/** Every TwinCluster, this one too. */
	readonly all: readonly ClusterView[];
	readonly health: Health;
	readonly isolated: boolean;
	/** Why the Secret gives no connection. */
	readonly credentialsFault?: string;
	/** When the credentials in use expire, if that is soon. */
	readonly credentialsEnd?: string;
	/** kube-system's uid, as read now. */
	readonly clusterUID?: string;
	/** Undefined: at work. */
	readonly agent?: Problem;
	/** What is being done to the agent, or keeps that from being done; undefined: nothing is to be done. */
	readonly install?: Problem;
	/** As it says itself. */
	readonly agentVersion?: string;
	/** The other one of the pair. */
	readonly twin?: ClusterView;
	readonly grant?: Grant;
	readonly fencing?: FencingForm;
	/** The operator's own namespace, on the hub. */
	readonly namespace?: string;
	/** Grants are kept at a witness, in the hub's place. */
	readonly hasWitness?: boolean;
	/** kube-system's uid of the hub's own cluster, or of the witness in its place. */
	readonly hubUID?: string;
	/** Failure domain of the hub, or of the witness. */
	readonly hubDomain?: string;
	/** Names of TwinServices that name it. */
	readonly usedBy: readonly string[];
	/** Sides of this installation that no TwinService claims. */
	readonly unclaimed: readonly string[];
	/** Installations other than ours that have sides in the region. */
	readonly foreign: readonly string[];
	readonly pending: readonly PendingDeletion[];
	readonly wall: string;
}
