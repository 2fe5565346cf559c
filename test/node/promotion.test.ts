/**
 * The whole of it on real nodes: the hub, the agents and their gates, and an
 * app that writes into one file in whichever region it runs. In that file the
 * regions follow each other and never mix.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { isHeldPod } from "../../src/core/region/held.ts";
import { operate, pods, untilRole } from "../cluster/move.ts";
import { LASTING_MS, NS, openPair, type Pair } from "../cluster/pair.ts";
import {
	place,
	type Region,
	twinService,
	untilPlaced,
	type World,
} from "../cluster/world.ts";
import {
	closeRun,
	type Network,
	startNetwork,
} from "../clusters/real/cluster.ts";
import { TOOLS } from "../clusters/real/node/image.ts";
import { type Line, readLines } from "../clusters/real/node/lines.ts";
import {
	nodeFault,
	type RealNode,
	startNode,
} from "../clusters/real/node/node.ts";
import { until } from "../clusters/wait.ts";
import { appOf } from "./app.ts";

const everywhere = process.env.CI === "true";
const fault = nodeFault();
const START_MS = 120_000;
/** Of a machine that is busy with other things; a stop and a start are far longer. */
const PAUSE_SECONDS = 3;

describe.skipIf(fault !== undefined && !everywhere)("an app", () => {
	let network: Network;
	let pair: Pair;
	let world: World;
	let nodes: RealNode[] = [];
	let file: string;
	/** In which order the regions ran. */
	const turns: Region[] = [];
	const told: string[] = [];

	const lines = (): Line[] =>
		existsSync(file) ? readLines(readFileSync(file, "utf8")) : [];
	const now = () =>
		Number.parseFloat(readFileSync("/proc/uptime", "utf8").split(" ")[0] ?? "");

	/** Resolves when it writes there; says how long it had stopped, and from when on. */
	async function untilRuns(
		region: Region,
		what: string,
		since = now(),
	): Promise<void> {
		const last = await until(
			`the app to write in ${region}`,
			() => {
				const it = lines().at(-1);
				return it?.region === region && it.atSeconds > since ? it : undefined;
			},
			{ timeoutMs: START_MS, everyMs: 50 },
		);
		if (turns.at(-1) !== region) turns.push(region);
		const all = lines();
		const first = all.findLastIndex((it) => it.region !== region) + 1;
		const before = all[first - 1]?.atSeconds;
		const start = (all[first] ?? last).atSeconds;
		if (before !== undefined)
			told.push(
				`${what}: stopped after ${(before - since).toFixed(1)} s, runs in ${region} after ${(start - since).toFixed(1)} s`,
			);
	}

	/** Neither stops nor pauses while it lasts. */
	async function goesOn(during: () => Promise<unknown>): Promise<void> {
		const since = now();
		await during();
		const recent = lines().filter((it) => it.atSeconds >= since - 1);
		const gaps = recent.map(
			(it, nth) => it.atSeconds - (recent[nth - 1]?.atSeconds ?? it.atSeconds),
		);
		expect(now() - (recent.at(-1)?.atSeconds ?? 0)).toBeLessThan(PAUSE_SECONDS);
		expect(Math.max(...gaps)).toBeLessThan(PAUSE_SECONDS);
		expect(new Set(recent.map((it) => it.pod)).size).toBe(1);
	}

	beforeAll(async () => {
		network = await startNetwork();
		// By its digest, which only a node can tell.
		let gateImage = `${TOOLS.split(":")[0]}@sha256:${"0".repeat(64)}`;
		pair = await openPair({ network, gateImage: () => gateImage });
		world = pair.world;
		const { north, south } = world;
		nodes = await Promise.all(
			[north, south].map((it) => startNode(it, network)),
		);
		for (const it of nodes) gateImage = it.withDigest(TOOLS);
		for (const it of ["north", "south"] as const) {
			await pair.agents[it].kill();
			pair.startAgent(it);
		}
		const dir = join(dirname(north.dir), "written");
		mkdirSync(dir);
		// Its user is none that this machine knows.
		chmodSync(dir, 0o777);
		file = join(dir, "web");
		const manifests = [appOf("web", "$(REGION)", dir)];
		await place(
			world,
			NS,
			twinService(NS, {
				promotion: { policy: "Exclusive" },
				clusters: (["north", "south"] as const).map((name) => ({
					name,
					patches: [
						{
							target: { kind: "Deployment", name: "web" },
							ops: [
								{
									op: "replace",
									path: "/spec/template/spec/containers/0/env/1/value",
									value: name,
								},
							],
						},
					],
				})) as never,
				manifests,
			}),
		);
		await untilRuns("north", "placed");
	});
	afterEach(() => {
		network?.healAll();
		const order = lines().map((it) => it.region);
		expect(order.filter((it, nth) => it !== order[nth - 1])).toEqual(turns);
	});
	afterAll(async () => {
		console.log(told.join("\n"));
		await Promise.all(nodes.map((it) => it.stop()));
		await pair?.stop();
		await closeRun();
	});

	it("goes on while its region's API server is frozen", async () => {
		await goesOn(async () => {
			world.north.pause();
			await sleep(LASTING_MS);
			world.north.resume();
			await untilPlaced(world, NS);
		});
	});

	it("goes on while the region's agents are rolled over", async () => {
		await goesOn(async () => {
			const second = pair.startReplica("north");
			await until("the second replica to answer", () =>
				second.lines.some((it) => it.includes("grant is confirmed")),
			);
			await pair.agents.north.kill();
			await sleep(LASTING_MS);
			pair.startAgent("north");
			await until("the new one to answer", () =>
				pair.agents.north.lines.some((it) => it.includes("grant is confirmed")),
			);
			await second.kill();
			await untilPlaced(world, NS);
		});
	});

	it("stops by itself in a region that is cut off, and runs in the other one", async () => {
		const since = now();
		network.cut("north", "hub");
		network.cut("north", "south");
		await untilRuns("south", "north cut off", since);
	});

	it("does not run in the region that returns", async () => {
		network.healAll();
		await untilRole(world.north, NS, "Standby");
		await untilPlaced(world, NS);
	});

	it("moves when a person asks for it", async () => {
		const since = now();
		await operate(world, NS, "back", { to: "north" });
		await untilRuns("north", "switchover", since);
		await untilPlaced(world, NS);
	});

	it("stops on a node whose API server and agents are dead, and runs in the other one", async () => {
		const since = now();
		await Promise.all([pair.agents.north.kill(), world.north.kill()]);
		await untilRuns("south", "API server and agents of north killed", since);
		await world.north.restart();
		pair.startAgent("north");
		await untilRole(world.north, NS, "Standby");
		await untilPlaced(world, NS);
	});

	it("warm, the pod that waited at its gate is the one that runs", async () => {
		const warm = JSON.stringify({ spec: { standby: { mode: "Warm" } } });
		await world.hub.kubectl([
			...["patch", "twinservice", "web", "--namespace", NS],
			...["--type", "merge", "--patch", warm],
		]);
		// Becoming warm changed the template: nothing of the one before is to wait beside it.
		const waiting = await until(
			"one pod in north, of the new template",
			async () => {
				const [pod, ...others] = await pods(world.north, NS);
				const isWarm = JSON.stringify(pod ?? {}).includes("twin-image-");
				if (pod && others.length === 0 && isWarm && isHeldPod(pod))
					return pod.metadata.name;
				throw new Error(`${others.length} others, ${pod?.metadata.name}`);
			},
		);
		await untilPlaced(world, NS);
		const since = now();
		network.cut("south", "hub");
		network.cut("south", "north");
		await untilRuns("north", "warm, south cut off", since);
		expect(lines().at(-1)?.pod).toBe(waiting);
	});
});
