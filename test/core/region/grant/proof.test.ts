/** Rules 1 to 6, 20 and 21. */
import { describe, expect, it } from "vitest";
import {
	authorityOf,
	remainingMs,
	sidesDue,
} from "../../../../src/core/region/grant/view.ts";
import { at, Bench, lease, words } from "./fixture.ts";

const fresh = (bench: Bench, seconds: number): boolean =>
	authorityOf(bench.grant, at(seconds)).fresh;

const own = lease({ uid: "n", holder: "north" });
const renewed = { ...own, resourceVersion: "2", process: "p1" };
const taken = { ...own, holder: "south", transitions: 1 };

describe("a source (rule 1)", () => {
	it("is good for D_h from the sending, not from the answer", () => {
		const bench = new Bench();
		bench.renew(1, 0.9);
		expect(remainingMs(bench.grant, at(1.9))).toBe(4_100);
		expect(fresh(bench, 5.999)).toBe(true);
		expect(fresh(bench, 6)).toBe(false);
	});

	it.each([
		["the monotonic clock", { monotonicMs: 6_000, bootMs: 2_000 }, false],
		["the boot-time clock", { monotonicMs: 2_000, bootMs: 6_000 }, false],
		["neither clock", { monotonicMs: 5_900, bootMs: 5_900 }, true],
	])("lapses by the faster clock: %s", (_, clocks, still) => {
		const bench = new Bench();
		bench.renew(1);
		const now = { ...clocks, wallMs: 6_000 };
		expect(authorityOf(bench.grant, now).fresh).toBe(still);
	});

	it("does not count when the write made no new version", () => {
		const bench = new Bench();
		bench.read("atPeer", own, 1);
		bench.answer(bench.more("atPeer", 1), own, 1);
		expect(fresh(bench, 1)).toBe(false);
	});

	it.each(["unknown", "conflict", "absent"] as const)(
		"does not count after %s, and the Lease is read again",
		(said) => {
			const bench = new Bench();
			bench.read("atPeer", own, 1);
			bench.answer(bench.more("atPeer", 1), said, 1);
			expect(fresh(bench, 1)).toBe(false);
			expect(words(bench.ask("atPeer", 2))).toBe("read");
		},
	);

	it("S3: a read of the own API server that shows this region", () => {
		const bench = new Bench();
		bench.read("peerAtOwn", lease({ holder: "north" }), 1);
		expect(authorityOf(bench.grant, at(5.9))).toMatchObject({
			fresh: true,
			sole: true,
		});
		expect(authorityOf(bench.grant, at(6))).toMatchObject({
			fresh: false,
			sole: false,
		});
		bench.read("peerAtOwn", lease({ holder: "north" }), 6);
		bench.read("peerAtOwn", lease({ holder: "south" }), 7);
		expect(authorityOf(bench.grant, at(7)).sole).toBe(false);
	});

	it("ends when wall clock and the others jump apart, with all that is under way", () => {
		const bench = new Bench();
		bench.renew(1);
		bench.read("atPeer", renewed, 2);
		const action = bench.more("atPeer", 2);
		bench.answer({ kind: "read", spot: "peerAtHub" }, "unknown", 3);
		expect(fresh(bench, 3)).toBe(true);
		// By the wall clock ten seconds less have passed than by the others.
		bench.grant = { ...bench.grant, at: { ...at(3), wallMs: 13_000 } };
		bench.answer(action, { ...renewed, resourceVersion: "9" }, 2, 2);
		expect(fresh(bench, 4)).toBe(false);
	});
});

