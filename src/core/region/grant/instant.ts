/**
 * One look at the clocks of a machine, all at the same moment. Only
 * differences between two looks of one process mean anything; clocks of two
 * machines are never compared.
 */
export interface Instant {
	readonly monotonicMs: number;
	/** Counts the time in which the machine was suspended. */
	readonly bootMs: number;
	/** Looked at for jumps alone. */
	readonly wallMs: number;
}

/** More than any clock is slewed between two looks. */
export const JUMP_MS = 1_000;

/** What a holder must believe has passed: the most that any clock says. */
export const heldMs = (from: Instant, now: Instant): number =>
	Math.max(now.monotonicMs - from.monotonicMs, now.bootMs - from.bootMs);

/** What a candidate may believe has passed: the least. */
export const watchedMs = (from: Instant, to: Instant): number =>
	Math.min(to.monotonicMs - from.monotonicMs, to.bootMs - from.bootMs);

/**
 * The wall clock has gone another way than the others since the last look: a
 * pause that no clock of this machine has counted (a virtual machine that was
 * saved and restored), or just somebody who has set the time.
 */
export const jumped = (before: Instant, now: Instant): boolean =>
	Math.abs(now.wallMs - before.wallMs - heldMs(before, now)) > JUMP_MS;
