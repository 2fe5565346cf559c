/**
 * etcd is out of space: its API server answers reads, and refuses every write.
 * One place at a time that is full moves nothing and stops nothing; the hub full
 * and a region lost is a double fault, which ends when there is space again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { pods, roleIn } from "./move.ts";
import {
	exclusive,
	LASTING_MS,
	NS,
	openPair,
	type Pair,
	untilGranted,
	untilServes,
} from "./pair.ts";
import { neverTwo, nothingMoves } from "./standstill.ts";
import { place, untilPlaced, type World } from "./world.ts";

const QUOTA_BYTES = 64 * 1024 * 1024;
const FILLERS = "/api/v1/namespaces/default/configmaps";
const LABEL = "test=filler";

let pair: Pair;
let world: World;

beforeAll(async () => {
	pair = await openPair({
		etcdFlags: [`--quota-backend-bytes=${QUOTA_BYTES}`],
	});
	world = pair.world;
	await place(world, NS, exclusive());
	await untilGranted(world);
});
afterEach(() => neverTwo(pair));
afterAll(async () => {
	await pair?.stop();
	await closeRun();
});

const filler = (nth: number) => ({
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: { name: `filler-${nth}`, labels: { test: "filler" } },
	data: { text: "x".repeat(900_000) },
});

/** Until not even something small can be written. */
async function fill(cluster: RealCluster): Promise<void> {
	let nth = 0;
	await until(
		`${cluster.name} to be full`,
		async () => {
			const { status, body } = await cluster.request(
				"POST",
				FILLERS,
				filler(nth++),
			);
			if (status === 201) return false;
			expect(body.message).toContain("database space exceeded");
			return true;
		},
		{ everyMs: 1 },
	);
}

/** As an administrator does it: delete, compact, defragment, disarm. */
async function makeRoom(cluster: RealCluster): Promise<void> {
	const { status } = await cluster.request(
		"DELETE",
		`${FILLERS}?labelSelector=${encodeURIComponent(LABEL)}`,
	);
	expect(status).toBe(200);
	const { header } = await cluster.etcd("/v3/kv/range", { key: "AA==" });
	const { revision } = header;
	await cluster.etcd("/v3/kv/compaction", { revision, physical: true });
	await cluster.etcd("/v3/maintenance/defragment", {});
	const { alarms } = await cluster.etcd("/v3/maintenance/alarm", {
		action: "GET",
	});
	for (const it of alarms)
		await cluster.etcd("/v3/maintenance/alarm", {
			...it,
			action: "DEACTIVATE",
		});
}

describe.each(["hub", "south", "north"] as const)("%s is full", (name) => {
	it("nothing moves, and nothing stops", async () => {
		await nothingMoves(pair, "north", async () => {
			await fill(world[name]);
			await sleep(LASTING_MS);
		});
	});

	it("there is space again: it goes on as before", async () => {
		await makeRoom(world[name]);
		await untilGranted(world);
		await untilPlaced(world, NS);
		expect(await roleIn(world.north, NS)).toBe("Active 1");
	});
});

describe("the hub is full, and a region is lost", () => {
	it("its services stop, and its twin waits: nobody can say that it may", async () => {
		await fill(world.hub);
		await Promise.all([world.north.kill(), pair.agents.north.kill()]);
		await sleep(LASTING_MS);
		expect(await roleIn(world.south, NS)).toBe("Standby 0");
		expect(await pods(world.south, NS)).toEqual([]);
	});

	it("there is space again: the twin takes over", async () => {
		await makeRoom(world.hub);
		await untilServes(world, "south");
		expect(await roleIn(world.south, NS)).toBe("Active 1");
	});
});
