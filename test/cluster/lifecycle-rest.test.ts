/** Services that are left alone: suspended by a person, or at rest because all is well. */
import { setTimeout as pass } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { asOperator, mark, told, writes } from "./audit.ts";
import { autoscaler, edit, find, statefulSet, volumeClaim } from "./kinds.ts";
import {
	apply,
	condition,
	configMap,
	deployment,
	openWorld,
	pathOf,
	place,
	replicas,
	service,
	side,
	twinService,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

let world: World;
let regions: readonly RealCluster[];

beforeAll(async () => {
	world = await openWorld({
		cluster: { audit: true },
		kubeconfigOf: asOperator,
	});
	regions = [world.north, world.south];
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

describe("a suspended service", () => {
	const changed = (ns: string, suspend: boolean) =>
		twinService(ns, {
			suspend,
			manifests: [deployment("web", 3), configMap("web", { key: "new" })],
		});
	const drift = (ns: string) =>
		edit(world.north, pathOf.configMap(ns, "web"), { data: { key: "drift" } });
	const keyOf = async (ns: string) =>
		(await find(world.north, ns, "configmaps")).data.key;

	beforeAll(async () => {
		await Promise.all([place(world, "still"), place(world, "moving")]);
		await apply(world.hub, changed("still", true));
		await untilService(
			world,
			"still",
			"to say that it is suspended",
			(it) => (condition(it, "Synced")?.reason ?? "") === "Suspended",
		);
		await until("the side to know", async () => {
			return (await side(world.north, "still"))?.spec.suspend === true;
		});
	});

	it("says so, and that the change is not applied", async () => {
		const it = await service(world, "still");
		expect(condition(it, "Synced")).toMatchObject({
			status: "False",
			reason: "Suspended",
		});
		expect(condition(it, "Reconciling")).toMatchObject({
			status: "False",
			reason: "Suspended",
		});
	});

	it("is neither changed nor repaired, while its neighbour is", async () => {
		await drift("still");
		await drift("moving");
		await until("the neighbour's drift to be repaired", async () => {
			return (await keyOf("moving")) === "value";
		});
		await apply(world.hub, changed("moving", false));
		await until("the neighbour's change", async () => {
			return (await keyOf("moving")) === "new";
		});
		expect(await keyOf("still")).toBe("drift");
		expect(await replicas(world.north, "still")).toBe(2);
	});

	it("gets everything when it goes on", async () => {
		await apply(world.hub, changed("still", false));
		await untilPlaced(world, "still");
		expect(await keyOf("still")).toBe("new");
		expect(await replicas(world.north, "still")).toBe(3);
	});
});

describe("nothing is to be done", () => {
	const REST_MS = 20_000;
	const stateful = [statefulSet(), volumeClaim()];
	const clusters = () => [world.hub, ...regions];
	const wrote = (since: readonly number[]) =>
		clusters().flatMap((it, nth) =>
			writes(it, since[nth])
				.filter(({ objectRef }) => objectRef?.namespace !== "marker")
				.filter(({ objectRef }) => objectRef?.name !== "marker")
				.map((event) => `${it.name}: ${told(event)} ${event.requestURI}`),
		);

	it("the operator writes nothing", async () => {
		await Promise.all([
			place(world, "hot", twinService("hot", { standby: { mode: "Hot" } })),
			place(world, "state", twinService("state", { manifests: stateful })),
			place(world, "scaled", twinService("scaled", {}, [autoscaler()])),
		]);
		const since = clusters().map(mark);
		// The time is what is measured: nothing is waited for.
		await pass(REST_MS);
		expect(wrote(since)).toEqual([]);
	});

	it("nor does one that starts anew", async () => {
		await world.operator.stop();
		const since = clusters().map(mark);
		world.restartOperator();
		await place(world, "marker");
		await pass(REST_MS / 4);
		expect(wrote(since)).toEqual([]);
	});
});
