/**
 * Under Exclusive, whoever makes the n-th write of a takeover, a return or a
 * switchover dies there, for every n, be it the hub's operator or an agent: it
 * ends right each time, and never are two sides active.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { closeRun, startClusters } from "../clusters/real/cluster.ts";
import {
	type ExclusiveLane,
	openExclusiveLane,
	stepsOnly,
} from "./exclusive-lane.ts";
import { operate, pods, roleIn } from "./move.ts";
import { exclusive, untilGranted, untilServes } from "./pair.ts";
import { twinOf } from "./pair-options.ts";
import { neverTwo } from "./standstill.ts";
import { setTrap } from "./trap.ts";
import { isTrue, place, type Region, service, untilPlaced } from "./world.ts";

const LANES = ["one", "two", "three"];
/** Losses in a row, each of which must last, and lasts twice where the one who takes over dies. */
const TIMEOUT_MS = 1_500_000;
const ACTS = { takeover, comeback, switchover };
type Act = keyof typeof ACTS;
const NAMES = Object.keys(ACTS) as Act[];

let lanes: ExclusiveLane[] = [];
let stop: () => Promise<unknown> = async () => {};

beforeAll(async () => {
	const regions = await startClusters(["north", "south"]);
	stop = () => Promise.all(regions.map((it) => it.stop()));
	lanes = await Promise.all(
		LANES.map((it) => openExclusiveLane(it, ...regions)),
	);
	await Promise.all(
		lanes.map(async ({ name, pair }) => {
			await place(pair.world, name, exclusive(name));
			await untilGranted(pair.world);
		}),
	);
});
afterAll(async () => {
	await Promise.all(lanes.map((it) => it.stop()));
	await stop();
	await closeRun();
});

it("a service moves there and back, whoever dies at the n-th write, for every n", {
	timeout: TIMEOUT_MS,
}, async () => {
	const never = Number.POSITIVE_INFINITY;
	const unharmed = { takeover: never, comeback: never, switchover: never };
	let next = 1;
	const goOn = async (lane: ExclusiveLane) => {
		while (NAMES.some((it) => next < unharmed[it])) {
			const n = next++;
			// A switchover has the most writes, and leads back by itself.
			const losesOn = n < Math.max(unharmed.takeover, unharmed.comeback);
			for (const name of losesOn ? NAMES : (["switchover"] as const)) {
				const trap = setTrap(n, lane.preys, stepsOnly());
				await ACTS[name](lane, n);
				const harmed = await trap.remove();
				if (!harmed) unharmed[name] = Math.min(unharmed[name], n);
				neverTwo(lane.pair);
			}
		}
	};
	await Promise.all(lanes.map(goOn));
	console.log("nobody died any more at write", unharmed);
	for (const it of NAMES) expect(unharmed[it], it).toBeGreaterThan(4);
});

/** North is lost with its agent, and nobody is asked. */
async function takeover({ name, pair, lose }: ExclusiveLane): Promise<void> {
	await lose("north");
	const { status } = await untilServes(pair.world, "south", name);
	expect(status?.lastTransition).toMatchObject({
		...{ kind: "Failover", from: "north", to: "south" },
	});
	expect(await roleIn(pair.world.south, name)).toMatch(/^Active/);
	expect(await pods(pair.world.south, name)).toHaveLength(2);
}

async function comeback(lane: ExclusiveLane): Promise<void> {
	await lane.bringBack("north");
	await untilSettled(lane, "south");
}

/** To wherever it is not. */
async function switchover(lane: ExclusiveLane, n: number): Promise<void> {
	const { name, pair } = lane;
	const { status } = (await service(pair.world, name)) ?? {};
	const to = twinOf(status?.activeCluster as Region);
	const done = await operate(pair.world, name, `move-${n}`, { to });
	expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
	await untilSettled(lane, to);
}

/** Active there alone, and the other one could take over. */
async function untilSettled(
	{ name, pair: { world } }: ExclusiveLane,
	active: Region,
): Promise<void> {
	await untilGranted(world);
	const { status } = await untilPlaced(world, name);
	expect(status?.activeCluster).toBe(active);
	const standby = world[twinOf(active)];
	expect(await roleIn(world[active], name)).toMatch(/^Active/);
	expect(await roleIn(standby, name)).toMatch(/^Standby/);
	expect(await pods(world[active], name)).toHaveLength(2);
	expect(await pods(standby, name)).toEqual([]);
}
