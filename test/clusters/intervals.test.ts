/** The checker of proofs finds what it is there for. */
import { expect, it } from "vitest";
import { type Interval, intervalsOf, overlaps } from "../cluster/intervals.ts";

const line = (hostMs: number, lastsMs: number, ...active: string[]) =>
	JSON.stringify({ msg: "standing", hostMs, lastsMs, active });

const north = (fromMs: number, untilMs: number): Interval => ({
	...{ region: "north", key: "shop/web", fromMs, untilMs },
});
const south = (fromMs: number, untilMs: number): Interval => ({
	...north(fromMs, untilMs),
	region: "south",
});

it("a later line replaces an earlier one; the last one counts to its expiry, or to its process's death", () => {
	const lines = [line(10, 50, "shop/web"), line(30, 0), line(40, 50)];
	expect(intervalsOf("north", lines)).toEqual([north(10, 30)]);
	expect(intervalsOf("north", lines.slice(0, 1))).toEqual([north(10, 60)]);
	expect(intervalsOf("north", lines, 45)).toEqual([north(10, 30)]);
	expect(intervalsOf("north", lines.slice(0, 1), 45)).toEqual([north(10, 45)]);
});

it.each([
	["at one time", north(0, 100), south(50, 60), 0, 1],
	["for a millisecond", south(0, 100), north(99, 200), 0, 1],
	["one after the other", north(0, 100), south(100, 200), 0, 0],
	[
		"before the pods of the first had ended",
		north(0, 100),
		south(149, 200),
		50,
		1,
	],
	["after they had", north(0, 100), south(150, 200), 50, 0],
	["in one region", north(0, 100), north(50, 150), 50, 0],
	["another service", north(0, 100), { ...south(50, 60), key: "a/b" }, 50, 0],
])("%s", (_what, a, b, fenceMs, found) => {
	expect(overlaps([a, b], fenceMs)).toHaveLength(found);
});
