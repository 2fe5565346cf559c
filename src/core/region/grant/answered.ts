/** Events: a request is sent, its answer comes, the sides were read. Each makes the next state. */
import { parse } from "./handover.ts";
import type { Instant } from "./instant.ts";
import type { Action, Why } from "./lane.ts";
import { type Lease, sameVersion, takingOf } from "./lease.ts";
import { hasRead, mayRenew, meeting } from "./presence.ts";
import {
	confirmed,
	dropAll,
	dropOne,
	released,
	takenBy,
	trusting,
} from "./proof.ts";
import type { SidesRead } from "./return.ts";
import {
	fresh,
	type Grant,
	leaseAt,
	look,
	type Offers,
	type Seen,
	type Spot,
	withTurn,
} from "./state.ts";
import { afterStep1, observe, restart, type Times } from "./takeover.ts";

/** What an answer says. `unknown`: a write may have been made, or may still be. */
export type Outcome =
	| { readonly kind: "lease"; readonly lease: Lease }
	| { readonly kind: "absent" }
	/** A compare-and-swap lost, or the object was made by somebody else meanwhile. */
	| { readonly kind: "conflict" }
	| { readonly kind: "unknown" };

/** Right before a request leaves. */
export function sending(grant: Grant, action: Action): Grant {
	const turn = grant.turns[action.spot];
	const begun = withTurn(grant, action.spot, {
		...turn,
		requests: turn.requests + 1,
	});
	if (action.kind !== "swap") return begun;
	const own = begun.observed.own?.lease;
	if (action.why === "take")
		return { ...begun, takeover: own && { step: 1, own } };
	// Rule 12: the grant may be the twin's from now on, whatever the answer.
	if (action.why === "giveBack")
		return { ...begun, proof: dropOne(begun.proof, "own") };
	return begun;
}

export function answered(
	before: Grant,
	action: Action,
	outcome: Outcome,
	times: Times,
): Grant {
	const looked = look(before, times.received);
	const wasFresh = fresh(looked, times.received);
	// A write that was acknowledged without a new version wrote nothing: it counts as a read.
	const why =
		action.kind === "swap" &&
		outcome.kind === "lease" &&
		!sameVersion(action.from, outcome.lease)
			? action.why
			: undefined;
	let grant = noted(looked, action, outcome);
	if (outcome.kind === "lease")
		grant = EFFECTS[action.spot](
			grant,
			outcome.lease,
			times,
			action.kind === "create" ? "create" : why,
		);
	if (action.kind === "swap" && action.why === "take")
		grant = { ...grant, takeover: afterStep1(grant.takeover, why === "take") };
	// Rule 9: a conflict or a timeout ends it as well.
	if (action.kind === "swap" && action.why === "commit")
		grant = { ...grant, takeover: undefined };
	grant = watched(looked, grant, action.spot, outcome, times);
	return !wasFresh && fresh(grant, times.received)
		? { ...grant, observed: restart() }
		: grant;
}

/** `undefined`: the list failed, and nothing is known. */
export function sidesAnswered(
	before: Grant,
	read: SidesRead | undefined,
	now: Instant,
): Grant {
	const grant = look(before, now);
	if (!read) return grant;
	const presence = hasRead(grant.presence, read.sent);
	return { ...grant, sides: read, presence };
}

function noted(grant: Grant, { kind, spot }: Action, outcome: Outcome): Grant {
	const turn = grant.turns[spot];
	const seen: Seen =
		outcome.kind === "lease" || outcome.kind === "absent"
			? outcome
			: { kind: "unknown" };
	// An unknown answer ends the turn; a conflict means that it must be read again.
	const done =
		outcome.kind === "unknown" || (kind === "swap" && outcome.kind === "lease");
	const looked = seen.kind !== "unknown";
	const next = withTurn(grant, spot, { ...turn, looked, done });
	return { ...next, seen: { ...next.seen, [spot]: seen } };
}

type Effect = (
	grant: Grant,
	lease: Lease,
	times: Times,
	wrote: Why | "create" | undefined,
) => Grant;

