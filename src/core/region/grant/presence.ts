/**
 * Rules 20 and 21: a process that does not know its sides says nothing for
 * them. Not renewing is always safe.
 */
import { heldMs, type Instant } from "./instant.ts";
import type { Lease } from "./lease.ts";
import { staleMs, type Timing } from "./timing.ts";

export interface Presence {
	/** Id of this process. */
	readonly process: string;
	/** Sending of the last list of the own sides that succeeded. */
	readonly sidesAt?: Instant;
	/** When the id of another process was seen in the own grant. */
	readonly otherAt?: Instant;
	/** Rule 20: another process renews, and this one must look at its sides first. */
	readonly yielding: boolean;
}

/** Also whether anything counts: a process that yields must not live on S3. */
export const mayRenew = ({ sidesAt, yielding }: Presence): boolean =>
	sidesAt !== undefined && !yielding;

/** Rule 20. Ids of dead processes count too: nobody knows that they are dead. */
export function meeting(
	presence: Presence,
	grant: Lease,
	region: string,
	timing: Timing,
	now: Instant,
): Presence {
	const { process, sidesAt } = presence;
	const another =
		grant.holder === region &&
		grant.process !== "" &&
		grant.process !== process;
	if (!another) return presence;
	const known = sidesAt && heldMs(sidesAt, now) <= staleMs(timing);
	return {
		...presence,
		otherAt: now,
		yielding: presence.yielding || !known,
	};
}

export const hasRead = (presence: Presence, sent: Instant): Presence => ({
	...presence,
	sidesAt: sent,
	yielding: false,
});

/**
 * Whether the sides must be read for these rules' sake. Beside another process
 * they are read before they are 3R old, or every meeting would end the proof
 * for a moment.
 */
export function wantsSides(
	{ sidesAt, yielding, otherAt }: Presence,
	timing: Timing,
	now: Instant,
): boolean {
	if (!sidesAt || yielding) return true;
	const company =
		otherAt !== undefined && heldMs(otherAt, now) < 2 * staleMs(timing);
	return company && heldMs(sidesAt, now) > timing.periodMs;
}
