/** The agent changes the role of a side, and lets a side go, over an embedded control plane. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { JOB, POD, TWIN_SIDE } from "../../../src/api/kind.ts";
import { cronJob, deployment, SEVEN } from "./fixture.ts";
import { CONFIG_MAP, CRON_JOB, DEPLOYMENT, HPA } from "./kinds.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(async () => {
	world = await World.start();
});
afterEach(() => world.stop());

it("becomes active by a wish: recorded first, then started", async () => {
	await world.createSide({ objects: SEVEN });
	await world.until("stands by", () => world.is("True StandingBy"));
	world.calls.length = 0;
	await world.wish("east", 0);
	await world.until("serves", () => world.is("True Serving"));
	const writes = world.writes();
	expect(writes[0]).toBe("merge TwinSide/status");
	expect(writes.filter((it) => it !== "merge TwinSide/status").sort()).toEqual([
		"apply CronJob",
		"apply Deployment",
		"create HorizontalPodAutoscaler",
	]);
	expect(await world.replicas()).toBe(2);
	expect((await world.side()).status).toMatchObject({
		role: "Active",
		epoch: 1,
		ready: 2,
		desired: 2,
	});
	// The record, and that it is ready; the rest is coalesced.
	expect(
		writes.filter((it) => it === "merge TwinSide/status").length,
	).toBeLessThanOrEqual(2);
});

it("stops a side: autoscaler gone, pods gone, the number kept for next time", async () => {
	await world.active({ objects: SEVEN });
	await world.merge(DEPLOYMENT, "web", { spec: { replicas: 5 } });
	await world.clock.advance(5_000);
	expect(await world.replicas()).toBe(5);
	world.calls.length = 0;
	await world.wish("west", 1);
	await world.until(
		"pods gone",
		async () => (await world.side()).status.podsGoneEpoch === 2,
	);
	expect(await world.replicas()).toBe(0);
	expect(await world.get(HPA, "web")).toBeUndefined();
	expect(await world.spec(CRON_JOB, "report")).toMatchObject({
		suspend: true,
	});
	expect(await world.list(POD)).toEqual([]);
	expect((await world.side()).status).toMatchObject({
		role: "Standby",
		epoch: 2,
		lastActive: [{ kind: "Deployment", name: "web", replicas: 5 }],
	});
	expect(world.writes()[0]).toBe("merge TwinSide/status");
	await world.wish("east", 2);
	await world.until("serves", () => world.is("True Serving"));
	expect(await world.replicas()).toBe(5);
});

it("keeps the asked number running on a hot standby side", async () => {
	const spec = { standby: { mode: "Hot", replicas: "50%" } };
	await world.createSide({ objects: [deployment("web", 3)], spec });
	await world.until("stands by", () => world.is("True StandingBy"));
	expect(await world.replicas()).toBe(2);
	await world.wish("east", 0);
	await world.until("serves", () => world.is("True Serving"));
	expect(await world.replicas()).toBe(3);
	await world.wish("west", 1);
	await world.until("stands by", () => world.is("True StandingBy"));
	expect(await world.replicas()).toBe(2);
	expect((await world.side()).status.podsGoneEpoch).toBe(2);
});

it("stops a CronJob's running Jobs with the side", async () => {
	await world.active({ objects: [cronJob()] });
	const { jobTemplate: template } = await world.spec<{
		jobTemplate: { metadata: { labels: Record<string, string> } };
	}>(CRON_JOB, "report");
	await world.create({
		apiVersion: "batch/v1",
		kind: "Job",
		...template,
		metadata: { ...template.metadata, name: "report-1", namespace: "apps" },
	});
	await world.clock.advance(1_000);
	expect(await world.list(POD)).toHaveLength(1);
	await world.wish("west", 1);
	await world.until(
		"pods gone",
		async () => (await world.side()).status.podsGoneEpoch === 2,
	);
	expect(await world.list(POD)).toEqual([]);
	expect(await world.list(JOB)).toEqual([]);
});

it("refuses to take over without consent when the side is Exclusive", async () => {
	await world.createSide({ spec: { policy: "Exclusive" } });
	await world.until("stands by", () => world.is("True StandingBy"));
	await world.patchSide({
		wish: { to: "east", ifEpoch: 0, supersedes: "other/3" },
	});
	await world.until(
		"the refusal",
		async () => (await world.condition("Stalled")) === "True SupersedesRefused",
	);
	expect((await world.side()).status).toMatchObject({
		role: "Standby",
		epoch: 0,
	});
});

it("releases everything before an orphaned side goes", async () => {
	await world.active({
		objects: SEVEN,
		spec: { deletionPolicy: "Orphan" },
	});
	const pods = (await world.list(POD)).map((it) => it.metadata.uid);
	await world.delete(TWIN_SIDE, "shop");
	await world.clock.advance(10_000);
	await expect(world.side()).rejects.toThrow("no TwinSide");
	const web = await world.get(DEPLOYMENT, "web");
	expect(web?.metadata.ownerReferences ?? []).toEqual([]);
	expect(web?.metadata.labels ?? {}).toEqual({});
	expect((await world.list(POD)).map((it) => it.metadata.uid)).toEqual(pods);
});

it("goes with its workloads when it is deleted", async () => {
	await world.active({ objects: SEVEN });
	await world.delete(TWIN_SIDE, "shop");
	await world.until(
		"all pods to go",
		async () => (await world.list(POD)).length === 0,
	);
	expect(await world.get(DEPLOYMENT, "web")).toBeUndefined();
});

it("syncs nothing while suspended, but still changes its role", async () => {
	await world.active({ objects: SEVEN });
	await world.patchSide({ suspend: true });
	await world.clock.advance(2_000);
	await world.merge(CONFIG_MAP, "settings", { data: { colour: "green" } });
	await world.clock.advance(10_000);
	expect((await world.get(CONFIG_MAP, "settings"))?.data).toEqual({
		colour: "green",
	});
	expect(await world.condition("Applied")).toBe("True Suspended");
	await world.wish("west", 1);
	await world.until(
		"pods gone",
		async () => (await world.side()).status.podsGoneEpoch === 2,
	);
	expect(await world.replicas()).toBe(0);
	await world.patchSide({ suspend: false });
	await world.until("the repair", async () =>
		JSON.stringify(await world.get(CONFIG_MAP, "settings")).includes("blue"),
	);
});

it("does nothing for a side that is meant for another region", async () => {
	await world.createSide({ spec: { region: "west", twin: "east" } });
	await world.until(
		"the complaint",
		async () => (await world.condition("Stalled")) === "True WrongRegion",
	);
	expect(await world.get(DEPLOYMENT, "web")).toBeUndefined();
});