const EFFECTS: Record<Spot, Effect> = {
	atPeer(grant, lease, { sent, received }, wrote) {
		const { proof, region, peer } = grant;
		if (lease.holder === peer)
			return { ...grant, proof: takenBy(proof, takingOf(lease), received) };
		if (lease.holder !== region) return grant;
		const freed = met({ ...grant, proof: released(proof) }, lease, received);
		if (wrote !== "renew" || !mayRenew(freed.presence)) return freed;
		return { ...freed, proof: confirmed(freed.proof, "peer", sent) };
	},
	atHub(grant, lease, { sent, received }, wrote) {
		const known = met(grant, lease, received);
		const proof = trusting(known.proof, lease.uid, fresh(grant, received));
		const counts =
			(wrote === "renew" || wrote === "retake") &&
			mayRenew(known.presence) &&
			!proof.taken &&
			lease.holder === grant.region &&
			lease.uid === proof.trusted;
		return { ...known, proof: counts ? confirmed(proof, "hub", sent) : proof };
	},
	peerAtHub: (grant) => grant,
	peerAtOwn(grant, lease, { sent }, wrote) {
		const { proof, presence, region } = grant;
		// Rule 12: without S3 from here on.
		const sole = lease.holder === region && wrote !== "create";
		if (!sole) return { ...grant, proof: dropOne(proof, "own") };
		if (!mayRenew(presence)) return grant;
		return { ...grant, proof: confirmed(proof, "own", sent) };
	},
	trust(grant, lease) {
		const { proof, loaded } = grant;
		// What was trusted since the start is newer than what was stored.
		const trusted = loaded
			? proof.trusted
			: (proof.trusted ?? (lease.trustedHub || undefined));
		return { ...grant, proof: trusted ? { ...proof, trusted } : proof };
	},
};

/** Rule 20. */
function met(grant: Grant, lease: Lease, now: Instant): Grant {
	const { region, timing } = grant;
	const presence = meeting(grant.presence, lease, region, timing, now);
	const yields = presence.yielding && !grant.presence.yielding;
	const proof = yields ? dropAll(grant.proof, now) : grant.proof;
	return { ...grant, presence, proof };
}

/** What is seen of the twin's grant: the observations of rule 7, its renewals, its offers. */
function watched(
	before: Grant,
	grant: Grant,
	spot: Spot,
	outcome: Outcome,
	times: Times,
): Grant {
	if (spot === "trust" && outcome.kind !== "unknown")
		return { ...grant, loaded: grant.loaded || outcome.kind !== "conflict" };
	if (spot !== "peerAtHub" && spot !== "peerAtOwn") return grant;
	// Nothing was seen, so nothing has changed: the observation stands as it is.
	if (outcome.kind === "unknown" || outcome.kind === "conflict") return grant;
	const lease = outcome.kind === "lease" ? outcome.lease : undefined;
	const place = spot === "peerAtOwn" ? "own" : "hub";
	const observed = {
		...grant.observed,
		[place]: observe(grant.observed[place], lease, times),
	};
	if (!lease) return { ...grant, observed };
	const forceSince =
		spot === "peerAtHub"
			? grant.forceSince
			: lease.force
				? (grant.forceSince ?? times.received)
				: undefined;
	const last = leaseAt(before, spot) ?? before.observed[place]?.lease;
	const changed = last === undefined || !sameVersion(last, lease);
	if (!changed) return { ...grant, observed, forceSince };
	// Rule 13. A Lease made anew, or written by this region, is no renewal.
	// Nor is what a person writes there.
	const renewed =
		last?.uid === lease.uid &&
		last.renewTime !== lease.renewTime &&
		last.holder === grant.peer &&
		lease.holder === grant.peer;
	const offers = {
		...grant.offers,
		[spot]: offersIn(grant.offers[spot], lease.handover, times.received),
	};
	return {
		...grant,
		observed,
		forceSince,
		offers,
		...(renewed ? { peerRenewedAt: times.received } : {}),
	};
}

const offersIn = (
	known: Offers | undefined,
	text: string,
	changedAt: Instant,
): Offers => ({
	text,
	entries: known?.text === text ? known.entries : parse(text),
	changedAt,
});
