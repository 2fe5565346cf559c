/** The judge of two regions' lines is judged here, on files made up. */
import { describe, expect, it } from "vitest";
import { handOver, overlaps, readLines, type Turn } from "./lines.ts";

const TURNS: Turn[] = [
	{ region: "north", atSeconds: 100 },
	{ region: "south", atSeconds: 110 },
	{ region: "north", atSeconds: 120 },
];
const file = (...lines: string[]) =>
	readLines(lines.map((it) => `${it}-pod\n`).join(""));

describe("no overlap", () => {
	const clean = [
		"100.50 north north",
		"104.90 north north",
		"110.70 south south",
		"113.20 south south",
		"121.00 north north",
	];

	it("is found where regions take turns", () => {
		expect(overlaps(file(...clean), TURNS)).toEqual([]);
	});

	it("is found where a region never came, and where two pods of one wrote", () => {
		expect(overlaps(file(clean[0] ?? ""), TURNS)).toEqual([]);
		const two = file("101.00 north a", "101.00 north b", "101.10 north a");
		expect(overlaps(two, TURNS)).toEqual([]);
	});
});

describe("an overlap is found", () => {
	const cases: [string, string[], RegExp][] = [
		[
			"when the old region writes between two lines of the new one",
			["109.00 north a", "110.20 south b", "110.30 north a", "110.40 south b"],
			/^north \(a-pod\) wrote at 110.3 while it is the turn of south/,
		],
		[
			"when its clock read the time before it was stopped, and it wrote after",
			["110.20 south b", "109.99 north a"],
			/^north \(a-pod\) wrote at 109.99 while/,
		],
		[
			"when the old region writes once the new one is let in, though that has not begun",
			["110.00 north a", "111.00 south b"],
			/although south was let in at 110/,
		],
		[
			"when the new region begins before it is let in",
			["109.90 north a", "109.95 south b"],
			/^south \(b-pod\) wrote at 109.95 while it is the turn of north/,
		],
		[
			"when a region comes back after its turn, much later",
			["109.00 north a", "110.20 south b", "119.00 north a"],
			/^north .* 119 while it is the turn of south/,
		],
		["before anything was let in", ["99.00 north a"], /before it was let in/],
		["of a third region", ["101.00 east a"], /^east .* the turn of north/],
	];
	it.each(cases)("%s", (_name, lines, expected) => {
		const faults = overlaps(file(...lines), TURNS);
		expect(faults).toHaveLength(1);
		expect(faults[0]?.why).toMatch(expected);
	});
});

describe("lines", () => {
	it("that are torn are an error, a last one that is being written is not", () => {
		expect(() => readLines("101.0 north a\n101.1 no\n")).toThrow("101.1 no");
		expect(() => readLines("x north a\n")).toThrow("not a line");
		expect(() => readLines("101.0 north a101.0 south b\n")).toThrow();
		expect(readLines("101.0 north a\n101.1 nor")).toHaveLength(1);
	});

	it("tell how long a hand-over took", () => {
		const lines = file("104.00 north a", "108.50 north a", "111.25 south b");
		const no = { region: "north", atSeconds: 105 };
		const took = handOver(lines, no, { region: "south", atSeconds: 110 });
		expect(took).toEqual({ stopSeconds: 3.5, startSeconds: 1.25 });
		const later = { region: "south", atSeconds: 112 };
		expect(handOver(lines, no, later)).toBeUndefined();
	});
});
