/** A slow, a dead and a forgetful API server: each delays nothing but itself. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { roleIn } from "./move.ts";
import { type ApiProxy, type Meddle, pass, startProxy } from "./proxy.ts";
import {
	apply,
	configMap,
	deployment,
	get,
	namespace,
	openWorld,
	pathOf,
	service,
	twinService,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

const NS = "many";
const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];
/** Below the deadline of a probe, so that the region is slow and not silent. */
const SLOW_MS = 700;
/** For what is not delayed, on a machine that is busy with other things. */
const PROMPT_MS = 5_000;

const proxies: Record<string, ApiProxy> = {};
const proxyOf = (name: "hub" | "north" | "south") => proxies[name] as ApiProxy;
let world: World;

beforeAll(async () => {
	world = await openWorld({
		kubeconfigOf: async (it) => {
			const proxy = await startProxy(it);
			proxies[it.name] = proxy;
			return proxy.kubeconfig;
		},
	});
	const services = NAMES.map((name) => twinService(NS, {}, [], name));
	await apply(world.hub, namespace(NS), ...services);
	await allPlaced();
});
afterAll(async () => {
	await world?.stop();
	for (const it of Object.values(proxies)) await it.close();
	await closeRun();
});

const allPlaced = () =>
	Promise.all(NAMES.map((name) => untilPlaced(world, NS, name)));

/** Deletes an object of every service, and measures until all are there again. */
async function repair(region: RealCluster): Promise<number> {
	const paths = NAMES.map((name) => pathOf.configMap(NS, name));
	await Promise.all(paths.map((path) => region.request("DELETE", path)));
	const from = performance.now();
	await until(`${region.name} to be repaired`, async () => {
		const found = await Promise.all(paths.map((path) => get(region, path)));
		return found.every(Boolean);
	});
	return performance.now() - from;
}

describe("a slow region", () => {
	const slow: Meddle = async (it) => {
		await sleep(SLOW_MS);
		return it.forward();
	};

	it("does not delay the work for the other one", async () => {
		proxyOf("north").meddle = slow;
		const [north, south] = await Promise.all([
			repair(world.north),
			repair(world.south),
		]);
		proxyOf("north").meddle = pass;
		console.log(`repaired: slow ${ms(north)}, other ${ms(south)}`);
		expect(north).toBeGreaterThan(SLOW_MS);
		expect(south).toBeLessThan(north);
		expect(south).toBeLessThan(PROMPT_MS);
	});
});

describe("a silent region", () => {
	it("does not delay the work for the other one", async () => {
		await proxyOf("north").cut();
		const early = await repair(world.south);
		await Promise.all(
			NAMES.map((name) =>
				untilService(
					world,
					NS,
					`${name} to be promoted`,
					(it) => it.status?.activeCluster === "south",
					60_000,
					name,
				),
			),
		);
		const late = await repair(world.south);
		console.log(`repaired: silent ${ms(early)}, lost ${ms(late)}`);
		expect(early).toBeLessThan(PROMPT_MS);
		expect(late).toBeLessThan(PROMPT_MS);
		await proxyOf("north").mend();
		await allPlaced();
		expect(await roleIn(world.north, NS, "a")).toBe("Standby 2");
	});
});

describe("API servers that lose every watch", () => {
	/** How often each list was asked to be watched. */
	const asked = new Map<string, number>();
	let turn = 0;

	const forgetful: Meddle = async (it) => {
		if (!it.isWatch) return it.forward();
		const what = it.path.replace(/\?.*/, "");
		asked.set(what, (asked.get(what) ?? 0) + 1);
		turn++;
		if (turn % 3 === 0) return it.answer(410, JSON.stringify(gone));
		if (turn % 3 === 1) {
			const event = { type: "ERROR", object: gone };
			return it.answer(200, `${JSON.stringify(event)}\n`);
		}
		const end = setTimeout(() => it.drop(), 300);
		await it.forward();
		clearTimeout(end);
	};

	const meddle = (how: Meddle) => {
		for (const it of Object.values(proxies)) {
			it.meddle = how;
			it.endWatches();
		}
	};

	it("drift is repaired and changes are carried out all the same", async () => {
		const from = performance.now();
		meddle(forgetful);
		await until("every third way of losing a watch", () => turn > 6);
		await Promise.all([repair(world.north), repair(world.south)]);
		const changed = twinService(
			NS,
			{ manifests: [deployment("a", 3), configMap("a", { key: "new" })] },
			[],
			"a",
		);
		await apply(world.hub, changed);
		await untilService(
			world,
			NS,
			"the change to be told",
			(it) => it.status?.observedGeneration === 2,
			60_000,
			"a",
		);
		const { status } = await untilPlaced(world, NS, "a");
		expect(status?.clusters?.map((it) => it.desired)).toContain(3);
		const seconds = (performance.now() - from) / 1_000;
		// Back-off begins at nothing, so that the first ones come close together.
		const most = Math.max(...asked.values());
		expect(most, "watches begun").toBeLessThan(10 + 5 * seconds);
	});

	it("nothing moved meanwhile, and watches serve again afterwards", async () => {
		meddle(pass);
		await allPlaced();
		for (const name of NAMES) {
			const it = await service(world, NS, name);
			expect(it?.status?.activeCluster).toBe("south");
			expect(it?.status?.epoch).toBe(3);
		}
		expect(await repair(world.south)).toBeLessThan(PROMPT_MS);
	});
});

const gone = {
	kind: "Status",
	apiVersion: "v1",
	status: "Failure",
	message: "too old resource version: 1 (2)",
	reason: "Expired",
	code: 410,
};

const ms = (it: number) => `${it.toFixed(0)} ms`;
