/**
 * Which of several hub operators works: the one that holds a Lease. This is for
 * order alone. Nothing's safety rests on it: sides change by epochs and
 * compare-and-swap, so that two hubs at once are harmless. Letting them all work
 * was rejected because each would answer the other's writes with its own.
 *
 * The figures and clocks are those of the grants: a leader counts from the
 * sending of its last acknowledged renewal, by the clock that goes furthest; a
 * candidate from the receipt of the first read that showed the version, by the
 * clock that goes least. The times in the Lease are for people, because two
 * machines' clocks are never compared.
 */
import type { Profile } from "../profile.ts";
import type { Outcome } from "../region/grant/answered.ts";
import {
	heldMs,
	type Instant,
	jumped,
	watchedMs,
} from "../region/grant/instant.ts";
import { type Lease, sameVersion } from "../region/grant/lease.ts";
import { timingOf } from "../region/grant/timing.ts";

/** Beside the Leases of grants, `grant-…` and `trust-…`, and of the agent, `agent`. */
export const LEADER_LEASE = "twin-operator-hub";

/**
 * The same for every profile: how soon a region is lost is no matter of who
 * looks. `fenceSeconds`: from the lapse until the process has ended.
 */
export const LEADER_PROFILE: Profile = {
	periodSeconds: 2,
	requestSeconds: 2,
	holdSeconds: 8,
	fenceSeconds: 1,
	lossSeconds: 11,
};
export const LEADER_TIMING = timingOf(LEADER_PROFILE);

/** One version of the Lease, or its absence, as long as nothing else was seen. */
interface Sight {
	readonly lease: Lease | undefined;
	/** Receipt of the first read that showed it. */
	readonly since: Instant;
	/** Nothing else was seen since the process started. */
	readonly first: boolean;
}

export interface Leadership {
	/** Id of this process, another one with every start. */
	readonly id: string;
	/** The latest look at the clocks. */
	readonly at: Instant;
	readonly sight?: Sight;
	/** The last answer said nothing, or that the version has changed: read first. */
	readonly mustRead: boolean;
	/** Sending of the renewal that was acknowledged last. */
	readonly held?: Instant;
	/** Why it leads no more, for good: what it knows may be old, so the process ends. */
	readonly lost?: string;
	readonly turn: { readonly requests: number; readonly done: boolean };
}

export type Action =
	| { readonly kind: "read" }
	| { readonly kind: "create" }
	| { readonly kind: "swap"; readonly from: Lease; readonly holder: string };

const FIRST = { requests: 0, done: false };
/** Somebody may annotate the Lease between a read and a write, some times in a row. */
const MOST_REQUESTS = 4;

export const initialLeadership = (id: string, now: Instant): Leadership => ({
	id,
	at: now,
	mustRead: true,
	turn: FIRST,
});

/** Asked right before every write. */
export const leads = (it: Leadership, now: Instant): boolean =>
	leftMs(it, now) > 0;

/** How long it leads if nothing more is acknowledged; 0 or less when it does not. */
export function leftMs({ held, lost, at }: Leadership, now: Instant): number {
	if (!held || lost !== undefined || jumped(at, now)) return 0;
	return LEADER_TIMING.holdMs - heldMs(held, now);
}

/** Before anything else: leadership that has lapsed is lost, and a candidate whose clocks jumped counts anew. */
export function look(it: Leadership, now: Instant): Leadership {
	const leap = jumped(it.at, now);
	const next = { ...it, at: now };
	if (it.held) {
		if (it.lost !== undefined || leftMs(it, now) > 0) return next;
		const { holdMs } = LEADER_TIMING;
		return {
			...next,
			lost: leap
				? "the clocks of this machine jumped apart, as after a pause"
				: `the Lease could not be renewed for ${holdMs / 1_000} s`,
		};
	}
	return leap && it.sight
		? { ...next, sight: { ...it.sight, since: now } }
		: next;
}

/** A turn every R, until nothing is left to ask. */
export const beginTurn = (it: Leadership): Leadership => ({
	...it,
	turn: FIRST,
	// A leader renews from the version it wrote; a candidate looks first.
	mustRead: it.mustRead || it.held === undefined,
});

