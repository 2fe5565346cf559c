/** Workloads that somebody else delivers to both regions: only their role is the operator's. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { find, report } from "./kinds.ts";
import { operate } from "./move.ts";
import {
	apply,
	condition,
	deployment,
	get,
	namespace,
	openWorld,
	pathOf,
	place,
	replicas,
	service,
	twinService,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

const NS = "delivered";
let world: World;
let regions: readonly RealCluster[];

/** Inert, as Git has it; the field manager is another one than the operator's. */
const inert = (image = "registry.example/web:1"): KubeObject => {
	const it = inNamespace(deployment("web", 0));
	(it as never as Workload).spec.template.spec.containers[0].image = image;
	return it;
};
interface Workload {
	metadata: { generation: number };
	spec: {
		replicas: number;
		template: { spec: { containers: [{ image: string }] } };
	};
}
const inNamespace = (it: KubeObject): KubeObject => ({
	...it,
	metadata: { ...it.metadata, namespace: NS },
});
const ofTargets = (): KubeObject => {
	const object = twinService(NS, {
		targets: [
			{ kind: "Deployment", name: "web", replicas: 2 },
			{ kind: "CronJob", name: "report" },
		],
	});
	const { manifests: _, ...spec } = object.spec as Record<string, unknown>;
	return { ...object, spec };
};
const suspended = async (it: RealCluster) => {
	const found = await find(it, NS, "cronjobs", "report");
	return (found?.spec as { suspend?: boolean } | undefined)?.suspend;
};
const untilReplicas = (it: RealCluster, count: number) =>
	until(
		`${count} replicas in ${it.name}`,
		async () => (await replicas(it, NS)) === count,
	);

beforeAll(async () => {
	world = await openWorld();
	regions = [world.north, world.south];
	for (const it of regions)
		await apply(it, namespace(NS), inert(), inNamespace(report()));
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

it("runs in the preferred region only, and no field but the role's is taken over", async () => {
	await place(world, NS, ofTargets());
	expect(await replicas(world.north, NS)).toBe(2);
	expect(await replicas(world.south, NS)).toBe(0);
	expect(await suspended(world.north)).toBe(false);
	expect(await suspended(world.south)).toBe(true);
	const live = await get<KubeObject>(world.north, pathOf.deployment(NS, "web"));
	expect(live?.metadata.ownerReferences).toBeUndefined();
	const ours = live?.metadata.managedFields?.find(
		(it) => it.manager === "twin-operator",
	) as { fieldsV1?: { "f:spec"?: object } } | undefined;
	expect(ours?.fieldsV1?.["f:spec"]).toEqual({ "f:replicas": {} });
});

it("leaves the deliverer its roll-outs", async () => {
	const next = inert("registry.example/web:2");
	// Git has no replicas where the operator has them.
	delete (next.spec as { replicas?: number }).replicas;
	for (const it of regions) await apply(it, next);
	await untilPlaced(world, NS);
	for (const [nth, it] of regions.entries()) {
		const live = await get<Workload>(it, pathOf.deployment(NS, "web"));
		expect(live?.spec.template.spec.containers[0].image).toBe(
			"registry.example/web:2",
		);
		expect(live?.spec.replicas).toBe(nth === 0 ? 2 : 0);
	}
});

it("moves by a switchover, with as many replicas as ran", async () => {
	await world.north.kubectl([
		...["-n", NS, "scale", "deployment/web", "--replicas=3"],
	]);
	await untilService(world, NS, "3 replicas told", (it) =>
		Boolean(it.status?.clusters?.some((c) => c.ready === 3)),
	);
	const done = await operate(world, NS, "over", { to: "south" });
	expect(condition(done, "Complete")?.status).toBe("True");
	await untilReplicas(world.south, 3);
	await untilReplicas(world.north, 0);
	expect(await suspended(world.north)).toBe(true);
	expect(await suspended(world.south)).toBe(false);
});

it("is told when one of them is taken away, and taken up again when it is back", async () => {
	await world.north.kubectl(["-n", NS, "delete", "deployment/web"]);
	const told = await untilService(
		world,
		NS,
		"missing",
		(it) => condition(it, "Synced")?.reason === "TargetMissing",
	);
	expect(condition(told, "Synced")?.message).toContain("north");
	await apply(world.north, inert());
	await untilPlaced(world, NS);
	expect(await replicas(world.north, NS)).toBe(0);
});

it("stays as it is when the TwinService is deleted", async () => {
	await world.hub.kubectl(["-n", NS, "delete", "tws", "web"]);
	expect(await service(world, NS)).toBeUndefined();
	expect(await replicas(world.south, NS)).toBe(3);
	const live = await get<KubeObject>(world.south, pathOf.deployment(NS, "web"));
	const marks = [
		...Object.keys(live?.metadata.labels ?? {}),
		...Object.keys(live?.metadata.annotations ?? {}),
	].filter((it) => it.startsWith("twin-operator.dev/"));
	expect(marks).toEqual([]);
});
