/** What the loop of each Lease does next: one request, as a value, or nothing until its next turn. */
import { forceOf } from "./force.ts";
import type { Instant } from "./instant.ts";
import type { Change, Lease } from "./lease.ts";
import { mayRenew } from "./presence.ts";
import { isReadyDue, mayGiveBack } from "./return.ts";
import { fresh, type Grant, leaseAt, type Spot, valid } from "./state.ts";
import { takeable } from "./takeover.ts";

/** Why a Lease is written. */
export type Why =
	/** Rules 1 and 4: holder is this region already. */
	| "renew"
	/** Rule 4: a fresh region takes its own grant at the hub back. */
	| "retake"
	/** Rule 8: step 1. */
	| "take"
	/** Rule 9: step 2. */
	| "commit"
	/** Rule 10: the hub is told what was forced. */
	| "claim"
	/** Rule 11. */
	| "ready"
	/** Rule 12. */
	| "giveBack"
	/** Rule 19. */
	| "force"
	/** Rule 19, not done. */
	| "refuse"
	/** Rule 3: `trustedHub` is stored. */
	| "trust";

export type Action =
	| { readonly kind: "read"; readonly spot: Spot }
	/** Rule 5: neutral, named after `region`; the Lease of `trustedHub` says nothing by its holder. */
	| { readonly kind: "create"; readonly spot: Spot; readonly region: string }
	| {
			readonly kind: "swap";
			readonly spot: Spot;
			readonly why: Why;
			readonly from: Lease;
			readonly change: Change;
			/** The change carries the entries of rule 14 besides. */
			readonly carries: boolean;
	  };

/** Two processes of one region may refuse each other's writes a few times. */
const MOST_REQUESTS = 6;

export function next(
	grant: Grant,
	spot: Spot,
	now: Instant,
): Action | undefined {
	const turn = grant.turns[spot];
	if (turn.done || turn.requests >= MOST_REQUESTS) return undefined;
	return LANES[spot](grant, now);
}

const LANES: Record<Spot, (grant: Grant, now: Instant) => Action | undefined> =
	{ atPeer, atHub, peerAtHub, peerAtOwn, trust };

/** Rules 1, 4 and 11. A Lease that is missing here is for the twin's own agent to make (rule 5). */
function atPeer(grant: Grant, now: Instant): Action | undefined {
	const { region, peer, presence, proof, sides } = grant;
	const lease = leaseAt(grant, "atPeer");
	if (lease?.holder === region && mayRenew(presence))
		return renewal(grant, "atPeer", "renew", lease);
	if (
		lease?.holder === peer &&
		!lease.ready &&
		isReadyDue(proof.taken, sides, fresh(grant, now))
	)
		return swap("atPeer", "ready", lease, { ready: true });
	return readOnce(grant, "atPeer");
}

/** Rule 4: what would not count is not renewed. */
function atHub(grant: Grant, now: Instant): Action | undefined {
	const { region, peer, presence, proof } = grant;
	const lease = leaseAt(grant, "atHub");
	const counts =
		mayRenew(presence) && !proof.taken && lease?.uid === proof.trusted;
	if (lease && counts) {
		if (lease.holder === region) return renewal(grant, "atHub", "renew", lease);
		if (lease.holder === peer && fresh(grant, now))
			return renewal(grant, "atHub", "retake", lease);
	}
	return readOnce(grant, "atHub") ?? createIfAbsent(grant, "atHub", region);
}

function peerAtHub(grant: Grant, now: Instant): Action | undefined {
	const { region, peer, observed, timing } = grant;
	const first = readOnce(grant, "peerAtHub");
	if (first) return first;
	const lease = leaseAt(grant, "peerAtHub");
	if (!lease) return createIfAbsent(grant, "peerAtHub", peer);
	if (valid(grant, "own", now))
		return lease.holder === peer
			? swap("peerAtHub", "claim", lease, { holder: region })
			: undefined;
	// Rules 7 and 8. While a takeover is under way, its second step comes first.
	const pair =
		fresh(grant, now) && !grant.takeover
			? takeable(observed, peer, timing, now)
			: undefined;
	return pair && swap("peerAtHub", "take", pair.hub, { holder: region });
}

function peerAtOwn(grant: Grant, now: Instant): Action | undefined {
	const { region, peer, takeover, sides, timing } = grant;
	// Rule 9: from the version that was observed before step 1, whatever was read since.
	if (takeover?.step === 2)
		return swap("peerAtOwn", "commit", takeover.own, {
			holder: region,
			ready: false,
		});
	const first = readOnce(grant, "peerAtOwn");
	if (first) return first;
	const lease = leaseAt(grant, "peerAtOwn");
	if (!lease) return createIfAbsent(grant, "peerAtOwn", peer);
	const force = forceOf(grant);
	if (force.kind === "due")
		return swap("peerAtOwn", "force", force.from, {
			holder: region,
			ready: false,
			forceAnswer: force.answer,
		});
	if (force.kind === "refused")
		return swap("peerAtOwn", "refuse", force.from, {
			forceAnswer: force.answer,
		});
	const confirmed = valid(grant, "peer", now) || valid(grant, "hub", now);
	return mayGiveBack(lease, region, sides, confirmed, timing, now)
		? swap("peerAtOwn", "giveBack", lease, { holder: peer, ready: false })
		: undefined;
}

/** Rule 3: read once, then written whenever another hub is trusted. */
function trust(grant: Grant): Action | undefined {
	const { loaded, proof, region } = grant;
	const stored = leaseAt(grant, "trust");
	if (!loaded) return readOnce(grant, "trust");
	if (!proof.trusted || stored?.trustedHub === proof.trusted) return undefined;
	if (stored)
		return swap("trust", "trust", stored, { trustedHub: proof.trusted });
	return readOnce(grant, "trust") ?? createIfAbsent(grant, "trust", region);
}

function readOnce(grant: Grant, spot: Spot): Action | undefined {
	const { looked } = grant.turns[spot];
	const known = grant.seen[spot].kind !== "unknown";
	return looked && known ? undefined : { kind: "read", spot };
}

const createIfAbsent = (
	grant: Grant,
	spot: Spot,
	region: string,
): Action | undefined =>
	grant.seen[spot].kind === "absent"
		? { kind: "create", spot, region }
		: undefined;

/** Rules 14 and 20: a renewal says who renews, and carries what is offered. */
const renewal = (
	{ region, presence }: Grant,
	spot: Spot,
	why: Why,
	from: Lease,
): Action => ({
	kind: "swap",
	spot,
	why,
	from,
	change: { holder: region, process: presence.process },
	carries: true,
});

const swap = (spot: Spot, why: Why, from: Lease, change: Change): Action => ({
	kind: "swap",
	spot,
	why,
	from,
	change,
	carries: false,
});
