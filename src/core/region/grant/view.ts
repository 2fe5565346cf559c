/** What the grants mean at one moment, for the rules of services and for the loops. */
import type { Authority, Offer } from "../authority.ts";
import { heldMs, type Instant } from "./instant.ts";
import { mayRenew, wantsSides } from "./presence.ts";
import { lastsMs } from "./proof.ts";
import { isReadyDue } from "./return.ts";
import { fresh, type Grant, leaseAt, type Spot, valid } from "./state.ts";

export const authorityOf = (grant: Grant, now: Instant): Authority => {
	const { proof, peerRenewedAt, timing } = grant;
	return {
		fresh: fresh(grant, now),
		sole: valid(grant, "own", now),
		...(proof.taken ? { taken: proof.taken } : {}),
		peerRenews:
			peerRenewedAt !== undefined &&
			heldMs(peerRenewedAt, now) <= timing.holdMs,
		offers: offersOf(grant),
	};
};

export const remainingMs = (grant: Grant, now: Instant): number =>
	lastsMs(grant.proof, grant.timing, now);

/** When the clock alone changes the authority next: ms from now. */
export function nextLapseMs(grant: Grant, now: Instant): number | undefined {
	const { proof, timing, peerRenewedAt } = grant;
	const since = [
		...Object.values(proof.sources),
		...(peerRenewedAt ? [peerRenewedAt] : []),
	];
	const left = since
		.map((it) => timing.holdMs - heldMs(it, now))
		.filter((it) => it >= 0);
	return left.length > 0 ? Math.min(...left) : undefined;
}

/** Rules 11, 12, 20 and 21 need a list of the own sides now; nothing else does. */
export function sidesDue(grant: Grant, now: Instant): boolean {
	const { presence, proof, sides, timing, region } = grant;
	if (wantsSides(presence, timing, now)) return true;
	const { taken } = proof;
	if (taken && !fresh(grant, now)) {
		const shown = leaseAt(grant, "atPeer");
		return shown?.ready !== true && sides?.returned !== taken;
	}
	const own = leaseAt(grant, "peerAtOwn");
	return own?.holder === region && own.ready && valid(grant, "own", now);
}

/** Rule 15: as read last in either place; of two, the one whose Lease changed last. */
function offersOf({ offers }: Grant): ReadonlyMap<string, Offer> {
	const { peerAtHub: hub, peerAtOwn: own } = offers;
	if (!hub || !own) return (hub ?? own)?.entries ?? NONE;
	const hubIsLater = heldMs(own.changedAt, hub.changedAt) > 0;
	const [earlier, later] = hubIsLater ? [own, hub] : [hub, own];
	return new Map([...earlier.entries, ...later.entries]);
}

const NONE: ReadonlyMap<string, Offer> = new Map();

/** What must not wait for a loop's next turn, by reason, and the loops that it wakes. */
export function urgent(
	grant: Grant,
	now: Instant,
): ReadonlyMap<string, readonly (Spot | "sides")[]> {
	const { takeover, presence, proof, sides } = grant;
	const due = new Map<string, readonly (Spot | "sides")[]>();
	if (takeover?.step === 2) due.set("commit", ["peerAtOwn"]);
	if (mayRenew(presence)) due.set("renew", ["atPeer", "atHub", "peerAtOwn"]);
	if (sidesDue(grant, now)) due.set("sides", ["sides"]);
	if (isReadyDue(proof.taken, sides, fresh(grant, now)))
		due.set("ready", ["atPeer"]);
	if (sides?.allActive && leaseAt(grant, "peerAtOwn")?.ready)
		due.set("return", ["peerAtOwn"]);
	if (grant.loaded && proof.trusted !== leaseAt(grant, "trust")?.trustedHub)
		due.set("trust", ["trust"]);
	return due;
}
