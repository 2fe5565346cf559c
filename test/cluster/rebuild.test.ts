/** The hub is disposable: a new one learns from the regions, and nothing restarts. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { PROFILES } from "../../src/core/profile.ts";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { asOperator, mark, told, writes } from "./audit.ts";
import { operate, pods, roleIn, uid } from "./move.ts";
import {
	apply,
	condition,
	get,
	isTrue,
	namespace,
	openWorld,
	pathOf,
	place,
	service,
	side,
	twinCluster,
	twinService,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

const LOSS_MS = PROFILES.Fast.lossSeconds * 1_000;
/** Two at home, one of them Hot; one that was moved away from home; one that a person moves. */
const SERVICES: Record<string, KubeObject> = {
	home: twinService("home"),
	hot: twinService("hot", { standby: { mode: "Hot", replicas: 1 } }),
	moved: twinService("moved"),
	manual: twinService("manual", { promotion: { policy: "Manual" } }),
};
const NAMES = Object.keys(SERVICES);
let world: World;

beforeAll(async () => {
	world = await openWorld({
		cluster: { audit: true },
		kubeconfigOf: asOperator,
	});
	const all = Object.entries(SERVICES);
	await Promise.all(all.map(([ns, it]) => place(world, ns, it)));
	const moved = await operate(world, "moved", "move", { to: "south" });
	expect(isTrue(moved, "Complete"), JSON.stringify(moved.status)).toBe(true);
	await untilPlaced(world, "moved");
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

/** The hub burns with the operator on it; the new one knows only what Git knows. */
async function rebuildHub(): Promise<void> {
	await Promise.all([world.hub.kill(), world.operator.kill()]);
	world.hub.wipeEtcd();
	await world.hub.restart();
	expect(await get(world.hub, "/api/v1/namespaces/home")).toBeUndefined();
	await world.install();
	await apply(world.hub, ...NAMES.map(namespace), ...Object.values(SERVICES));
	world.restartOperator();
}

/** What a restart or a change of role would change. */
async function running(region: RealCluster) {
	const of = async (ns: string) => {
		const path = pathOf.deployment(ns, "web");
		return {
			ns,
			role: await roleIn(region, ns),
			side: (await side(region, ns))?.metadata.uid,
			generation: (await get(region, path))?.metadata.generation,
			pods: (await pods(region, ns)).map(uid).toSorted(),
		};
	};
	return Promise.all(NAMES.map(of));
}

/** What the operator may bring itself: the CRD of TwinSides, namespaces. */
const PREPARES = ["customresourcedefinitions", "namespaces"];
const touched = (region: RealCluster, since: number): string[] =>
	writes(region, since)
		.filter((it) => !PREPARES.includes(it.objectRef?.resource ?? ""))
		.map((it) => `${told(it)} in ${it.objectRef?.namespace}`);

describe("the hub is wiped and built anew", () => {
	let before: unknown;
	let since: { north: number; south: number };

	beforeAll(async () => {
		before = [await running(world.north), await running(world.south)];
		since = { north: mark(world.north), south: mark(world.south) };
		await rebuildHub();
		await Promise.all(NAMES.map((ns) => untilPlaced(world, ns)));
	});

	it("learns who is active, also away from home", async () => {
		expect((await service(world, "home"))?.status).toMatchObject({
			activeCluster: "north",
			standbyCluster: "south",
			epoch: 1,
		});
		expect((await service(world, "moved"))?.status).toMatchObject({
			activeCluster: "south",
			standbyCluster: "north",
			epoch: 3,
		});
	});

	it("writes nothing in the regions: no workload, no role, not even a side", () => {
		expect(touched(world.north, since.north)).toEqual([]);
		expect(touched(world.south, since.south)).toEqual([]);
	});

	it("restarts no pod", async () => {
		const after = [await running(world.north), await running(world.south)];
		expect(after).toEqual(before);
	});

	it("goes on with its work", async () => {
		const done = await operate(world, "moved", "back", { to: "north" });
		expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
		await untilPlaced(world, "moved");
		const away = await operate(world, "moved", "away", { to: "south" });
		expect(isTrue(away, "Complete"), JSON.stringify(away.status)).toBe(true);
		await untilPlaced(world, "moved");
	});
});

describe("the hub is built anew while a region is silent", () => {
	let before: unknown;
	let since: number;

	beforeAll(async () => {
		before = await running(world.north);
		since = mark(world.north);
		await world.south.kill();
		await rebuildHub();
		await until("south to be lost for the new hub", async () => {
			const it = await service(world, "moved");
			return condition(it, "PromotionNeeded");
		});
	});

	it("could not read is not empty: a side that it never read is not overruled", async () => {
		const it = await service(world, "moved");
		expect(condition(it, "PromotionNeeded")?.message).toContain(
			"this hub has never read its side there",
		);
		expect(isTrue(it, "Ready")).toBe(false);
		expect(await roleIn(world.north, "moved")).toMatch(/^Standby/);
	});

	it("nothing is written in the region that answers", async () => {
		expect(touched(world.north, since)).toEqual([]);
		expect(await running(world.north)).toEqual(before);
	});

	it("what is active there is known, and serves", async () => {
		const { status } = await untilService(
			world,
			"home",
			"home to serve",
			(it) => isTrue(it, "Available"),
		);
		expect(status).toMatchObject({ activeCluster: "north" });
	});

	it("a new service waits for both regions", async () => {
		await apply(world.hub, namespace("fresh"), twinService("fresh"));
		const it = await untilService(world, "fresh", "a first status", (it) =>
			Boolean(condition(it, "Ready")),
		);
		expect(isTrue(it, "Ready")).toBe(false);
		expect(await side(world.north, "fresh")).toBeUndefined();
	});

	it("the region is back: all is as it was, and the new service starts", async () => {
		await world.south.restart();
		await Promise.all([...NAMES, "fresh"].map((ns) => untilPlaced(world, ns)));
		expect(await running(world.north)).toEqual(before);
		expect((await service(world, "moved"))?.status).toMatchObject({
			activeCluster: "south",
			epoch: 7,
		});
	});
});

describe("the hub sees nobody", () => {
	let before: unknown;

	beforeAll(async () => {
		before = [await running(world.north), await running(world.south)];
	});

	const paused = async (...clusters: RealCluster[]) => {
		for (const it of clusters) it.pause();
		const from = performance.now();
		return {
			/** Longer than it takes to call one region lost. */
			longEnough: () =>
				until(
					"the time after which a region is lost",
					() => performance.now() - from > LOSS_MS + 3_000,
				),
			resume: () => {
				for (const it of clusters) it.resume();
			},
		};
	};

	/** As before, and everybody says so again. */
	async function nothingMoved(): Promise<void> {
		await Promise.all(NAMES.map((ns) => untilPlaced(world, ns)));
		expect([await running(world.north), await running(world.south)]).toEqual(
			before,
		);
		expect((await service(world, "home"))?.status?.activeCluster).toBe("north");
	}

	it("both regions silent: it says HubIsolated, and nothing is promoted", async () => {
		const pause = await paused(world.north, world.south);
		try {
			const { status } = await untilService(
				world,
				"home",
				"HubIsolated",
				(it) => condition(it, "Ready")?.reason === "HubIsolated",
			);
			expect(status?.activeCluster).toBe("north");
			await pause.longEnough();
			const it = await service(world, "home");
			expect(condition(it, "Redundant")?.reason).toBe("HubIsolated");
			expect(it?.status?.epoch).toBe(status?.epoch);
			const reachable = condition(
				await twinCluster(world, "north"),
				"Reachable",
			);
			expect(reachable?.status).not.toBe("True");
		} finally {
			pause.resume();
		}
		await nothingMoved();
	});

	it("its own API server silent, and a region with it: nothing is promoted", async () => {
		const pause = await paused(world.hub, world.north);
		try {
			await pause.longEnough();
			expect(await roleIn(world.south, "home")).toMatch(/^Standby/);
		} finally {
			pause.resume();
		}
		await nothingMoved();
	});
});
