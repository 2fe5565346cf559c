/** Courses of events that one rule each stands against: see mutation.test.ts. */
import { PROFILES, type Profile } from "../../../src/core/profile.ts";
import { NAMES, Pair, type PairOptions, type Way } from "./pair.ts";

export type Story = (seed: number) => Promise<readonly string[]>;

/** The south's clocks are slow and the north's fast, as far as rho allows. */
const APART = { north: 1.0099, south: 0.9901 };

const story =
	(
		options: Omit<PairOptions, "seed">,
		tell: (pair: Pair, seed: number) => Promise<unknown>,
	): Story =>
	async (seed) => {
		const pair = new Pair({ rates: APART, ...options, seed });
		for (const it of NAMES) pair.start(it);
		await pair.until(() => pair.isNormal, 5);
		// Each seed meets the loops at another moment.
		await pair.pass(3 + (seed % 10) / 10);
		await tell(pair, seed);
		pair.stop();
		return pair.violations;
	};

const SOUTH_ALONE: readonly Way[] = ["south-hub", "south-north", "north-south"];

const cutOff = (pair: Pair): (() => void)[] =>
	SOUTH_ALONE.map((it) => pair.cut(it));

const lost = async (pair: Pair): Promise<void> => {
	cutOff(pair);
	await pair.pass(30);
};

export const withLoss = (lossSeconds: number): Story =>
	story({ profile: { ...PROFILES.Fast, lossSeconds } satisfies Profile }, lost);

/** The last renewals are made at once, and acknowledged as late as may be. */
export const lateAnswers: Story = story(
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
export const wipedAfterTakeover: Story = story({}, async (pair) => {
	const mends = cutOff(pair);
	await pair.until(() => pair.isSole("north"), 40);
	mends[0]?.();
	await pair.pass(5);
	pair.wipeHub();
	await pair.pass(15);
});

export const southCutFromHub: Story = story({}, async (pair) => {
	pair.cut("south-hub");
	await pair.pass(30);
});

export const southCutFromNorth: Story = story({}, async (pair) => {
	pair.cut("south-north");
	await pair.pass(30);
});

export const wipedWithoutLink: Story = story({}, async (pair) => {
	pair.cut("south-north");
	await pair.pass(20);
	pair.wipeHub();
	await pair.pass(30);
});

/** The grant is given back late, by a region that nobody has heard for long. */
export const lateReturn: Story = story({}, async (pair) => {
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

const sleeping = (saved: boolean): Story =>
	story({}, async (pair) => {
		const { machines } = pair.regions.south;
		for (const it of machines) it.suspend();
		await pair.until(() => pair.isSole("north"), 40);
		await pair.pass(5);
		for (const way of SOUTH_ALONE) pair.cut(way);
		for (const it of machines) it.resume(saved);
		await pair.pass(5);
	});

export const suspended: Story = sleeping(false);
export const saved: Story = sleeping(true);
