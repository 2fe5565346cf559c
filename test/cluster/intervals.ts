/**
 * When each agent told gates to run a service, from what it logs of its own
 * proof: questions from outside see only the moments at which they are asked.
 */
import { expect } from "vitest";
import type { Region } from "./world.ts";

export interface Interval {
	readonly region: Region;
	/** Of the service: `namespace/name`. */
	readonly key: string;
	/** On the clock that all processes of this machine share. */
	readonly fromMs: number;
	readonly untilMs: number;
}

interface Standing {
	readonly hostMs: number;
	readonly lastsMs: number;
	readonly active: readonly string[];
}

/**
 * Of one process, from its log. Each line replaces the one before. The last one
 * counts to its expiry, or to the death of the process at `diedMs`: from then on
 * nobody tells gates to run.
 */
export function intervalsOf(
	region: Region,
	lines: readonly string[],
	diedMs = Number.POSITIVE_INFINITY,
): Interval[] {
	const all = lines.map((it) => JSON.parse(it) as Standing);
	return all.flatMap(({ hostMs, lastsMs, active }, nth) => {
		const next = all[nth + 1]?.hostMs ?? diedMs;
		const untilMs = Math.min(hostMs + lastsMs, next);
		if (untilMs <= hostMs) return [];
		return active.map((key) => ({ region, key, fromMs: hostMs, untilMs }));
	});
}

/** Now, on that clock. */
export const hostNow = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Pairs of one service in both regions where one began before the pods of the other, which have `fenceMs`, had surely ended. */
export function overlaps(
	intervals: readonly Interval[],
	fenceMs: number,
): [Interval, Interval][] {
	const north = intervals.filter((it) => it.region === "north");
	const south = intervals.filter((it) => it.region === "south");
	return north.flatMap((a) =>
		south
			.filter(
				(b) =>
					a.key === b.key &&
					a.fromMs < b.untilMs + fenceMs &&
					b.fromMs < a.untilMs + fenceMs,
			)
			.map((b): [Interval, Interval] => [a, b]),
	);
}

/** That there is no overlap says something only where there was something to overlap. */
export function bothRan(intervals: readonly Interval[]): void {
	const regions = new Set(intervals.map((it) => it.region));
	expect([...regions].toSorted()).toEqual(["north", "south"]);
}