export function next(it: Leadership, now: Instant): Action | undefined {
	const { id, sight, turn, held, lost } = it;
	if (lost !== undefined || turn.done || turn.requests >= MOST_REQUESTS)
		return undefined;
	if (it.mustRead || !sight) return { kind: "read" };
	const { lease } = sight;
	if (!lease) return held || isOpen(it, now) ? { kind: "create" } : undefined;
	const mine = lease.holder === id;
	return mine || isOpen(it, now)
		? { kind: "swap", from: lease, holder: id }
		: undefined;
}

/** Given back; never there; or seen without a change for so long that its holder has stopped. */
function isOpen({ sight }: Leadership, now: Instant): boolean {
	if (!sight) return false;
	const { lease, since, first } = sight;
	return (
		(lease ? lease.holder === "" : first) ||
		watchedMs(since, now) >= LEADER_TIMING.lossMs
	);
}

export function answered(
	before: Leadership,
	action: Action,
	outcome: Outcome,
	{ sent, received }: { readonly sent: Instant; readonly received: Instant },
): Leadership {
	const it = look(before, received);
	const requests = it.turn.requests + 1;
	// What is unknown is read again, in the next turn; a lost race at once.
	if (outcome.kind === "unknown" || outcome.kind === "conflict")
		return {
			...it,
			mustRead: true,
			turn: { requests, done: outcome.kind === "unknown" },
		};
	const lease = outcome.kind === "lease" ? outcome.lease : undefined;
	const seen = {
		...it,
		sight: sightOf(it, lease, received),
		mustRead: false,
		turn: { requests, done: action.kind !== "read" },
	};
	if (it.held && lease && lease.holder !== it.id)
		return { ...seen, lost: `${lease.holder || "nobody"} holds the Lease` };
	// A pause that no clock counted may lie between sending and answer.
	const acknowledged =
		action.kind !== "read" &&
		lease?.holder === it.id &&
		!jumped(before.at, received);
	return acknowledged ? { ...seen, held: sent } : seen;
}

function sightOf(
	{ sight }: Leadership,
	lease: Lease | undefined,
	received: Instant,
): Sight {
	const same =
		sight &&
		(lease && sight.lease
			? sameVersion(lease, sight.lease)
			: lease === sight.lease);
	return same ? sight : { lease, since: received, first: !sight };
}

const LAST_TRANSITION = 2 ** 31;

/**
 * The body of a write: a Lease as other tools know it, or a merge patch with
 * uid and resourceVersion, which is a compare-and-swap. `renewTime` must differ
 * from the last one, or nothing would be written.
 */
export function bodyOf(
	{ id }: Leadership,
	action: Exclude<Action, { kind: "read" }>,
	namespace: string,
	renewTime: string,
): object {
	const spec = { renewTime, leaseDurationSeconds: LEADER_PROFILE.lossSeconds };
	if (action.kind === "create") {
		return {
			apiVersion: "coordination.k8s.io/v1",
			kind: "Lease",
			metadata: { name: LEADER_LEASE, namespace },
			spec: {
				...spec,
				holderIdentity: id,
				acquireTime: renewTime,
				leaseTransitions: 0,
			},
		};
	}
	const { from, holder } = action;
	const taken = holder !== "" && holder !== from.holder;
	return {
		metadata: { uid: from.uid, resourceVersion: from.resourceVersion },
		spec: {
			...spec,
			// An empty text is not valid there.
			holderIdentity: holder || null,
			...(taken
				? {
						acquireTime: renewTime,
						leaseTransitions: (from.transitions + 1) % LAST_TRANSITION,
					}
				: {}),
		},
	};
}

/** What gives the Lease back, once nothing is written any more; undefined when it is not held. */
export function release(it: Leadership): Action | undefined {
	const lease = it.sight?.lease;
	return it.lost === undefined && lease?.holder === it.id
		? { kind: "swap", from: lease, holder: "" }
		: undefined;
}
