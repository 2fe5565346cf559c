/** What the hub sees of one service at one moment. Unknown is never absent. */
import type { Finding } from "../../api/condition.ts";
import type { Profile } from "../profile.ts";
import type { SideView } from "../region/side.ts";
import type { Grant } from "./grant.ts";
import type { Health } from "./loss.ts";
import type { OperationView } from "./operation-view.ts";
import type { Problem } from "./problem.ts";
import type { Placement, ServiceView } from "./service-view.ts";

/** A TwinSide without its objects. */
export type SeenSide = Omit<SideView, "parts">;

export type Seen =
	| { readonly kind: "present"; readonly side: SeenSide }
	| { readonly kind: "absent" }
	/** `last`: as seen before the region fell silent, by this process. */
	| { readonly kind: "unknown"; readonly last?: SeenSide };

/** What the dry run of a hash in a region said. */
export type Verdict = "passed" | "pending" | Problem;

/** `Pod`: every node bears the gate. `Agent`: the agent stops pods through the API server. */
export type FencingForm = "Pod" | "Agent";

export interface RegionSeen {
	readonly name: string;
	readonly health: Health;
	/** Why no service can be placed there, whatever its health: a problem of the TwinCluster. */
	readonly problem?: Problem;
	/** Its agent is not at work: nothing wished there is carried out. */
	readonly agent?: Problem;
	/** An agent of its own runs in the region: it can hold grants. */
	readonly hasAgent?: boolean;
	/** As seen at the hub. Missing: not looked for. */
	readonly grant?: Grant;
	/** How strong its fencing is, as its agent says. */
	readonly fencing?: FencingForm;
	/** How long it has answered without a break, by this process's own clock. */
	readonly aliveForMs?: number;
	readonly side: Seen;
	readonly placement: Placement;
	readonly verdict: Verdict;
	/** Wall time of the last answer that proved life, by the hub's clock. */
	readonly lastAliveAt?: string;
}

export interface Observation {
	readonly installation: string;
	readonly operatorNamespace: string;
	readonly service: ServiceView;
	/** In the order of spec.clusters. */
	readonly regions: readonly [RegionSeen, RegionSeen];
	/** The hub sees neither region, or not itself. */
	readonly isolated: boolean;
	/** The operation whose turn it is. */
	readonly operation?: OperationView;
	/** Others wait behind it. */
	readonly operationsWaiting: boolean;
	/** How long the active region has been the active one, as this process saw it. */
	readonly activeForMs?: number;
	/** The timing profile of hub and agents. */
	readonly profile?: Profile;
	/** Wall time, for stages and conditions; nothing is decided by it. */
	readonly wall: string;
}

/** What is known of a side now, or was known last: by this process, or by the status it wrote. */
export interface Known {
	readonly uid: string | undefined;
	readonly role: "Active" | "Standby";
	readonly epoch: number;
	readonly supersedes?: string;
	readonly now: boolean;
}

export function knownOf(
	region: RegionSeen,
	service: ServiceView,
): Known | undefined {
	if (region.side.kind === "absent") return undefined;
	const side =
		region.side.kind === "present" ? region.side.side : region.side.last;
	if (side) {
		return {
			uid: side.uid,
			role: side.status.role,
			epoch: side.status.epoch,
			...(side.status.supersedes === undefined
				? {}
				: { supersedes: side.status.supersedes }),
			now: region.side.kind === "present",
		};
	}
	const recorded = service.status.clusters?.find(
		(it) => it.name === region.name,
	);
	if (recorded?.role === undefined || recorded.epoch === undefined)
		return undefined;
	const { role, epoch, uid } = recorded;
	return { uid, role, epoch, now: false };
}

export const presentIn = (region: RegionSeen): SeenSide | undefined =>
	region.side.kind === "present" ? region.side.side : undefined;

/** The region answers, and its side could be read. */
export const isAlive = (region: RegionSeen): boolean =>
	region.health.kind === "Alive";

export const isLost = (region: RegionSeen): boolean =>
	region.health.kind === "Lost";

export const otherOf = (seen: Observation, region: RegionSeen): RegionSeen =>
	seen.regions[0].name === region.name ? seen.regions[1] : seen.regions[0];

export const regionNamed = (
	seen: Observation,
	name: string | undefined,
): RegionSeen | undefined => seen.regions.find((it) => it.name === name);

/** Sum of both sides' epochs, the last known one where a region is silent. */
export const epochOf = ({ regions, service }: Observation): number =>
	regions.reduce((sum, it) => sum + (knownOf(it, service)?.epoch ?? 0), 0);

export const placedHash = (region: RegionSeen): string | undefined =>
	"hash" in region.placement ? region.placement.hash : undefined;

export const conditionOf = (
	side: SeenSide,
	type: string,
): Finding | undefined =>
	side.status.conditions?.find((it) => it.type === type);
