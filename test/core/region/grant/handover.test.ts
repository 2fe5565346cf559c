/** Rule 14, and how rule 15 reads it. */
import { describe, expect, it } from "vitest";
import {
	type Entry,
	inWindow,
	moved,
	parse,
	print,
	WINDOW,
	type Window,
} from "../../../../src/core/region/grant/handover.ts";
import { authorityOf } from "../../../../src/core/region/grant/view.ts";
import { at, Bench, lease, TIMING } from "./fixture.ts";

const entry = (nth: number, tier = 1): Entry => ({
	key: `apps/s${`${nth}`.padStart(4, "0")}`,
	tier,
	side: `u${nth}/3`,
	from: `f${nth}`,
});
const entries = (count: number): Entry[] =>
	Array.from({ length: count }, (_, nth) => entry(nth));

describe("the window", () => {
	it("goes by tier, then by name", () => {
		const all = [entry(2, 2), entry(1, 2), entry(9, 1)];
		expect(inWindow(all, { since: at(0) }).map((it) => it.key)).toEqual([
			"apps/s0009",
			"apps/s0001",
			"apps/s0002",
		]);
	});

	it.each([
		[201, 2],
		[450, 3],
		[1_600, 8],
	])("shows each of %i entries within %i moves", (count, moves) => {
		const all = entries(count);
		const seen = new Set<string>();
		let window: Window = { since: at(0) };
		for (let nth = 0; nth < moves; nth++) {
			const shown = inWindow(all, window);
			expect(shown).toHaveLength(WINDOW);
			for (const it of shown) seen.add(it.key);
			expect(moved(window, all, TIMING, at(3 * nth + 2.9))).toBe(window);
			window = moved(window, all, TIMING, at(3 * nth + 3));
		}
		expect(seen.size).toBe(count);
	});

	it("goes on when the entry it stood at has gone", () => {
		const window = { after: entry(299), since: at(0) };
		const left = entries(500).filter((_, nth) => nth % 2 === 0);
		expect(inWindow(left, window)[0]?.key).toBe("apps/s0300");
		expect(inWindow(entries(250), window)[0]?.key).toBe("apps/s0000");
	});
});

describe("the annotation", () => {
	it("is read as it was printed", () => {
		const all = entries(3);
		expect([...parse(print(all))]).toEqual(
			all.map(({ key, side, from }) => [key, { side, from }]),
		);
		expect(print([])).toBe("");
	});

	const good = `"apps/a":{"side":"u/1","from":"f"}`;
	it.each([
		["nothing", "", 0],
		["no JSON", "{", 0],
		["null", "null", 0],
		["a number", "3", 0],
		["a list", `[{"side":"u/1","from":"f"}]`, 0],
		["no name", `{"apps":{"side":"u/1","from":"f"}}`, 0],
		["a path", `{"../../x":{"side":"u/1","from":"f"}}`, 0],
		["no epoch", `{"apps/b":{"side":"u","from":"f"},${good}}`, 1],
		["a negative epoch", `{"apps/b":{"side":"u/-1","from":"f"},${good}}`, 1],
		["two spellings of an epoch", `{"apps/b":{"side":"u/01","from":"f"}}`, 0],
		["no from", `{"apps/b":{"side":"u/1"},${good}}`, 1],
		["null inside", `{"apps/b":null,${good}}`, 1],
		["a prototype", `{"__proto__":{"side":"u/1","from":"f"},${good}}`, 1],
		["too long", `{${good},"apps/b":"${"x".repeat(300_000)}"}`, 0],
		["more than a window", print(entries(300)), WINDOW],
	])("that holds %s", (_, text, count) => {
		expect(parse(text).size).toBe(count);
	});
});

describe("what the twin offers (rules 13 and 15)", () => {
	const offer = (side: string) => `{"apps/a":{"side":"${side}","from":"f"}}`;

	it("is what the Lease that changed last says, of two", () => {
		const bench = new Bench();
		const read = (spot: "peerAtHub" | "peerAtOwn", v: string, text: string) =>
			bench.read(spot, lease({ resourceVersion: v, handover: text }), +v);
		const side = () =>
			authorityOf(bench.grant, at(9)).offers.get("apps/a")?.side;
		expect(side()).toBeUndefined();
		read("peerAtOwn", "1", offer("u/1"));
		read("peerAtHub", "2", offer("u/2"));
		expect(side()).toBe("u/2");
		read("peerAtOwn", "3", offer("u/1"));
		expect(side()).toBe("u/1");
	});

	it.each([
		[
			"renewed, so another version of the same Lease",
			{ resourceVersion: "2", renewTime: "2" },
			true,
		],
		["written to by a person", { resourceVersion: "2" }, false],
		["the same version", {}, false],
		[
			"a Lease made anew",
			{ uid: "x", resourceVersion: "2", renewTime: "2" },
			false,
		],
		["taken by this region", { resourceVersion: "2", holder: "north" }, false],
	])("the twin renews: %s", (_, second, renews) => {
		const bench = new Bench();
		bench.read("peerAtHub", lease(), 1);
		expect(authorityOf(bench.grant, at(1)).peerRenews).toBe(false);
		bench.read("peerAtHub", lease(second), 2);
		expect(authorityOf(bench.grant, at(7)).peerRenews).toBe(renews);
		expect(authorityOf(bench.grant, at(7.1)).peerRenews).toBe(false);
	});
});
