/** Planned moves: the old side is down before the new one is up, and nothing is lost. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import type { AuditEvent } from "../clusters/real/audit.ts";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { asOperator, mark, told, writes } from "./audit.ts";
import { operate, pods, roleIn, seconds } from "./move.ts";
import {
	configMap,
	deployment,
	get,
	isTrue,
	openWorld,
	pathOf,
	place,
	replicas,
	twinService,
	untilPlaced,
	type World,
} from "./world.ts";

const BATCH = "/apis/batch/v1/namespaces/scaled";
const HPA = "/apis/autoscaling/v2/namespaces/scaled/horizontalpodautoscalers";
const MERGE = "application/merge-patch+json";
let world: World;

beforeAll(async () => {
	world = await openWorld({
		cluster: { audit: true },
		kubeconfigOf: asOperator,
	});
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

/** Deletions of pods in the one region, and those of them after the other one's side became active. */
function ends(
	up: readonly AuditEvent[],
	down: RealCluster,
	since: number,
	ns: string,
): { all: number; late: number } {
	const active = up.find((it) => told(it) === "patch twinsides/status");
	const ended = down
		.auditLog()
		.slice(since)
		.filter((it) => it.objectRef?.namespace === ns)
		.filter((it) => told(it) === "delete pods")
		.map((it) => it.stageTimestamp);
	const at = active?.requestReceivedTimestamp ?? "";
	return { all: ended.length, late: ended.filter((it) => it > at).length };
}

describe("a Cold service", () => {
	beforeAll(() => place(world, "cold"));

	it("switchover: stages in their order, one side after the other", async () => {
		const [north, south] = [mark(world.north), mark(world.south)];
		const done = await operate(world, "cold", "move", {});
		expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
		expect(done.status).toMatchObject({ from: "north", to: "south", epoch: 1 });
		const stages = done.status?.stages ?? [];
		expect(stages.map((it) => it.name)).toEqual([
			"Started",
			"OldStopped",
			"Activated",
			"Ready",
		]);
		const times = stages.map((it) => it.at);
		expect(times).toEqual(times.toSorted());

		const { status } = await untilPlaced(world, "cold");
		const move = status?.lastTransition;
		expect(move).toMatchObject({
			kind: "Switchover",
			from: "north",
			to: "south",
			epoch: 3,
			operation: "move",
		});
		expect(move).not.toHaveProperty("lostAt");
		const passed = [move?.requestedAt, move?.fencedAt, move?.activatedAt];
		expect([...passed, move?.readyAt]).toEqual(
			[...passed, move?.readyAt].toSorted(),
		);
		expect(move?.recoverySeconds).toBe(
			seconds(move?.requestedAt, move?.readyAt),
		);
		expect(await roleIn(world.north, "cold")).toBe("Standby 2");
		expect(await roleIn(world.south, "cold")).toBe("Active 1");
		const active = writes(world.south, south, "cold");
		const ended = ends(active, world.north, north, "cold");
		expect(ended.all).toBeGreaterThanOrEqual(2);
		expect(ended.late).toBe(0);
	});

	it("failback: the same on the way home", async () => {
		const [north, south] = [mark(world.north), mark(world.south)];
		const done = await operate(world, "cold", "back", { to: "north" });
		expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
		const { status } = await untilPlaced(world, "cold");
		expect(status?.lastTransition).toMatchObject({
			kind: "Failback",
			from: "south",
			to: "north",
			epoch: 5,
		});
		expect(await pods(world.south, "cold")).toEqual([]);
		expect(await pods(world.north, "cold")).toHaveLength(2);
		const active = writes(world.north, north, "cold");
		const ended = ends(active, world.south, south, "cold");
		expect(ended.all).toBeGreaterThanOrEqual(2);
		expect(ended.late).toBe(0);
		expect(status?.history?.map((it) => it.kind)).toEqual([
			"Failback",
			"Switchover",
			"Creation",
		]);
	});

	it("to where it is already: complete at once, and nothing moves", async () => {
		const done = await operate(world, "cold", "again", { to: "north" });
		expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
		expect(await roleIn(world.north, "cold")).toBe("Active 3");
	});
});

