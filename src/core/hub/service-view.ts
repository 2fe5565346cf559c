/** A TwinService as the hub remembers it: what is decided on, and its manifests as text. */
import type { Identity, KubeObject } from "../../api/object.ts";
import type {
	ClusterRef,
	DeletionPolicy,
	Gate,
	Policy,
	Target,
	TwinServiceStatus,
} from "../../api/types.ts";
import type { ProfileName } from "../profile.ts";
import type { Standby } from "../region/side.ts";
import type { Problem } from "./problem.ts";

export interface ServiceView extends Identity {
	/** Clusters that a person lets go of (annotation). */
	readonly letGo: readonly string[];
	/** Names; the first is preferred. */
	readonly clusters: readonly [string, string];
	/** spec.manifests, spec.targets and spec.clusters, as JSON. */
	readonly text: string;
	/** By cluster: what its side is to have, or why it cannot. */
	readonly placements: ReadonlyMap<string, Placement>;
	readonly policy: Policy;
	readonly gate: Gate;
	readonly failback: Failback;
	readonly standby: Standby;
	readonly suspend: boolean;
	readonly deletionPolicy: DeletionPolicy;
	readonly status: TwinServiceStatus;
}

/** spec.promotion.failback, filled in. */
export interface Failback {
	readonly mode: "Manual" | "Automatic";
	readonly stableSeconds: number;
}

/** What rendering needs of a spec. */
export interface Source {
	readonly manifests: readonly KubeObject[];
	readonly targets?: readonly Target[];
	readonly clusters: readonly ClusterRef[];
}

/** What is remembered of a side's objects: their hash, or why there are none. */
export type Placement =
	| {
			readonly hash: string;
			readonly count: number;
			/** Profiles whose F its pods may outlast. */
			readonly fence?: FenceProblems;
	  }
	| Problem;

/** Profiles that do not bear the service, and why. */
export type FenceProblems = Readonly<Partial<Record<ProfileName, Problem>>>;
