/** A service of workloads that somebody else delivers, over three embedded control planes. */
import { expect, it } from "vitest";
import { TWIN_SERVICE } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import {
	DEPLOYMENT,
	REGIONS,
	type RegionName,
	serviceObject,
} from "./objects.ts";
import { World } from "./world.ts";

const targets = [{ kind: "Deployment", name: "web", replicas: 2 }];

/** As Argo CD would, to both regions: inert. */
async function deliver(world: World, to = REGIONS): Promise<void> {
	const [web] = (serviceObject().spec as { manifests: KubeObject[] }).manifests;
	for (const region of to) await deliverTo(world, region, web as KubeObject);
}

async function deliverTo(world: World, region: RegionName, web: KubeObject) {
	const request = world.person[region].request.bind(world.person[region]);
	const made = await request({
		verb: "create",
		resource: DEPLOYMENT,
		namespace: "shop",
		body: {
			...web,
			metadata: { ...web.metadata, namespace: "shop" },
			spec: { ...(web.spec as object), replicas: 0 },
		},
		timeoutMs: 1_000,
	});
	expect(made.kind).toBe("ok");
}

/** Without any manifest: nothing of it is the hub's to deliver. */
function ofTargets(spec: object = {}): KubeObject {
	const object = serviceObject({ targets, ...spec });
	const { manifests: _, ...rest } = object.spec as Record<string, unknown>;
	return { ...object, spec: rest };
}

async function open(): Promise<World> {
	const world = await World.start();
	// The first service makes the namespace in both regions.
	await world.serving(serviceObject({}, "other"));
	await deliver(world);
	return world;
}

it("runs in one region, and moves when that is lost", async () => {
	const world = await open();
	await world.serving(ofTargets());
	expect(await world.replicas("north")).toBe(2);
	expect(await world.replicas("south")).toBe(0);
	expect(await world.condition("Redundant")).toBe("True StandingBy");
	world.links.north.cut();
	await world.until(
		"promoted",
		async () => (await world.replicas("south")) === 2,
	);
	world.links.north.mend();
	await world.until(
		"stopped there",
		async () => (await world.replicas("north")) === 0,
	);
	expect(await world.replicas("south")).toBe(2);
});

it("tells which region it is missing in, and what to do", async () => {
	const world = await World.start();
	await world.serving(serviceObject({}, "other"));
	await deliver(world, ["north"]);
	await world.create(TWIN_SERVICE, ofTargets());
	await world.until(
		"told",
		async () => (await world.condition("Synced")) === "False TargetMissing",
	);
	expect(await world.message("Synced")).toContain("south");
	expect(await world.condition("Redundant")).not.toMatch(/^True/);
	await deliver(world, ["south"]);
	await world.until("redundant", async () =>
		(await world.condition("Redundant")).startsWith("True"),
	);
});

it("takes up and lets go of targets while it runs", async () => {
	const world = await open();
	await world.serving(serviceObject({}, "config"));
	await world.patch("config", {
		spec: { targets: [{ kind: "Deployment", name: "web", replicas: 2 }] },
	});
	await world.until(
		"taken up",
		async () => (await world.replicas("north")) === 2,
	);
	await world.patch("config", { spec: { targets: null } });
	await world.until("in step", async () => {
		const sides = await Promise.all(
			REGIONS.map((it) => world.side(it, "config")),
		);
		return sides.every((it) => it?.spec.targets === undefined);
	});
	await world.clock.advance(5_000);
	expect(await world.replicas("north")).toBe(2);
});

it("leaves them as they are when it is deleted", async () => {
	const world = await open();
	await world.serving(ofTargets());
	await world.remove(TWIN_SERVICE, "web");
	await world.until("gone", async () => (await world.service()) === undefined);
	expect(await world.replicas("north")).toBe(2);
	expect(await world.replicas("south")).toBe(0);
});

it("costs no write at rest", async () => {
	const world = await open();
	await world.serving(ofTargets());
	await world.clock.advance(30_000);
	world.writes.length = 0;
	await world.clock.advance(120_000);
	expect(world.writes).toEqual([]);
});
