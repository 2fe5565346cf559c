/** Policy Exclusive over slow links, and with wall clocks that jump. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PROFILES } from "../../src/core/profile.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { roleIn } from "./move.ts";
import {
	exclusive,
	FENCE_MS,
	LASTING_MS,
	NS,
	openPair,
	type Pair,
	running,
	untilCluster,
	untilGranted,
	untilServes,
} from "./pair.ts";
import type { Place } from "./pair-options.ts";
import { type ApiProxy, pass, startProxy } from "./proxy.ts";
import { movesOf, neverTwo, nothingMoves } from "./standstill.ts";
import { place, untilPlaced, type World } from "./world.ts";

const CLOCK = join(import.meta.dirname, "../clusters/stepped-clock.ts");
/** Back, so that expiry dates and times in Leases lie in the future. */
const STEP_MS = -6 * 3_600_000;
/** More than a renewal may take. */
const SLOW_MS = PROFILES.Fast.requestSeconds * 1_000 + 500;

let pair: Pair;
let world: World;
/** Between the agent of north and the others. */
const proxies = new Map<Place, ApiProxy>();

beforeAll(async () => {
	process.env.TWIN_OPERATOR_STEP_MS = `${STEP_MS}`;
	pair = await openPair({
		nodeFlags: ["--import", CLOCK],
		reach: (agent, to) =>
			agent === "north" ? proxies.get(to)?.kubeconfig : undefined,
	});
	world = pair.world;
	for (const it of ["hub", "south"] as const)
		proxies.set(it, await startProxy(world[it]));
	await pair.agents.north.stop();
	pair.startAgent("north");
	await place(world, NS, exclusive());
	await untilGranted(world);
});
afterEach(() => neverTwo(pair));
afterAll(async () => {
	await pair?.stop();
	for (const it of proxies.values()) await it.close();
	await closeRun();
});

function slow(...places: readonly Place[]): void {
	for (const [to, proxy] of proxies)
		proxy.meddle = places.includes(to)
			? async (it) => {
					await sleep(SLOW_MS);
					await it.forward();
				}
			: pass;
}

const step = () => {
	for (const it of [world.operator, ...Object.values(pair.agents)])
		it.process.kill("SIGUSR2");
};

describe("links are slower than a renewal may take", () => {
	it.each(["hub", "south"] as const)(
		"the one to %s: nothing moves, and nothing stops",
		async (to) => {
			slow(to);
			await nothingMoves(pair, "north");
			slow();
		},
	);
});

describe("all wall clocks are set back by six hours", () => {
	it("nothing moves, and no gate waits long enough for a yes to stop its pod", async () => {
		const before = await running(world);
		const since = performance.now();
		step();
		await sleep(LASTING_MS);
		expect(await running(world)).toEqual(before);
		// A jump may be a pause that no clock has counted: the proof is dropped, and
		// the next renewals bring it back.
		const yes = pair.questions
			.since(since, "north")
			.filter((it) => it.answer === "yes")
			.map((it) => it.receivedMs);
		const times = [since, ...yes, performance.now()];
		const waits = times.map((it, nth) => it - (times[nth - 1] ?? it));
		expect(Math.max(...waits)).toBeLessThan(FENCE_MS);
	});
});

describe("both links are slow", () => {
	it("the region stops, and its twin takes over", async () => {
		slow("hub", "south");
		const { status } = await untilServes(world, "south");
		expect(await roleIn(world.south, NS)).toBe("Active 1");
		// Measured, and not computed from times of day.
		const seconds = status?.lastTransition?.recoverySeconds ?? 0;
		expect(seconds).toBeGreaterThan(0);
		expect(seconds).toBeLessThan(120);
	});

	it("they are fast again: the region stands by and has its grant back", async () => {
		slow();
		await untilCluster(world, "north", "GrantHeld", "GrantHeld");
		await untilPlaced(world, NS);
		expect(await roleIn(world.north, NS)).toMatch(/^Standby/);
		expect(movesOf(pair)).toEqual(["north to south"]);
	});
});
