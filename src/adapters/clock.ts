import { uptime } from "node:os";
import { setTimeout as later } from "node:timers/promises";
import type { Instant } from "../core/region/grant/instant.ts";
import type { Clock } from "../shell/port.ts";

/** setTimeout takes no more, and fires at once beyond it. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
	now: () => performance.now(),
	wall: () => new Date(),
	sleep: (ms, signal) =>
		later(
			Math.min(Math.max(0, ms), LONGEST_MS),
			undefined,
			signal ? { signal } : {},
		).catch(() => {}),
};

/**
 * All clocks at the same moment. Node's monotonic clock stands still while the
 * machine is suspended; its uptime goes on, in steps of 10 ms.
 */
export const systemInstant = (): Instant => ({
	monotonicMs: performance.now(),
	bootMs: uptime() * 1_000,
	wallMs: Date.now(),
});
