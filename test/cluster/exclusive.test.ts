/** Policy Exclusive on real control planes: two agents hold the grants, and one side runs. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closeRun } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { shapesIn, strangeShapes } from "../contract/shapes.ts";
import { personWith } from "./command.ts";
import { bothRan } from "./intervals.ts";
import { ask, operate, pods, roleIn, untilOver, untilRole } from "./move.ts";
import {
	exclusive,
	LASTING_MS,
	NS,
	openPair,
	type Pair,
	running,
	runningIn,
	untilCluster,
	untilServes,
} from "./pair.ts";
import { movesOf, neverTwo, nothingMoves } from "./standstill.ts";
import {
	condition,
	get,
	isTrue,
	place,
	replicas,
	side,
	twinCluster,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

let pair: Pair;
let world: World;

beforeAll(async () => {
	pair = await openPair();
	world = pair.world;
});
afterEach(() => {
	neverTwo(pair);
});
afterAll(async () => {
	await pair?.stop();
	await closeRun();
});

it("is placed: the home side becomes active by its agent", async () => {
	await place(world, NS, exclusive());
	expect(await roleIn(world.north, NS)).toBe("Active 1");
	expect(await roleIn(world.south, NS)).toBe("Standby 0");
	expect(await pods(world.north, NS)).toHaveLength(2);
	expect(await replicas(world.south, NS)).toBe(0);
});

it("says that both grants are held, and how pods are fenced", async () => {
	for (const name of ["north", "south"] as const) {
		await untilCluster(world, name, "GrantHeld", "GrantHeld");
		await untilCluster(world, name, "Fencing", "Pod");
		const independent = condition(
			await twinCluster(world, name),
			"Independent",
		);
		expect(independent?.reason).toBe("Apart");
	}
	const redundant = await untilService(world, NS, "a strong fence", (it) => {
		const said = condition(it, "Redundant");
		return said?.status === "True" && said.reason !== "FencedByAgent";
	});
	expect(isTrue(redundant, "Ready")).toBe(true);
});

it("the region burns, its agent with it: the twin's agent takes over", async () => {
	await Promise.all([world.north.kill(), pair.agents.north.kill()]);
	const { status } = await untilServes(world, "south");
	expect(status).toMatchObject({
		epoch: 2,
		lastTransition: { kind: "Failover", from: "north", to: "south" },
	});
	expect(await roleIn(world.south, NS)).toBe("Active 1");
	expect(await pods(world.south, NS)).toHaveLength(2);
	await untilCluster(world, "north", "GrantHeld", "GrantTaken");
	expect(movesOf(pair)).toEqual(["north to south"]);
});

it("the region returns: it stands by, gets its grant back, and nothing moves", async () => {
	const before = await runningIn(world.south);
	await world.north.restart();
	pair.startAgent("north");
	await untilCluster(world, "north", "GrantHeld", "GrantHeld");
	await untilPlaced(world, NS);
	expect(await roleIn(world.north, NS)).toMatch(/^Standby/);
	expect(await pods(world.north, NS)).toEqual([]);
	expect(await runningIn(world.south)).toEqual(before);
	expect(movesOf(pair)).toEqual(["north to south"]);
});

it("a Switchover goes from agent to agent", async () => {
	const done = await operate(world, NS, "back", { to: "north" });
	expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
	await untilPlaced(world, NS);
	expect(await roleIn(world.north, NS)).toMatch(/^Active/);
	expect(await roleIn(world.south, NS)).toMatch(/^Standby/);
	const gone = await side(world.south, NS);
	expect(gone?.status?.podsGoneEpoch).toBe(gone?.status?.epoch);
	expect(movesOf(pair)).toEqual(["north to south", "south to north"]);
});

describe("the hub burns, its operator with it", () => {
	it("a move that was wished already is completed", async () => {
		await ask(world, NS, "away", { to: "south" });
		await until("the wish", async () => {
			const it = await side(world.north, NS);
			return it?.spec?.wish?.to === "south";
		});
		await Promise.all([world.hub.kill(), world.operator.kill()]);
		await untilRole(world.south, NS, "Active");
		expect(await roleIn(world.north, NS)).toMatch(/^Standby/);
	});

	it("nothing else moves, and nothing stops", async () => {
		await until("both pods in south", async () => {
			const { length } = await pods(world.south, NS);
			return length === 2;
		});
		await nothingMoves(pair, "south");
	});

	it("it is back: it learns what has happened", async () => {
		const before = await running(world);
		await world.hub.restart();
		world.restartOperator();
		const done = await untilOver(world, NS, "away");
		expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
		const { status } = await untilPlaced(world, NS);
		expect(status?.activeCluster).toBe("south");
		expect(await running(world)).toEqual(before);
		expect(movesOf(pair)).toEqual([
			"north to south",
			"south to north",
			"north to south",
		]);
	});
});

describe("hub and region burn together", () => {
	const lease =
		"/apis/coordination.k8s.io/v1/namespaces/twin-operator-system/leases/grant-south.north";

	it("the service stops in the other region too: nobody is left to confirm it", async () => {
		await untilCluster(world, "north", "GrantHeld", "GrantHeld");
		await Promise.all([
			world.hub.kill(),
			world.operator.kill(),
			world.south.kill(),
			pair.agents.south.kill(),
		]);
		await sleep(LASTING_MS);
		expect(await roleIn(world.north, NS)).toMatch(/^Standby/);
		expect(await pods(world.north, NS)).toEqual([]);
	});

	it("a wrong name is refused, in words", async () => {
		await declareLost("sooth");
		await until("the refusal", async () =>
			/another name was typed/.test(await answer()),
		);
	});

	it("kubectl twin force: declared lost by its name, the other one takes over", async () => {
		const person = personWith([world.north], NS);
		const unasked = await person.twin(["force", "south"]);
		expect(unasked.err).toContain("add --yes if that is meant");
		const { code, out, err } = await person.twin(["force", "south", "--yes"]);
		expect(code, err).toBe(0);
		expect(out).toContain("south was declared lost");
		const again = await person.twin(["force", "south", "--yes"]);
		expect(again.err).toContain("holds the grant of south already");
		await untilRole(world.north, NS, "Active");
		expect(await answer()).toMatch(/^done: south was declared lost/);
	});

	it("both return: they learn of it, and nothing moves", async () => {
		await Promise.all([world.hub.restart(), world.south.restart()]);
		pair.startAgent("south");
		world.restartOperator();
		await untilCluster(world, "south", "GrantHeld", "GrantHeld");
		await untilService(
			world,
			NS,
			"the hub to tell of it",
			(it) =>
				it.status?.activeCluster === "north" &&
				isTrue(it, "Ready") &&
				isTrue(it, "Redundant"),
		);
		expect(await pods(world.south, NS)).toEqual([]);
		expect(movesOf(pair).at(-1)).toBe("south to north");
	});

	async function declareLost(name: string): Promise<void> {
		const annotations = { "twin-operator.dev/force": name };
		const merge = "application/merge-patch+json";
		await world.north.request(
			"PATCH",
			lease,
			{ metadata: { annotations } },
			merge,
		);
	}

	async function answer(): Promise<string> {
		const found = (await get(world.north, lease)) as {
			metadata: { annotations?: Record<string, string> };
		};
		return found.metadata.annotations?.["twin-operator.dev/force-answer"] ?? "";
	}
});

it("sent no write whose shape the contract does not know", () => {
	const log = [world.hub, world.north, world.south].flatMap((it) =>
		it.auditLog(),
	);
	expect([...shapesIn(log)]).toEqual(
		expect.arrayContaining([
			"create lease",
			"merge lease",
			"merge side status",
		]),
	);
	expect(strangeShapes(log)).toEqual([]);
});

it("all that was compared: both regions ran it", () => {
	bothRan(pair.intervals());
});
