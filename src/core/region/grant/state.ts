/** Everything one process knows of the grants. A value: every event makes the next one. */
import type { Offer } from "../authority.ts";
import type { Window } from "./handover.ts";
import { type Instant, jumped } from "./instant.ts";
import type { Lease } from "./lease.ts";
import type { Presence } from "./presence.ts";
import { dropAll, isFresh, isValid, type Proof, type Source } from "./proof.ts";
import type { SidesRead } from "./return.ts";
import type { Observed, Takeover } from "./takeover.ts";
import type { Timing } from "./timing.ts";

/**
 * The Leases of one region, by where they are. Each has a loop of its own with
 * one request under way, so that a slow place delays no other and answers of
 * one Lease never overtake each other.
 */
export const SPOTS = [
	/** The own grant at the twin's API server: S1. */
	"atPeer",
	/** The own grant at the hub: S2. */
	"atHub",
	/** The twin's grant at the hub: observed, step 1. */
	"peerAtHub",
	/** The twin's grant in the own API server: S3, observed, step 2, given back. */
	"peerAtOwn",
	/** `trustedHub`, in the own API server. */
	"trust",
] as const;
export type Spot = (typeof SPOTS)[number];

/** Unknown is not absent. */
export type Seen =
	| { readonly kind: "unknown" }
	| { readonly kind: "absent" }
	| { readonly kind: "lease"; readonly lease: Lease };

/** One round of a loop: at least one request, and no more than needed. */
export interface Turn {
	readonly requests: number;
	/** The Lease was read, or written with success, in this turn. */
	readonly looked: boolean;
	readonly done: boolean;
}

/** What the twin offers in one place. */
export interface Offers {
	readonly text: string;
	readonly entries: ReadonlyMap<string, Offer>;
	/** The place whose Lease changed last is believed. */
	readonly changedAt: Instant;
}

export interface Grant {
	readonly region: string;
	readonly peer: string;
	readonly timing: Timing;
	/** The latest look at the clocks. */
	readonly at: Instant;
	readonly proof: Proof;
	readonly presence: Presence;
	readonly seen: Readonly<Record<Spot, Seen>>;
	readonly turns: Readonly<Record<Spot, Turn>>;
	readonly observed: Observed;
	readonly takeover?: Takeover | undefined;
	readonly sides?: SidesRead;
	/** `trustedHub` was read since the process started. */
	readonly loaded: boolean;
	/** Rule 13: when the twin was last seen to have renewed. */
	readonly peerRenewedAt?: Instant;
	/** Rule 19: when a person's word was first seen in the own API server. */
	readonly forceSince?: Instant | undefined;
	readonly offers: Readonly<Partial<Record<"peerAtHub" | "peerAtOwn", Offers>>>;
	readonly window: Window;
}

const FIRST: Turn = { requests: 0, looked: false, done: false };

export const initialGrant = (
	self: { region: string; peer: string; process: string },
	timing: Timing,
	now: Instant,
): Grant => ({
	region: self.region,
	peer: self.peer,
	timing,
	at: now,
	proof: { sources: {} },
	presence: { process: self.process, yielding: false },
	seen: everywhere({ kind: "unknown" }),
	turns: everywhere(FIRST),
	observed: {},
	loaded: false,
	offers: {},
	window: { since: now },
});

function everywhere<T>(it: T): Record<Spot, T> {
	return { atPeer: it, atHub: it, peerAtHub: it, peerAtOwn: it, trust: it };
}

/** Before anything else is done with the state: a jump of the clocks ends every source. */
export const look = (grant: Grant, now: Instant): Grant => ({
	...grant,
	at: now,
	proof: jumped(grant.at, now) ? dropAll(grant.proof, now) : grant.proof,
});

export const beginTurn = (grant: Grant, spot: Spot): Grant =>
	withTurn(grant, spot, FIRST);

export const withTurn = (grant: Grant, spot: Spot, turn: Turn): Grant => ({
	...grant,
	turns: { ...grant.turns, [spot]: turn },
});

export const leaseAt = (grant: Grant, spot: Spot): Lease | undefined => {
	const seen = grant.seen[spot];
	return seen.kind === "lease" ? seen.lease : undefined;
};

/** Rule 2. */
export const fresh = (grant: Grant, now: Instant): boolean =>
	isFresh(grant.proof, grant.timing, now);

export const valid = (grant: Grant, source: Source, now: Instant): boolean =>
	isValid(grant.proof, source, grant.timing, now);
