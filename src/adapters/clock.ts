import { setTimeout as later } from "node:timers/promises";
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
