/** All that a decision about one side is made from. */
import type { Resource } from "../../api/kind.ts";
import type { GrantView } from "./exclusive/view.ts";
import type { LiveView } from "./live.ts";
import type { Said } from "./problem.ts";
import type { SideView } from "./side.ts";

/** What is known of the objects of one kind. `pending` and `failed` are not "none". */
export type KindState =
	| { readonly kind: "listed" }
	| { readonly kind: "pending" }
	/** The cluster does not serve it. */
	| { readonly kind: "absent" }
	| { readonly kind: "failed"; readonly message: string };

/** Differences that stood in the answer to our own write: the server's own spelling. */
export interface Settled {
	readonly of: string;
	readonly paths: readonly string[];
}

export interface Observation {
	/** Region that this agent serves. */
	readonly region: string;
	readonly side: SideView;
	/** Of this side, by `Kind/name`. */
	readonly lives: ReadonlyMap<string, LiveView>;
	readonly kindState: (resource: Resource) => KindState;
	readonly said: ReadonlyMap<string, Said>;
	readonly settled: ReadonlyMap<string, Settled>;
	/** Pods that are neither finished nor held at their gate, from a consistent list made in this turn after the last write. */
	readonly pods?: number;
	/** Rule 22: pods, and Jobs that would make such, without a gate; from such a list too. */
	readonly ungated?: number;
	/** Present where the agent of the region holds grants. */
	readonly grant?: GrantView;
	/** Deletion with `Orphan`: every object was seen released in this turn. */
	readonly released?: boolean;
}
