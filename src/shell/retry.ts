import type { Clock } from "./port.ts";

/** How long to wait before the n-th try again. */
export interface Backoff {
	readonly firstMs: number;
	readonly maxMs: number;
}

/**
 * Exponential, with the upper half of each step random: many callers that
 * failed together do not come back together, and none comes back at once
 * (which "full jitter", from zero, would allow).
 */
export function backoffMs(
	failures: number,
	random: () => number,
	{ firstMs, maxMs }: Backoff,
): number {
	const step = Math.min(maxMs, firstMs * 2 ** Math.min(failures, 30));
	return step * (0.5 + random() / 2);
}

/** True once nothing has come for so long; false when `signal` aborts before. */
export async function untilQuiet(
	clock: Clock,
	quietMs: number,
	lastMs: () => number,
	signal: AbortSignal,
): Promise<boolean> {
	while (!signal.aborted) {
		const leftMs = lastMs() + quietMs - clock.now();
		if (leftMs <= 0) return true;
		await clock.sleep(leftMs, signal);
	}
	return false;
}
