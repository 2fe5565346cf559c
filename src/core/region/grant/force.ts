/**
 * Rule 19: hub and twin are gone, and a person says so in the surviving region,
 * by an annotation on the twin's grant in this region's own API server. Nobody
 * else can tell that the twin does not run, so its name has to be typed. What
 * this process can see for itself still counts: a twin that renews is alive.
 */
import { heldMs, watchedMs } from "./instant.ts";
import type { Lease } from "./lease.ts";
import { type Grant, leaseAt } from "./state.ts";
import { isOld } from "./takeover.ts";

export type Force =
	| { readonly kind: "none" }
	/** The twin may still renew: its grant has not stood still for D_p yet. */
	| { readonly kind: "waiting" }
	| {
			readonly kind: "refused" | "due";
			readonly from: Lease;
			/** For the person: what was done or why not, and what to do. */
			readonly answer: string;
	  };

export function forceOf(grant: Grant): Force {
	const { region, peer, forceSince } = grant;
	const from = leaseAt(grant, "peerAtOwn");
	if (!from?.force || !forceSince) return { kind: "none" };
	const refused = (answer: string): Force => ({
		kind: "refused",
		from,
		answer: `refused: ${answer}`,
	});
	if (from.force !== peer)
		return refused(
			`the region to be declared lost is ${peer}, and another name was typed. Set the annotation to ${peer}.`,
		);
	if (from.holder === region)
		return refused(`${region} has the grant of ${peer} already.`);
	if (renewedSince(grant))
		return refused(
			`${peer} has renewed its grant meanwhile, so it runs. Use a Switchover; or stop ${peer} for certain, and set the annotation again.`,
		);
	return isStill(grant)
		? {
				kind: "due",
				from,
				answer: `done: ${peer} was declared lost, and ${region} has taken its grant.${afterwards(grant)}`,
			}
		: { kind: "waiting" };
}

/**
 * A twin that had taken over proves itself by its own records, and would run on
 * them the moment it is back, before it hears of this.
 */
function afterwards(grant: Grant): string {
	const { peer, region, proof } = grant;
	const seen = [leaseAt(grant, "atPeer"), leaseAt(grant, "atHub")];
	const wasSole =
		proof.taken !== undefined || seen.some((it) => it?.holder === peer);
	return wasSole
		? ` ${peer} had the grant of ${region}, and its own records still say so: bring it back empty, or clear it first with kubectl twin restore-region.`
		: "";
}

const renewedSince = ({ forceSince, peerRenewedAt }: Grant): boolean =>
	forceSince !== undefined &&
	peerRenewedAt !== undefined &&
	heldMs(forceSince, peerRenewedAt) > 0;

/** As rule 7 watches, wherever the grant can be seen: a hub that is gone says nothing. */
function isStill({ observed: { own, hub }, timing }: Grant): boolean {
	if (!own || !isOld(own, timing)) return false;
	if (!hub || isOld(hub, timing)) return true;
	// Not seen any more while the own one was watched: the hub is silent.
	return watchedMs(hub.latest, own.latest) >= timing.lossMs;
}
