/**
 * An Exclusive service that Argo CD delivers, with auto-sync and self-heal, where
 * agents hold grants: what it makes of a promotion that no hub decides, and of
 * the way back. Regions and services are two Applications, as docs/argocd.md says.
 */
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { closeRun } from "../clusters/real/cluster.ts";
import { application, regions } from "./argocd-objects.ts";
import { changesOf } from "./argocd-watch.ts";
import {
	type GitOps,
	healthOf,
	openGitOps,
	operations,
	undisturbed,
} from "./argocd-world.ts";
import { pods, roleIn } from "./move.ts";
import {
	exclusive,
	NS,
	openPair,
	type Pair,
	untilGranted,
	untilServes,
} from "./pair.ts";
import { movesOf, neverTwo } from "./standstill.ts";
import { apply, namespace, service, untilPlaced, type World } from "./world.ts";

const NAMES = ["regions", NS] as const;

let ops: GitOps;
let pair: Pair;
let world: World;

beforeAll(async () => {
	ops = await openGitOps(async () => {
		pair = await openPair();
		return pair;
	});
	world = ops.world;
});
afterEach(() => {
	neverTwo(pair);
});
afterAll(async () => {
	await (ops ?? pair)?.stop();
	await closeRun();
});

/** Git says nothing of roles: whoever wrote the spec would have moved its generation. */
const generation = async () => (await service(world, NS))?.metadata.generation;

it("is placed out of Git, and Healthy once it serves", async () => {
	ops.git.commit({
		"regions/regions.yaml": regions("External"),
		[`${NS}/web.yaml`]: [namespace(NS), exclusive()],
	});
	const options = ["ServerSideApply=true"];
	const made = NAMES.map((it) => application(ops.git.url, it, options));
	await apply(world.hub, ...made);
	await untilPlaced(world, NS);
	for (const it of NAMES) await ops.wait(it);
	await untilGranted(world);
	expect(await roleIn(world.north, NS)).toBe("Active 1");
	expect(await generation()).toBe(1);
});

it("the region burns: its twin takes over, and self-heal lets it be, Degraded", async () => {
	const seen = await undisturbed(ops, NAMES, async () => {
		await Promise.all([world.north.kill(), pair.agents.north.kill()]);
		const { status } = await untilServes(world, "south");
		expect(status?.lastTransition).toMatchObject({
			kind: "Failover",
			from: "north",
			to: "south",
		});
		for (const name of NAMES)
			await ops.untilApp(name, "Degraded", (it) => healthOf(it) === "Degraded");
	});
	for (const name of NAMES) {
		const health = changesOf(seen[name], healthOf);
		expect([health.at(0), health.at(-1)]).toEqual(["Healthy", "Degraded"]);
	}
	expect(await roleIn(world.south, NS)).toBe("Active 1");
	expect(await generation()).toBe(1);
	expect(movesOf(pair)).toEqual(["north to south"]);
});

it("the region returns: Healthy again, and it stands by", async () => {
	const seen = await undisturbed(ops, NAMES, async () => {
		await world.north.restart();
		pair.startAgent("north");
		await untilGranted(world);
		await untilPlaced(world, NS);
		for (const it of NAMES) await ops.wait(it);
	});
	for (const name of NAMES) {
		const health = changesOf(seen[name], healthOf);
		expect([health.at(0), health.at(-1)]).toEqual(["Degraded", "Healthy"]);
	}
	expect(await roleIn(world.north, NS)).toMatch(/^Standby/);
	expect(await pods(world.north, NS)).toEqual([]);
	expect(movesOf(pair)).toEqual(["north to south"]);
});

it("the action switchover goes back from agent to agent, and was Progressing alone", async () => {
	const seen = await undisturbed(ops, NAMES, async () => {
		await ops.act(NS, "switchover");
		await untilServes(world, "north");
		await untilPlaced(world, NS);
		await ops.wait(NS);
	});
	expect(changesOf(seen.regions, healthOf)).toEqual(["Healthy"]);
	const health = changesOf(seen[NS], healthOf);
	expect([health.at(0), health.at(-1)]).toEqual(["Healthy", "Healthy"]);
	expect(new Set(health)).toEqual(new Set(["Healthy", "Progressing"]));
	const made = await operations(world, NS);
	expect(made.map((it) => it.spec)).toEqual([
		{ type: "Switchover", service: "web", to: "north" },
	]);
	expect(await roleIn(world.south, NS)).toMatch(/^Standby/);
	expect(await generation()).toBe(1);
	expect(movesOf(pair)).toEqual(["north to south", "south to north"]);
});