describe("the hub", () => {
	it.each([
		[
			"not fresh, unknown uid: no trust, no renewal (rule 3)",
			false,
			"",
			"north",
			"nothing",
		],
		["not fresh, trusted uid: renewed", false, "n", "north", "renew 1"],
		["fresh: trusted at once, and renewed", true, "", "north", "renew 1"],
		[
			"fresh, held by the twin: taken back (rule 4)",
			true,
			"",
			"south",
			"retake 1",
		],
		["not fresh, held by the twin: left", false, "n", "south", "nothing"],
		["held by a stranger: left", true, "", "east", "nothing"],
	] as const)("%s", (_, isFresh, trusted, holder, expected) => {
		const bench = new Bench();
		bench.read("trust", lease({ trustedHub: trusted }), 0);
		if (isFresh) bench.renew(1);
		bench.read("atHub", { ...own, holder }, 2);
		const action = bench.more("atHub", 2);
		expect(words(action)).toBe(expected);
		if (!action) return;
		bench.answer(action, { ...renewed }, 2);
		expect(remainingMs(bench.grant, at(2))).toBe(5_000);
	});

	it("gets a neutral Lease when it has none, which counts for nothing (rule 5)", () => {
		const bench = new Bench();
		bench.read("atHub", "absent", 1);
		const action = bench.more("atHub", 1);
		expect(words(action)).toBe("create north");
		bench.answer(action, own, 1);
		expect(fresh(bench, 1)).toBe(false);
		expect(words(bench.ask("atHub", 2))).toBe("read");
	});

	it("is remembered: trusted while fresh, stored, and not forgotten for a stored one", () => {
		const bench = new Bench();
		bench.renew(1);
		bench.read("atHub", own, 1);
		bench.read("trust", lease({ trustedHub: "old", uid: "t" }), 1);
		expect(bench.grant.proof.trusted).toBe("n");
		expect(bench.more("trust", 1)).toMatchObject({
			why: "trust",
			change: { trustedHub: "n" },
		});
	});
});

describe("Leases that are missing (rule 5)", () => {
	it.each([
		["atPeer", "nothing"],
		["atHub", "create north"],
		["peerAtHub", "create south"],
		["peerAtOwn", "create south"],
	] as const)("%s: %s", (spot, expected) => {
		const bench = new Bench();
		bench.read(spot, "absent", 1);
		expect(words(bench.more(spot, 1))).toBe(expected);
	});

	it("are not created after an unknown answer", () => {
		const bench = new Bench();
		bench.read("peerAtOwn", "unknown", 1);
		expect(words(bench.more("peerAtOwn", 1))).toBe("nothing");
	});
});

describe("a taken region (rule 6)", () => {
	it("loses every source at once and counts none of the hub's", () => {
		const bench = new Bench();
		bench.renew(1);
		bench.read("atHub", own, 1);
		const under = bench.more("atHub", 1);
		bench.read("atPeer", taken, 2);
		expect(authorityOf(bench.grant, at(2))).toMatchObject({
			fresh: false,
			taken: "n/1",
		});
		bench.answer(under, renewed, 1, 1.5);
		expect(fresh(bench, 2.5)).toBe(false);
		expect(words(bench.ask("atHub", 3))).toBe("read");
	});

	it("is free again when the twin's API server shows it", () => {
		const bench = new Bench();
		bench.read("atPeer", taken, 2);
		bench.read("atPeer", { ...own, transitions: 2 }, 3);
		expect(authorityOf(bench.grant, at(3)).taken).toBeUndefined();
		expect(words(bench.more("atPeer", 3))).toBe("renew 1");
	});
});

describe("a process that does not know its sides", () => {
	it("renews nothing before it has read them once (rule 21)", () => {
		const bench = new Bench("never");
		bench.read("atPeer", own, 1);
		expect(words(bench.more("atPeer", 1))).toBe("nothing");
		bench.read("peerAtOwn", lease({ holder: "north" }), 1);
		expect(fresh(bench, 1)).toBe(false);
		expect(sidesDue(bench.grant, at(1))).toBe(true);
		bench.sides(2);
		expect(words(bench.ask("atPeer", 2))).toBe("renew 1");
	});

	it.each([
		["3R ago, another process", 0, "p2", false],
		["just now, another process", 9, "p2", true],
		["3R ago, its own id", 0, "p1", true],
		["3R ago, no id", 0, "", true],
	])("read %s: yields or goes on (rule 20)", (_, readAt, process, goesOn) => {
		const bench = new Bench(readAt);
		bench.renew(9);
		bench.read("atPeer", { ...own, process }, 10);
		expect(fresh(bench, 10)).toBe(goesOn);
		expect(words(bench.more("atPeer", 10))).toBe(
			goesOn ? "renew 1" : "nothing",
		);
		bench.sides(11);
		expect(words(bench.ask("atPeer", 11))).toBe("renew 1");
	});

	it("beside another one reads them before they are 3R old", () => {
		const bench = new Bench(10);
		expect(sidesDue(bench.grant, at(12))).toBe(false);
		bench.read("atPeer", { ...own, process: "p2" }, 11);
		expect(sidesDue(bench.grant, at(10.5))).toBe(false);
		expect(sidesDue(bench.grant, at(11.5))).toBe(true);
	});
});
