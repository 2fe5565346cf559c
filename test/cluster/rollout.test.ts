/** Two replicas of an agent: whichever of them goes, no active pod is stopped (rule 20). */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Operator } from "../clusters/operator.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { overlaps } from "./intervals.ts";
import {
	exclusive,
	FENCE_MS,
	LASTING_MS,
	NS,
	openPair,
	type Pair,
	running,
	untilCluster,
} from "./pair.ts";
import { place, type World } from "./world.ts";

let pair: Pair;
let world: World;
let replica: Operator;
let before: unknown;
let sinceMs: number;

beforeAll(async () => {
	pair = await openPair();
	world = pair.world;
	await place(world, NS, exclusive());
	replica = await started(() => pair.startReplica("north"));
});
beforeEach(async () => {
	before = await running(world);
	sinceMs = performance.now();
});
afterEach(async () => {
	expect(await running(world)).toEqual(before);
	const said = pair.questions.since(sinceMs, "north");
	// A gate counts F from the sending of the last question that was answered yes;
	// a no is to it what silence is.
	const yes = said.filter((it) => it.answer === "yes").map((it) => it.sentMs);
	const gaps = yes.map((it, nth) => it - (yes[nth - 1] ?? sinceMs));
	expect(Math.max(...gaps)).toBeLessThan(FENCE_MS);
	expect(overlaps(pair.intervals(), FENCE_MS)).toEqual([]);
});
afterAll(async () => {
	await pair?.stop();
	await closeRun();
});

/** Until it tells the gates of a side to run, by proofs of its own. */
async function started(start: () => Operator): Promise<Operator> {
	const agent = start();
	await until("the new process to have a proof", () => {
		const proven = /"lastsMs":[1-9].*"active":\["/;
		if (agent.lines.some((it) => proven.test(it))) return true;
		throw new Error(agent.lines.slice(-3).join("\n"));
	});
	return agent;
}

it("a roll-out: one after the other ends and comes back", async () => {
	await pair.agents.north.stop();
	await started(() => {
		pair.startAgent("north");
		return pair.agents.north;
	});
	await replica.stop();
	replica = await started(() => pair.startReplica("north"));
});

it("one is killed, and comes back", async () => {
	await pair.agents.north.kill();
	await started(() => {
		pair.startAgent("north");
		return pair.agents.north;
	});
});

it("one is frozen with its node for longer than a loss takes, and goes on", async () => {
	replica.process.kill("SIGSTOP");
	await sleep(LASTING_MS);
	replica.process.kill("SIGCONT");
	await untilCluster(world, "north", "GrantHeld", "GrantHeld");
});
