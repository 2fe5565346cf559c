/** The ready half of rule 11, and rule 12. */
import { describe, expect, it } from "vitest";
import {
	type OwnSide,
	sidesRead,
} from "../../../../src/core/region/grant/return.ts";
import {
	authorityOf,
	sidesDue,
} from "../../../../src/core/region/grant/view.ts";
import { at, Bench, lease, words } from "./fixture.ts";

const side = (
	uid: string,
	role: OwnSide["role"],
	policy: OwnSide["policy"] = "Exclusive",
): OwnSide => ({ key: `apps/${uid}`, uid, role, policy, epoch: 1 });

describe("a list of the own sides", () => {
	it.each<readonly [string, readonly OwnSide[], string | undefined, boolean]>([
		["all standby, all written", [side("a", "Standby")], "t", false],
		[
			"one active",
			[side("a", "Standby"), side("b", "Active")],
			undefined,
			false,
		],
		[
			"one not written",
			[side("a", "Standby"), side("x", "Standby")],
			undefined,
			false,
		],
		["all active", [side("a", "Active"), side("b", "Active")], undefined, true],
		[
			"others do not matter",
			[side("a", "Standby"), side("x", "Active", "Manual")],
			"t",
			false,
		],
		["none", [], "t", true],
	])("%s", (_, sides, returned, allActive) => {
		const read = sidesRead(sides, at(1), "t", (taken, it) => {
			expect(taken).toBe("t");
			return it.uid !== "x";
		});
		expect(read.returned).toBe(returned);
		expect(read.allActive).toBe(allActive);
	});

	it("returns nothing when nothing is taken", () => {
		expect(
			sidesRead([], at(1), undefined, () => true).returned,
		).toBeUndefined();
	});
});

const taken = lease({ uid: "n", transitions: 1 });

describe("ready (rule 11)", () => {
	it.each([
		["every side written for this taking", "n/1", taken, "ready 1"],
		["written for another one", "n/0", taken, "nothing"],
		["set already", "n/1", { ...taken, ready: true }, "nothing"],
	])("%s", (_, returned, shown, expected) => {
		const bench = new Bench();
		bench.read("atPeer", shown, 1);
		expect(sidesDue(bench.grant, at(1))).toBe(!shown.ready);
		bench.sides(2, { returned });
		bench.read("atPeer", shown, 3);
		expect(words(bench.more("atPeer", 3))).toBe(expected);
	});

	it("is not said by a region that is fresh", () => {
		const bench = new Bench();
		bench.read("atPeer", taken, 1);
		bench.sides(2, { returned: "n/1" });
		bench.read("peerAtOwn", lease({ holder: "north" }), 3);
		bench.read("atPeer", taken, 3);
		expect(words(bench.more("atPeer", 3))).toBe("nothing");
	});
});

describe("giving back (rule 12)", () => {
	const held = lease({ holder: "north", ready: true });

	it.each([
		["all well", true, true, 3, held, "giveBack 1"],
		["not ready", true, true, 3, { ...held, ready: false }, "nothing"],
		["S3 alone", false, true, 3, held, "nothing"],
		["a side is standby", true, false, 3, held, "nothing"],
		["sides read 3R ago", true, true, 0, held, "nothing"],
	] as const)("%s", (_, confirmed, allActive, readAt, own, expected) => {
		const bench = new Bench();
		if (confirmed) bench.renew(2.5);
		bench.sides(readAt, { allActive });
		bench.read("peerAtOwn", own, 3.1);
		expect(words(bench.more("peerAtOwn", 3.1))).toBe(expected);
	});

	it("ends S3 with the sending, whatever the answer", () => {
		const bench = new Bench();
		bench.renew(2.5);
		bench.sides(3, { allActive: true });
		bench.read("peerAtOwn", held, 3.1);
		bench.answer(bench.more("peerAtOwn", 3.1), "unknown", 3.1);
		expect(authorityOf(bench.grant, at(3.1))).toMatchObject({
			sole: false,
			fresh: true,
		});
	});
});
