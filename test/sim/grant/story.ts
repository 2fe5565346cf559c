/** Courses of events of the pair that one rule each stands against: see test/mutation. */
import { PROFILES } from "../../../src/core/profile.ts";
import { type Entry, WINDOW } from "../../../src/core/region/grant/handover.ts";
import type { Course } from "../told.ts";
import { NAMES, Pair, type PairOptions, type Way } from "./pair.ts";

/** The south's clocks are slow and the north's fast, as far as rho allows. */
const APART = { north: 1.0099, south: 0.9901 };

const story =
	(
		options: Omit<PairOptions, "seed">,
		tell: (pair: Pair) => Promise<unknown>,
	): Course =>
	async (seed) => {
		const pair = new Pair({ rates: APART, ...options, seed });
		for (const it of NAMES) pair.start(it);
		await pair.until(() => pair.isNormal, 5);
		// Each seed meets the loops at another moment.
		await pair.pass(3 + (seed % 10) / 10);
		await tell(pair);
		pair.stop();
		return { violations: pair.violations, log: pair.story };
	};

const SOUTH_ALONE: readonly Way[] = ["south-hub", "south-north", "north-south"];

const cutOff = (pair: Pair): (() => void)[] =>
	SOUTH_ALONE.map((it) => pair.cut(it));

/** Until it holds, or the story is one of something that never comes back. */
async function must(
	pair: Pair,
	what: string,
	holds: () => boolean,
	seconds: number,
): Promise<void> {
	if (!(await pair.until(holds, seconds)))
		pair.violated(`liveness: ${what}, for ${seconds} s`);
}

const lose = (pair: Pair): void => {
	pair.die("south");
	pair.killAll("south");
};

const serves = (pair: Pair): Promise<void> =>
	must(pair, "the north does not serve", () => pair.serves("north"), 30);

export const cutOffAtTheEdge: Course = story({}, async (pair) => {
	cutOff(pair);
	await pair.pass(30);
});

export const lostThenHub: Course = story({}, async (pair) => {
	lose(pair);
	await serves(pair);
	pair.die("hub");
	await pair.pass(30);
	await must(pair, "the north stopped", () => pair.serves("north"), 1);
});

export const oneComesBack: Course = story({}, async (pair) => {
	lose(pair);
	pair.killAll("north");
	await pair.pass(8);
	pair.start("north");
	await serves(pair);
});

/** The south cannot prove itself by a hub that it does not know. */
export const wipedAndRestarted: Course = story({}, async (pair) => {
	pair.cut("north-south");
	pair.cut("south-north");
	pair.killAll("south");
	pair.wipeHub();
	await pair.pass(1);
	pair.start("south");
	await serves(pair);
});

const OFFERS: readonly Entry[] = Array.from(
	{ length: 3 * WINDOW - 50 },
	(_, nth) => ({
		key: `apps/offered-${nth}`,
		tier: 3,
		side: `side-${nth}/1`,
		from: `other-${nth}`,
	}),
);

export const manyOffers: Course = story({ offered: OFFERS }, async (pair) => {
	const read = new Set<string>();
	const all = () => {
		for (const { grant } of pair.regions.south.machines)
			for (const key of grant.authority().offers.keys()) read.add(key);
		return read.size === OFFERS.length;
	};
	await must(pair, "an offer is not read", all, 60);
});

/** The last renewals are made at once, and acknowledged as late as may be. */
export const lateAnswers: Course = story(
	// Read often, so that the figures are met as closely as may be.
	{ profile: { ...PROFILES.Standard, periodSeconds: 0.3 } },
	async (pair) => {
		for (const way of ["south-hub", "south-north"] as const)
			pair.trouble(way, ({ verb }) =>
				verb === "merge" ? { backMs: 1_900 } : undefined,
			);
		await pair.pass(8);
		// What is on its way back still comes; nothing new arrives.
		for (const way of SOUTH_ALONE)
			pair.trouble(way, () => ({ lost: "request" }));
		await pair.pass(50);
	},
);

/** The taken region reaches a hub that knows nothing any more. */
export const wipedAfterTakeover: Course = story({}, async (pair) => {
	const mends = cutOff(pair);
	await pair.until(() => pair.isSole("north"), 40);
	mends[0]?.();
	await pair.pass(5);
	pair.wipeHub();
	await pair.pass(15);
});

export const southCutFromHub: Course = story({}, async (pair) => {
	pair.cut("south-hub");
	await pair.pass(30);
});

export const southCutFromNorth: Course = story({}, async (pair) => {
	pair.cut("south-north");
	await pair.pass(30);
});

export const wipedWithoutLink: Course = story({}, async (pair) => {
	pair.cut("south-north");
	await pair.pass(20);
	pair.wipeHub();
	await pair.pass(30);
});

/** The grant is given back late, by a region that nobody has heard for long. */
export const lateReturn: Course = story({}, async (pair) => {
	const mends = cutOff(pair);
	await pair.until(() => pair.isSole("north"), 40);
	pair.trouble("north-north", ({ verb, name }) => {
		if (verb !== "merge" || name !== "grant-south.north") return undefined;
		pair.cut("north-hub");
		pair.cut("north-south");
		return { thereMs: 25_000 };
	});
	for (const it of mends) it();
	await pair.until(() => !pair.isSole("north"), 60);
	await pair.pass(20);
});

const sleeping = (saved: boolean): Course =>
	story({}, async (pair) => {
		const { machines } = pair.regions.south;
		for (const it of machines) it.suspend();
		await pair.until(() => pair.isSole("north"), 40);
		await pair.pass(5);
		for (const way of SOUTH_ALONE) pair.cut(way);
		for (const it of machines) it.resume(saved);
		await pair.pass(5);
	});

export const suspended: Course = sleeping(false);
export const saved: Course = sleeping(true);
