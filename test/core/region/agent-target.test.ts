/** Workloads that somebody else delivers: only their role is the agent's, over an embedded control plane. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { JOB, POD, TWIN_SIDE } from "../../../src/api/kind.ts";
import { SIDE } from "../../../src/api/label.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { configMap, cronJob, deployment } from "./fixture.ts";
import { CRON_JOB, DEPLOYMENT } from "./kinds.ts";
import { World } from "./world.ts";

const targets = [
	{ kind: "Deployment", name: "web", replicas: 3 },
	{ kind: "CronJob", name: "report" },
];
const spec = { targets };

let world: World;
beforeEach(async () => {
	world = await World.start();
});
afterEach(() => world.stop());

/** As Argo CD would: inert, unless a test says otherwise. */
async function deliver(replicas = 0): Promise<void> {
	const web = deployment("web", replicas);
	await world.create(inApps(web));
	const report = cronJob();
	await world.create(
		inApps({ ...report, spec: { ...(report.spec as object), suspend: true } }),
	);
}

const inApps = (it: KubeObject): KubeObject => ({
	...it,
	metadata: { ...it.metadata, namespace: "apps" },
});

const web = async (): Promise<KubeObject> => {
	const found = await world.get(DEPLOYMENT, "web");
	if (!found) throw new Error("no Deployment web");
	return found;
};

async function serving(): Promise<void> {
	await deliver();
	await world.createSide({ objects: [], spec });
	await world.until("stands by", () => world.is("True StandingBy"));
	await world.wish("east", 0);
	await world.until("serves", () => world.is("True Serving"));
}

it("activates what is delivered, and writes nothing of it but the role", async () => {
	await deliver();
	const before = (await web()).spec as { template: unknown };
	await world.createSide({ objects: [configMap()], spec });
	await world.until("stands by", () => world.is("True StandingBy"));
	expect(await world.replicas()).toBe(0);
	await world.wish("east", 0);
	await world.until("serves", () => world.is("True Serving"));
	const after = await web();
	expect(await world.replicas()).toBe(3);
	expect((after.spec as typeof before).template).toEqual(before.template);
	expect(after.metadata.ownerReferences).toBeUndefined();
	expect(await world.spec(CRON_JOB, "report")).toMatchObject({
		suspend: false,
	});
	expect(await world.condition("Applied")).toBe("True Applied");
});

it("stops what runs on a standby side, and waits until its pods are gone", async () => {
	await deliver(2);
	await world.until("pods", async () => (await world.list(POD)).length === 2);
	await world.createSide({ objects: [], spec });
	await world.until("stands by", () => world.is("True StandingBy"));
	expect(await world.replicas()).toBe(0);
	expect(await world.list(POD)).toEqual([]);
});

it("does not call the side standby while a pod of it is there", async () => {
	await serving();
	const stays = inApps({
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name: "web-stays", labels: { app: "web" } },
		spec: { containers: [{ name: "app", image: "app:1" }] },
		status: { phase: "Running" },
	});
	await world.create(stays);
	await world.wish("west", 1);
	await world.until("stopped", async () => (await world.replicas()) === 0);
	await world.clock.advance(30_000);
	expect(await world.condition("Ready")).toBe("False Stopping");
	await world.delete(POD, "web-stays");
	await world.until("stands by", () => world.is("True StandingBy"));
});

it("ends the Jobs of a delivered CronJob before it stands by", async () => {
	await serving();
	const owner = await world.get(CRON_JOB, "report");
	await world.create(
		inApps({
			apiVersion: "batch/v1",
			kind: "Job",
			metadata: {
				name: "report-29400000",
				ownerReferences: [
					{
						apiVersion: "batch/v1",
						kind: "CronJob",
						name: "report",
						uid: owner?.metadata.uid ?? "",
						controller: true,
					},
				],
			},
			spec: { template: { spec: { containers: [] } } },
		}),
	);
	await world.create(
		inApps({
			apiVersion: "batch/v1",
			kind: "Job",
			metadata: { name: "of-somebody-else" },
			spec: { template: { spec: { containers: [] } } },
		}),
	);
	await world.wish("west", 1);
	await world.until("stands by", () => world.is("True StandingBy"));
	expect((await world.list(JOB)).map((it) => it.metadata.name)).toEqual([
		"of-somebody-else",
	]);
});

it("leaves replicas to whoever scales the active side, and starts with as many again", async () => {
	await serving();
	await world.merge(DEPLOYMENT, "web", { spec: { replicas: 7 } });
	await world.clock.advance(5_000);
	expect(await world.replicas()).toBe(7);
	await world.wish("west", 1);
	await world.until("stands by", () => world.is("True StandingBy"));
	// Zero is what this side needs, whoever sets something else.
	await world.merge(DEPLOYMENT, "web", { spec: { replicas: 1 } });
	await world.until("stopped", async () => (await world.replicas()) === 0);
	await world.wish("east", 2);
	await world.until("serves", () => world.is("True Serving"));
	expect(await world.replicas()).toBe(7);
});

it("brings an active side back up when its deliverer sets it to 0", async () => {
	await serving();
	await world.merge(DEPLOYMENT, "web", { spec: { replicas: 0 } });
	await world.until("up again", async () => (await world.replicas()) === 3);
});

it("waits for what is not delivered yet, says so, and takes it up by itself", async () => {
	await world.createSide({ objects: [], spec });
	await world.until(
		"missing",
		async () => (await world.condition("Applied")) === "False TargetMissing",
	);
	expect(await world.message("Applied")).toContain(
		"Deployment web of spec.targets is not in this cluster",
	);
	expect(await world.condition("Stalled")).toBe("False NotStalled");
	world.calls.length = 0;
	await world.clock.advance(120_000);
	// Looked for with a back-off, and told once.
	expect(world.calls.length).toBeLessThan(30);
	expect(world.writes()).toEqual([]);
	await deliver();
	await world.until("stands by", () => world.is("True StandingBy"));
	expect(await world.condition("Applied")).toBe("True Applied");
});

it("writes nothing at rest", async () => {
	await serving();
	await world.clock.advance(60_000);
	world.calls.length = 0;
	await world.clock.advance(600_000);
	expect(world.writes()).toEqual([]);
});

it("leaves it as it is when the side goes, without a mark", async () => {
	await serving();
	await world.delete(TWIN_SIDE, "shop");
	await world.until(
		"gone",
		async () => (await world.get(TWIN_SIDE, "shop")) === undefined,
	);
	const { metadata } = await web();
	expect(await world.replicas()).toBe(3);
	expect(metadata.labels?.[SIDE]).toBeUndefined();
	expect(Object.keys(metadata.annotations ?? {})).toEqual([]);
});

it("does not touch what another side has, or what a controller makes", async () => {
	const maker = await world.create(inApps(configMap("maker")));
	const theirs = deployment("web", 1);
	await world.create(
		inApps({
			...theirs,
			metadata: {
				...theirs.metadata,
				ownerReferences: [
					{
						apiVersion: "v1",
						kind: "ConfigMap",
						name: "maker",
						uid: maker.metadata.uid ?? "",
						controller: true,
					},
				],
			},
		}),
	);
	await world.createSide({
		objects: [],
		spec: { targets: targets.slice(0, 1) },
	});
	await world.until(
		"refused",
		async () => (await world.condition("Stalled")) === "True AlreadyExists",
	);
	expect(await world.message("Stalled")).toContain(
		"Take it out of spec.targets",
	);
	expect(await world.replicas()).toBe(1);
});
