/**
 * What the rules of an Exclusive side are made from, besides the side: what the
 * region's grant allows, the twin's side, and how long things have lasted on
 * this process's clock.
 */
import type { Authority, PeerSide } from "../authority.ts";
import type { Observation } from "../observation.ts";
import type { RoleStep } from "../role.ts";
import type { LastActive, SideView } from "../side.ts";

export interface GrantView {
	readonly authority: Authority;
	/** From a consistent read in this turn, made after the own side was read; undefined: not read. */
	readonly peer?: PeerSide;
	/** As watched, and maybe old: it tells whether a read is worth its while, and nothing is decided on it. */
	readonly hint: PeerSide;
	/** Rule 11: the `taken` that this process has already written this side for. */
	readonly returned?: string;
	/** Rule 14: since the receipt of what showed this side standby in its epoch. */
	readonly standbyForMs: number;
	/** Rule 14: F + 1.1 R + t_req. */
	readonly goneAfterMs: number;
	/** How long the region has had no proof; 0 when it has one. */
	readonly unprovenForMs: number;
	/** Rule 22: since the first of the lists that all showed no pod without a gate; undefined: the last one did, or there was none. */
	readonly gatedForMs?: number;
	/** The side becomes active in this very decision, and none of its pods was left. */
	readonly started?: boolean;
	/** F. */
	readonly fenceMs: number;
}

/** What a rule answers. `ask`: the twin's side has to be read first, after the own one. */
export type Step = RoleStep | { readonly kind: "ask" };

/** What each rule of an Exclusive side looks at. */
export interface Case {
	readonly side: SideView;
	readonly grant: GrantView;
	/** Replicas of the workloads now, kept for the next promotion. */
	readonly counts: readonly LastActive[];
}

/** The grant, where this side is bound by it. */
export const grantOf = (seen: Observation): GrantView | undefined =>
	seen.side.policy === "Exclusive" ? seen.grant : undefined;
