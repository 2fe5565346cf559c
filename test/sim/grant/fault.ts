/** Seeded faults of the pair: each begins, lasts a while, and is mended. */
import type { Random } from "../../clusters/embedded/seed.ts";
import { NAMES, type Name, type Pair, type Way } from "./pair.ts";

/** Starts it; the result mends it. */
type Fault = (pair: Pair, random: Random) => () => void;

const pick = <T>(random: Random, from: readonly T[]): T =>
	from[random.below(from.length)] as T;

const anyName = (random: Random): Name => pick(random, NAMES);

const anyWay = (random: Random): Way =>
	`${anyName(random)}-${pick(random, ["hub", ...NAMES] as const)}`;

const FAULTS: readonly Fault[] = [
	/** A region with everything in it. */
	(pair, random) => {
		const name = anyName(random);
		pair.die(name);
		pair.killAll(name);
		return () => {
			pair.revive(name);
			pair.start(name);
		};
	},
	(pair, random) => {
		const name = anyName(random);
		pair.killAll(name);
		return () => void pair.start(name);
	},
	/** An API server with the region's agent alive, or the hub. */
	(pair, random) => {
		const name = pick(random, ["hub", ...NAMES] as const);
		pair.die(name);
		return () => pair.revive(name);
	},
	(pair) => {
		pair.wipeHub();
		return () => {};
	},
	/** A region from everybody else. */
	(pair, random) => {
		const name = anyName(random);
		const ways: readonly Way[] = [`${name}-hub`, "north-south", "south-north"];
		const mends = ways.map((it) => pair.cut(it));
		return () => {
			for (const it of mends) it();
		};
	},
	(pair, random) => pair.cut(anyWay(random)),
	(pair, random) => pair.cut(anyWay(random), "answer"),
	/** Writes that the caller has given up are carried out long after. */
	(pair, random) =>
		pair.trouble(anyWay(random), ({ verb }) =>
			verb === "merge" && random.below(2) === 0
				? { thereMs: random.below(40_000) }
				: undefined,
		),
	/** The machine of an agent is suspended: one clock stands still meanwhile. */
	(pair, random) => {
		const name = anyName(random);
		const machines = [...pair.regions[name].machines];
		pair.check();
		for (const it of machines) it.suspend();
		pair.say(`agents of ${name} are suspended`);
		return () => {
			for (const it of machines) it.resume();
			pair.say(`agents of ${name} go on`);
		};
	},
	/** A second process of one region, as in a roll-out. */
	(pair, random) => {
		const name = anyName(random);
		const [old] = pair.regions[name].machines;
		const second = pair.start(name);
		return () => {
			const ending = random.below(2) === 0 ? second : (old ?? second);
			pair.check();
			ending.kill();
			const { machines } = pair.regions[name];
			const at = machines.indexOf(ending);
			if (at >= 0) machines.splice(at, 1);
			pair.say(`${ending.process.name} ends`);
		};
	},
];

/** Faults at random moments of 40 s, and everything mended after that. */
export async function trouble(pair: Pair): Promise<void> {
	const { random } = pair;
	const events: { atMs: number; act: () => void }[] = [];
	for (let count = 2 + random.below(4); count > 0; count--) {
		const fault = pick(random, FAULTS);
		const atMs = random.below(25_000);
		const forMs = 500 + random.below(22_000);
		let mend = () => {};
		events.push({
			atMs,
			act: () => {
				mend = fault(pair, random);
			},
		});
		events.push({ atMs: Math.min(40_000, atMs + forMs), act: () => mend() });
	}
	events.sort((a, b) => a.atMs - b.atMs);
	const start = pair.clock.now();
	for (const { atMs, act } of events) {
		await pair.clock.advance(start + atMs - pair.clock.now());
		act();
	}
	for (const it of NAMES) {
		if (!pair.planes[it].alive) pair.revive(it);
		if (pair.regions[it].machines.length === 0) pair.start(it);
	}
	if (!pair.planes.hub.alive) pair.revive("hub");
	for (const it of Object.values(pair.links)) it.intervene = undefined;
	pair.say("everything is mended");
}
