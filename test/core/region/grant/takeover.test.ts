/** Rules 7 to 10. */
import { describe, expect, it } from "vitest";
import { takeable } from "../../../../src/core/region/grant/takeover.ts";
import { authorityOf } from "../../../../src/core/region/grant/view.ts";
import { at, Bench, lease, TIMING, words } from "./fixture.ts";

const own = lease({ uid: "o", resourceVersion: "10" });
const hub = lease({ uid: "h", resourceVersion: "20" });

/** The twin's grant seen in both places for `seconds` from 1 on, while fresh. */
function watched(seconds: number, bench = new Bench()): Bench {
	for (let now = 0.5; now < seconds + 1; now += 1) bench.renew(now);
	bench.grant = { ...bench.grant, observed: {} };
	for (const now of [1, 1 + seconds]) {
		bench.read("peerAtOwn", own, now);
		bench.read("peerAtHub", hub, now);
	}
	return bench;
}

describe("step 1 (rules 7 and 8)", () => {
	it.each([
		["D_p", 11.3, "take 20"],
		["less than D_p", 11.1, "nothing"],
	])("is due after %s", (_, seconds, expected) => {
		const bench = watched(seconds);
		expect(words(bench.more("peerAtHub", seconds + 1))).toBe(expected);
	});

	it.each<readonly [string, (bench: Bench) => void]>([
		["not fresh", (it) => it.read("atPeer", lease({ uid: "n" }), 12.5)],
		[
			"own version changed",
			(it) => it.read("peerAtOwn", { ...own, resourceVersion: "11" }, 12.5),
		],
		[
			"own Lease made anew",
			(it) => it.read("peerAtOwn", { ...own, uid: "x" }, 12.5),
		],
		[
			"hub version changed",
			(it) => it.read("peerAtHub", { ...hub, resourceVersion: "21" }, 12.5),
		],
		["own Lease absent", (it) => it.read("peerAtOwn", "absent", 12.5)],
	])("is not due: %s", (_, spoil) => {
		const bench = watched(11.3);
		spoil(bench);
		expect(words(bench.more("peerAtHub", 12.5))).toBe("nothing");
	});

	it("is not due when the hub's Lease is absent: a neutral one is made, and observed anew", () => {
		const bench = watched(11.3);
		bench.read("peerAtHub", "absent", 12.5);
		const action = bench.more("peerAtHub", 12.5);
		expect(words(action)).toBe("create south");
		bench.answer(action, { ...hub, uid: "new" }, 12.5);
		expect(words(bench.more("peerAtHub", 12.6))).toBe("nothing");
	});

	it.each([
		["south", 12.3, true],
		["east", 12.3, false],
		["north", 12.3, false],
		["", 12.3, false],
	])("is due from the holder %s alone", (holder, seconds, due) => {
		const seen = { since: at(1), latest: at(seconds) };
		const observed = {
			own: { ...seen, lease: { ...own, holder } },
			hub: { ...seen, lease: hub },
		};
		const pair = takeable(observed, "south", TIMING, at(seconds));
		expect(pair !== undefined).toBe(due);
	});

	it("needs a read of the hub that is younger than 3R", () => {
		const bench = watched(11.3);
		for (const now of [13, 14, 15]) bench.renew(now);
		expect(words(bench.more("peerAtHub", 15.2))).toBe("take 20");
		expect(words(bench.more("peerAtHub", 15.3))).toBe("nothing");
	});

	it("counts from the receipt of the first read to the sending of the last", () => {
		const bench = watched(0);
		for (let now = 1.5; now < 14; now += 1) bench.renew(now);
		bench.grant = { ...bench.grant, observed: {} };
		const read = { kind: "read", spot: "peerAtHub" } as const;
		bench.read("peerAtOwn", own, 1);
		bench.answer(read, hub, 1, 1);
		bench.read("peerAtOwn", own, 13);
		bench.answer(read, hub, 13, 0.9);
		expect(bench.grant.observed.hub).toMatchObject({
			since: at(2),
			latest: at(13),
		});
		expect(words(bench.more("peerAtHub", 13.9))).toBe("nothing");
	});

	it("begins to observe anew when the region becomes fresh", () => {
		const bench = watched(11.3);
		bench.renew(18);
		expect(bench.grant.observed).toEqual({});
	});

	it("keeps the observation through answers that are unknown", () => {
		const bench = watched(11.3);
		bench.read("peerAtHub", "unknown", 12.4);
		bench.read("peerAtHub", hub, 12.5);
		expect(words(bench.more("peerAtHub", 12.5))).toBe("take 20");
	});
});

describe("step 2 (rule 9)", () => {
	const taking = (): Bench => {
		const bench = watched(11.3);
		const action = bench.more("peerAtHub", 12.3);
		expect(action).toMatchObject({ change: { holder: "north" } });
		bench.answer(
			action,
			{ ...hub, resourceVersion: "22", holder: "north" },
			12.3,
		);
		return bench;
	};

	it("starts from the version observed before step 1, whatever was read since", () => {
		const bench = taking();
		bench.read("peerAtOwn", { ...own, resourceVersion: "12" }, 12.4);
		const action = bench.more("peerAtOwn", 12.4);
		expect(words(action)).toBe("commit 10");
		expect(action).toMatchObject({ change: { holder: "north", ready: false } });
	});

	it("makes the region sole when it is acknowledged", () => {
		const bench = taking();
		const done = { ...own, resourceVersion: "13", holder: "north" };
		bench.answer(bench.ask("peerAtOwn", 12.4), done, 12.4);
		expect(authorityOf(bench.grant, at(12.4)).sole).toBe(true);
		expect(words(bench.more("peerAtOwn", 12.4))).toBe("nothing");
	});

	it.each(["conflict", "unknown", "absent"] as const)(
		"is never retried after %s",
		(said) => {
			const bench = taking();
			bench.answer(bench.ask("peerAtOwn", 12.4), said, 12.4);
			expect(words(bench.ask("peerAtOwn", 12.5))).toBe("read");
			bench.read("peerAtOwn", own, 12.5);
			expect(words(bench.more("peerAtOwn", 12.5))).toBe("nothing");
		},
	);

	it.each([
		["unchanged: step 1 again", hub, "take 20"],
		["changed: observed anew", { ...hub, resourceVersion: "22" }, "nothing"],
	])("does not follow a step 1 that timed out; %s", (_, seen, expected) => {
		const bench = watched(11.3);
		bench.answer(bench.more("peerAtHub", 12.3), "unknown", 12.3);
		expect(words(bench.ask("peerAtOwn", 12.4))).toBe("read");
		bench.read("peerAtHub", seen, 12.5);
		expect(words(bench.more("peerAtHub", 12.5))).toBe(expected);
	});
});

it("tells the hub what was forced (rule 10)", () => {
	const bench = new Bench();
	bench.read("peerAtOwn", { ...own, holder: "north" }, 1);
	bench.read("peerAtHub", hub, 1);
	expect(words(bench.more("peerAtHub", 1))).toBe("claim 20");
});
