/** What has to hold of a pair whatever happens to it, and what may not change when nothing should move. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { overlaps } from "./intervals.ts";
import { FENCE_MS, LASTING_MS, type Pair, running } from "./pair.ts";
import { passages } from "./questions.ts";
import type { Region } from "./world.ts";

/** In whatever order and at whatever speed it moved: never two at one time. */
export function neverTwo(pair: Pair): void {
	expect(overlaps(pair.intervals(), FENCE_MS)).toEqual([]);
	for (const it of passages(pair.questions.all()))
		expect(it.apartMs, JSON.stringify(it)).toBeGreaterThan(FENCE_MS);
}

/** How the yes to gates went from region to region so far, such as `north to south`. */
export const movesOf = ({ questions }: Pair): string[] =>
	passages(questions.all()).map((it) => `${it.from} to ${it.to}`);

/** Neither a role, nor a pod, nor an answer to a gate changes while `during` lasts. */
export async function nothingMoves(
	{ world, questions }: Pair,
	active: Region,
	during: () => Promise<unknown> = () => sleep(LASTING_MS),
): Promise<void> {
	const before = await running(world);
	const since = performance.now();
	await during();
	expect(await running(world)).toEqual(before);
	const said = questions.since(since, active);
	expect(said.filter((it) => it.answer === "no")).toEqual([]);
	expect(said.filter((it) => it.answer === "yes").length).toBeGreaterThan(50);
}
