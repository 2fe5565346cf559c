import type { Clock } from "../../../src/shell/port.ts";

/**
 * Virtual time as a process of Node sees it: it goes on while the process
 * works, a tenth of a millisecond with each look, and timers are cut to whole
 * milliseconds, so that they wake a moment early.
 */
export function asInNode(clock: Clock): Clock {
	let seenMs = 0;
	let looks = 0;
	return {
		now() {
			const ms = clock.now();
			looks = ms === seenMs ? looks + 1 : 0;
			seenMs = ms;
			return ms + Math.min(looks, 9) / 10;
		},
		wall: () => clock.wall(),
		sleep: (ms, signal) => clock.sleep(Math.max(1, Math.floor(ms)), signal),
	};
}
