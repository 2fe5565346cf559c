/** An etcd restored from a backup, on real control planes: cleared by `kubectl twin`, then new. */
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { closeRun } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { type Person, personWith } from "./command.ts";
import { overlaps } from "./intervals.ts";
import { operate, roleIn, untilRole } from "./move.ts";
import {
	exclusive,
	FENCE_MS,
	NS,
	openPair,
	type Pair,
	running,
	untilCluster,
} from "./pair.ts";
import {
	get,
	isTrue,
	pathOf,
	place,
	replicas,
	side,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

let pair: Pair;
let world: World;
let person: Person;

beforeAll(async () => {
	pair = await openPair();
	world = pair.world;
	person = personWith([world.hub, world.north, world.south], NS);
	await place(world, NS, exclusive());
});
afterEach(() => {
	expect(overlaps(pair.intervals(), FENCE_MS)).toEqual([]);
});
afterAll(async () => {
	await pair?.stop();
	await closeRun();
});

const restoreNorth = [
	"restore-region",
	"north",
	"--context",
	"north",
	"--twin",
	"south",
	"--profile",
	"Fast",
	"--yes",
];

it("a region's backup says that it is active; meanwhile its twin is", async () => {
	await Promise.all([pair.agents.north.kill(), world.north.kill()]);
	world.north.backUpEtcd();
	await world.north.restart();
	pair.startAgent("north");
	await untilPlaced(world, NS);
	if ((await roleIn(world.north, NS))?.startsWith("Active"))
		await operate(world, NS, "away", { to: "south" });
	await untilPlaced(world, NS);
	expect(await roleIn(world.south, NS)).toMatch(/^Active/);
});

it("it is not cleared while an agent reaches it", async () => {
	const { code, err } = await person.twin(restoreNorth);
	expect(err).toContain("was written just now: an agent still runs");
	expect(code).toBe(1);
	expect(await side(world.north, NS)).toBeDefined();
});

it("cleared by the command it has no side and no grant, and its workloads are off and nobody's", async () => {
	await Promise.all([pair.agents.north.kill(), world.north.kill()]);
	// Nothing reaches a restored API server before it is cleared.
	await Promise.all([world.operator.stop(), pair.agents.south.stop()]);
	world.north.putBackEtcd();
	await world.north.restart();
	const before = await side(world.north, NS);
	const { code, out, err } = await person.twin(restoreNorth);
	expect(code, err).toBe(0);
	expect(out).toContain("north is new: 1 side and");
	expect(before).toBeDefined();
	expect(await side(world.north, NS)).toBeUndefined();
	const leases = await get<{ items: { metadata: { name: string } }[] }>(
		world.north,
		"/apis/coordination.k8s.io/v1/namespaces/twin-operator-system/leases",
	);
	const names = (leases?.items ?? []).map((it) => it.metadata.name);
	expect(names.filter((it) => /^(grant|trust)-/.test(it))).toEqual([]);
	expect(await replicas(world.north, NS)).toBe(0);
	const left = await get(world.north, pathOf.deployment(NS, "web"));
	expect(left?.metadata.ownerReferences).toBeUndefined();
});

it("its agent is started: the side is made anew, takes the workloads over, and stands by", async () => {
	const deployment = await get(world.north, pathOf.deployment(NS, "web"));
	pair.startAgent("south");
	pair.startAgent("north");
	world.restartOperator();
	await untilRole(world.south, NS, "Active");
	await untilRole(world.north, NS, "Standby");
	await until("the workloads to be taken over", async () => {
		const it = await get(world.north, pathOf.deployment(NS, "web"));
		if (it?.metadata.ownerReferences?.length === 1) return true;
		throw new Error(JSON.stringify(it?.metadata));
	});
	await untilPlaced(world, NS);
	expect(await roleIn(world.north, NS)).toBe("Standby 0");
	const now = await get(world.north, pathOf.deployment(NS, "web"));
	expect(now?.metadata.uid).toBe(deployment?.metadata.uid);
	await untilCluster(world, "north", "GrantHeld", "GrantHeld");
});

it("the hub's backup: cleared by the command, nothing moves", async () => {
	await Promise.all([world.operator.stop(), world.hub.kill()]);
	world.hub.backUpEtcd();
	await world.hub.restart();
	world.restartOperator();
	await operate(world, NS, "home", { to: "north" });
	await untilPlaced(world, NS);
	await Promise.all([world.operator.stop(), world.hub.kill()]);
	world.hub.putBackEtcd();
	await Promise.all([pair.agents.north.kill(), pair.agents.south.kill()]);
	await world.hub.restart();
	const { code, out, err } = await person.twin([
		"restore-hub",
		"--profile",
		"Fast",
		"--yes",
	]);
	expect(code, err).toBe(0);
	expect(out).toContain(
		"the hub is cleared: 2 leases and 0 operations deleted",
	);
	pair.startAgent("north");
	pair.startAgent("south");
	world.restartOperator();
	const before = await running(world);
	await untilService(
		world,
		NS,
		"the new hub to learn who is active",
		(it) => it.status?.activeCluster === "north" && isTrue(it, "Redundant"),
	);
	expect((await running(world)).north.role).toBe(before.north.role);
});
