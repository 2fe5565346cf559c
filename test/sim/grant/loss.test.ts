/** How long it takes, and what moves nothing: the table of the protocol, profile Fast. */
import { describe, expect, it } from "vitest";
import type { Machine } from "./machine.ts";
import { NAMES, Pair } from "./pair.ts";
import { declareLost, force, forceAnswer } from "./user.ts";

const SEEDS = [1, 2, 3];

async function normal(seed: number): Promise<Pair> {
	const pair = new Pair({ seed });
	for (const it of NAMES) pair.start(it);
	expect(await pair.until(() => pair.isNormal, 3)).toBe(true);
	await pair.pass(5 + seed / 3);
	return pair;
}

/** Seconds until it holds. */
async function time(pair: Pair, done: () => boolean): Promise<number> {
	const from = pair.clock.now();
	if (!(await pair.until(done, 60))) return Number.POSITIVE_INFINITY;
	return (pair.clock.now() - from) / 1_000;
}

function end(pair: Pair): void {
	pair.stop();
	expect(pair.violations).toEqual([]);
}

type Act = (pair: Pair) => void;

const regionLost: Act = (pair) => {
	pair.die("south");
	pair.killAll("south");
};

const isolated: Act = (pair) => {
	for (const it of ["south-hub", "south-north", "north-south"] as const)
		pair.cut(it);
};

const MOVES: readonly (readonly [string, Act, number, number])[] = [
	["region lost", regionLost, 11, 15],
	["region cut off from everyone", isolated, 11, 19.2],
	["agent dead, its API server alive", (pair) => pair.killAll("south"), 11, 15],
	[
		"a region's API server dead for good, then its agent restarts (rule 21)",
		(pair) => {
			pair.die("south");
			pair.killAll("south");
			pair.start("south");
		},
		11,
		19.6,
	],
];

const STAYS: readonly (readonly [string, Act])[] = [
	["hub lost", (pair) => pair.die("hub")],
	["hub wiped", (pair) => pair.wipeHub()],
	[
		"the link between the regions cut",
		(pair) => {
			pair.cut("north-south");
			pair.cut("south-north");
		},
	],
	["one hub link cut", (pair) => void pair.cut("south-hub")],
	["answers of the hub lost", (pair) => void pair.cut("south-hub", "answer")],
	[
		"answers of the twin lost",
		(pair) => void pair.cut("south-north", "answer"),
	],
	["a region's API server dead, its agent alive", (pair) => pair.die("south")],
];

describe.each(SEEDS)("seed %i", (seed) => {
	it.each(MOVES)("%s: the twin serves", async (_, act, least, most) => {
		const pair = await normal(seed);
		act(pair);
		const seconds = await time(pair, () => pair.serves("north"));
		expect(seconds).toBeGreaterThan(least);
		expect(seconds).toBeLessThan(most);
		end(pair);
	});

	it.each(STAYS)("%s: nothing moves, nobody stops", async (_, act) => {
		const pair = await normal(seed);
		act(pair);
		const stopped = await pair.until(
			() => !NAMES.every(pair.isFresh) || NAMES.some(pair.isSole),
			40,
		);
		expect(stopped).toBe(false);
		end(pair);
	});
});

describe("the way back", () => {
	it.each(SEEDS)("gives a returned region its grant, seed %i", async (seed) => {
		const pair = await normal(seed);
		regionLost(pair);
		await pair.until(() => pair.serves("north"), 30);
		await pair.pass(10);
		pair.revive("south");
		pair.start("south");
		expect(await time(pair, () => pair.isNormal)).toBeLessThan(8.3);
		expect(pair.serves("north")).toBe(true);
		end(pair);
	});

	it("goes on alone when the hub falls after the region (S3)", async () => {
		const pair = await normal(1);
		regionLost(pair);
		await pair.until(() => pair.serves("north"), 30);
		pair.die("hub");
		await pair.pass(30);
		expect(pair.serves("north")).toBe(true);
		end(pair);
	});

	it("stops both when the hub is lost and the link is cut, and resumes with either", async () => {
		const pair = await normal(2);
		const mends = [pair.cut("north-south"), pair.cut("south-north")];
		pair.die("hub");
		expect(await time(pair, () => !NAMES.some(pair.isFresh))).toBeLessThan(6);
		pair.revive("hub");
		expect(await time(pair, () => pair.isNormal)).toBeLessThan(3);
		pair.wipeHub();
		await pair.pass(1);
		for (const it of mends) it();
		expect(await time(pair, () => pair.isNormal)).toBeLessThan(3);
		end(pair);
	});

	it("resumes after both restart and only one comes back (the stored trustedHub)", async () => {
		const pair = await normal(3);
		regionLost(pair);
		pair.killAll("north");
		await pair.pass(8);
		pair.start("north");
		expect(await time(pair, () => pair.serves("north"))).toBeLessThan(22);
		end(pair);
	});

	it("takes a grant that a person has forced (rule 19)", async () => {
		const pair = await normal(1);
		regionLost(pair);
		pair.die("hub");
		await pair.pass(20);
		expect(pair.isFresh("north")).toBe(false);
		force(pair, "north");
		expect(await time(pair, () => pair.serves("north"))).toBeLessThan(2);
		// Rule 10: the hub hears of it.
		pair.revive("hub");
		expect(
			await time(pair, () => pair.hubHolder("south") === "north"),
		).toBeLessThan(3);
		end(pair);
	});

	it("takes the grant of a twin that is declared lost by name, once it has stood still for D_p", async () => {
		const pair = await normal(1);
		regionLost(pair);
		pair.die("hub");
		await pair.pass(20);
		declareLost(pair, "north");
		const taken = await time(pair, () => pair.serves("north"));
		expect(taken).toBeGreaterThan(11);
		expect(taken).toBeLessThan(16);
		expect(forceAnswer(pair, "north")).toMatch(
			/^done: south was declared lost/,
		);
		pair.revive("hub");
		expect(
			await time(pair, () => pair.hubHolder("south") === "north"),
		).toBeLessThan(3);
		end(pair);
	});

	it.each<[string, (pair: Pair) => void, RegExp]>([
		["another name", (it) => declareLost(it, "north", "nroth"), /another name/],
		["a twin that renews", (it) => declareLost(it, "north"), /so it runs/],
	])("does not force for %s, and says why", async (_, ask, words) => {
		const pair = await normal(1);
		pair.die("hub");
		await pair.pass(5);
		ask(pair);
		await time(pair, () => words.test(forceAnswer(pair, "north")));
		await pair.pass(20);
		expect(pair.isSole("north")).toBe(false);
		expect(pair.isFresh("south")).toBe(true);
		end(pair);
	});
});

it("keeps two processes of one region going, none stopping the other for good", async () => {
	const pair = await normal(1);
	const second: Machine = pair.start("south");
	await pair.pass(2);
	const [first] = pair.regions.south.machines;
	let both = 0;
	for (let at = 0; at < 100; at++) {
		await pair.pass(0.2);
		if (first?.fresh && second.fresh) both += 1;
		expect(pair.isFresh("south")).toBe(true);
	}
	// Rule 20 makes each look at its sides again, not stop.
	expect(both).toBeGreaterThan(90);
	end(pair);
});
