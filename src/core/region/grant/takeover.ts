/** Rules 7 to 9: when the twin's grant may be taken, and from which versions. */
import { heldMs, type Instant, watchedMs } from "./instant.ts";
import { type Lease, sameVersion } from "./lease.ts";
import { staleMs, type Timing } from "./timing.ts";

/** One version of the twin's grant, as long as it was seen without a change. */
export interface Observation {
	readonly lease: Lease;
	/** Receipt of the first read that showed it. */
	readonly since: Instant;
	/** Sending of the latest read that showed it. */
	readonly latest: Instant;
}

export interface Times {
	readonly sent: Instant;
	readonly received: Instant;
}

/** Rule 7. A grant that is not there was not seen: an absent one counts for nothing. */
export function observe(
	before: Observation | undefined,
	lease: Lease | undefined,
	{ sent, received }: Times,
): Observation | undefined {
	if (!lease) return undefined;
	if (before && sameVersion(before.lease, lease))
		return { ...before, latest: sent };
	return { lease, since: received, latest: sent };
}

/** Rule 7: anew whenever the region becomes fresh. A grant that was given back late is else taken in the same moment. */
export const restart = (): Observed => ({});

export interface Observed {
	readonly own?: Observation | undefined;
	readonly hub?: Observation | undefined;
}

/** The versions that steps 1 and 2 start from. */
export interface Pair {
	readonly own: Lease;
	readonly hub: Lease;
}

/** Seen without a change for D_p. */
export const isOld = (it: Observation, timing: Timing): boolean =>
	watchedMs(it.since, it.latest) >= timing.lossMs;

/** Rule 7, all but being fresh: the versions to take the grant from, once they were seen for long enough. */
export function takeable(
	{ own, hub }: Observed,
	peer: string,
	timing: Timing,
	now: Instant,
): Pair | undefined {
	if (!own || !hub || own.lease.holder !== peer) return undefined;
	if (!isOld(own, timing) || !isOld(hub, timing)) return undefined;
	if (heldMs(hub.latest, now) >= staleMs(timing)) return undefined;
	return { own: own.lease, hub: hub.lease };
}

/**
 * Rules 8 and 9. Step 1 is on its way, with the own version that was observed
 * before it; or it was acknowledged, and step 2 is due from that version.
 */
export interface Takeover {
	readonly step: 1 | 2;
	readonly own: Lease;
}

/** Rule 8: without an acknowledgement it is over: the next read shows whether the version still stands. */
export const afterStep1 = (
	takeover: Takeover | undefined,
	acknowledged: boolean,
): Takeover | undefined =>
	takeover && acknowledged ? { ...takeover, step: 2 } : undefined;