it("a Hot service keeps its standby replicas running on both sides of the move", async () => {
	await place(
		world,
		"hot",
		twinService("hot", {
			standby: { mode: "Hot", replicas: "50%" },
			manifests: [deployment("web", 3), configMap()],
		}),
	);
	expect(await replicas(world.south, "hot")).toBe(2);
	const done = await operate(world, "hot", "move", {});
	expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
	await untilPlaced(world, "hot");
	expect(await replicas(world.south, "hot")).toBe(3);
	expect(await replicas(world.north, "hot")).toBe(2);
	expect(await pods(world.north, "hot")).toHaveLength(2);
});

describe("a service with an autoscaler and a CronJob", () => {
	beforeAll(async () => {
		const { manifests } = scaled();
		await place(world, "scaled", twinService("scaled", { manifests }));
		// What an autoscaler does: it writes the Deployment's scale.
		const scale = `${pathOf.deployment("scaled", "web")}/scale`;
		const body = { spec: { replicas: 5 } };
		await world.north.request("PATCH", scale, body, MERGE);
		await until("the new scale to be known", async () => {
			const it = await get<{ status: { ready?: number } }>(
				world.north,
				pathOf.side("scaled", "web"),
			);
			return it?.status.ready === 5;
		});
		expect(await replicas(world.north, "scaled"), "is not set back").toBe(5);
		await runJob("running");
		const done = await operate(world, "scaled", "move", {});
		expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
		await untilPlaced(world, "scaled");
	});

	it("starts with the replicas that ran on the other side", async () => {
		expect(await replicas(world.south, "scaled")).toBe(5);
		expect(await replicas(world.north, "scaled")).toBe(0);
	});

	it("is scaled in the active region only", async () => {
		expect(await get(world.south, `${HPA}/web`)).toBeDefined();
		expect(await get(world.north, `${HPA}/web`)).toBeUndefined();
	});

	it("has its CronJob suspended in the standby region, and the running Job removed", async () => {
		const suspended = async (it: RealCluster) =>
			(await get<{ spec: { suspend?: boolean } }>(it, `${BATCH}/cronjobs/tick`))
				?.spec.suspend ?? false;
		expect(await suspended(world.north)).toBe(true);
		expect(await suspended(world.south)).toBe(false);
		expect(await get(world.north, `${BATCH}/jobs/running`)).toBeUndefined();
	});

	it("starts with the replicas it ran with when it comes home", async () => {
		const done = await operate(world, "scaled", "back", { to: "north" });
		expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
		await untilPlaced(world, "scaled");
		expect(await replicas(world.north, "scaled")).toBe(5);
		expect(await replicas(world.south, "scaled")).toBe(0);
	});
});

/** A Job of the CronJob, as its controller would make it, that never ends. */
async function runJob(name: string): Promise<void> {
	await world.north.kubectl(
		`create job ${name} --from=cronjob/tick -n scaled`.split(" "),
	);
	expect(await get(world.north, `${BATCH}/jobs/${name}`)).toBeDefined();
}

function scaled(): { manifests: KubeObject[] } {
	const target = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
	// No node is like that: a Job of it never ends by itself.
	const nodeSelector = { nowhere: "true" };
	const template = {
		spec: {
			nodeSelector,
			restartPolicy: "Never",
			containers: [{ name: "tick", image: "registry.example/tick:1" }],
		},
	};
	return {
		manifests: [
			deployment(),
			{
				apiVersion: "autoscaling/v2",
				kind: "HorizontalPodAutoscaler",
				metadata: { name: "web" },
				spec: { scaleTargetRef: target, minReplicas: 2, maxReplicas: 9 },
			},
			{
				apiVersion: "batch/v1",
				kind: "CronJob",
				metadata: { name: "tick" },
				spec: { schedule: "0 0 1 1 *", jobTemplate: { spec: { template } } },
			},
		],
	};
}
