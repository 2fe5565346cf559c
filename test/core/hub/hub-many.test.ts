/** Many services, slow regions, changed credentials: nobody waits for somebody else. */
import { describe, expect, it } from "vitest";
import { SECRET, TWIN_SERVICE } from "../../../src/api/kind.ts";
import { OPERATOR_NAMESPACE, said, serviceObject } from "./objects.ts";
import { World } from "./world.ts";

const names = (n: number) => Array.from({ length: n }, (_, at) => `s${at}`);

async function allServe(world: World, all: readonly string[]): Promise<void> {
	for (const name of all)
		await world.create(TWIN_SERVICE, serviceObject({}, name));
	await world.until("all serve", async () => {
		for (const name of all)
			if (!(await world.condition("Ready", name)).startsWith("True"))
				return false;
		return true;
	});
}

describe("a mass loss", () => {
	it("of 80 services is one wish each, and over within seconds of the loss", async () => {
		const world = await World.start();
		const all = names(80);
		await allServe(world, all);
		await world.clock.advance(10_000);
		for (const it of [world.links.south, world.links.hub]) it.latencyMs = 20;
		world.writes.length = 0;
		world.planes.north.die();
		const at = world.clock.now();
		await world.until("all promoted", async () => {
			for (const name of all)
				if ((await world.side("south", name))?.status?.role !== "Active")
					return false;
			return true;
		});
		expect(world.clock.now() - at).toBeLessThan(20_000);
		const wishes = world.writes.filter(
			(it) => it.cluster === "south" && it.what === "TwinSide",
		);
		expect(wishes).toHaveLength(all.length);
		expect(world.writes.filter((it) => it.cluster === "north")).toEqual([]);
	});
});

describe("a restart of the hub", () => {
	// More services than have their turn at once: the first ones are looked at before any region has answered.
	it("writes nothing, with 100 services", async () => {
		const world = await World.start();
		const all = names(100);
		await allServe(world, all);
		await world.clock.advance(10_000);
		await world.stopHub();
		world.writes.length = 0;
		world.startHub();
		await world.clock.advance(60_000);
		expect(world.writes).toEqual([]);
		await world.patch("s99", { spec: { standby: { mode: "Hot" } } });
		await world.until(
			"is at work again",
			async () => (await world.replicas("south", "s99")) === 1,
		);
	});
});

describe("a slow region", () => {
	it("does not delay what is done in the other one", async () => {
		const world = await World.start();
		const all = names(30);
		await allServe(world, all);
		await world.clock.advance(5_000);
		// Probes pass; everything else takes its time.
		world.links.north.intervene = (passing) =>
			passing.resource.kind === "Namespace"
				? undefined
				: { thereMs: 8_000, backMs: 500 };
		const at = world.clock.now();
		const spec = { promotion: { policy: "Manual" } };
		for (const name of all) await world.patch(name, { spec });
		await world.until("south knows", async () => {
			for (const name of all)
				if ((await world.side("south", name))?.spec.policy !== "Manual")
					return false;
			return true;
		});
		expect(world.clock.now() - at).toBeLessThan(3_000);
	});
});

describe("credentials", () => {
	it("are exchanged without a gap", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.person.hub.request({
			verb: "merge",
			resource: SECRET,
			namespace: OPERATOR_NAMESPACE,
			name: "north",
			body: { data: { kubeconfig: Buffer.from("north ").toString("base64") } },
			timeoutMs: 1_000,
		});
		await world.clock.advance(2_000);
		const bad = await world.twinCluster("north");
		expect(said(bad?.status?.conditions, "CredentialsValid")).toBe(
			"False CredentialsInvalid",
		);
		// What still works goes on until there is something better.
		expect(said(bad?.status?.conditions, "Reachable")).toBe("True Answering");
		await world.patch("web", { spec: { standby: { mode: "Hot" } } });
		await world.until(
			"synced",
			async () => (await world.replicas("south")) === 1,
		);
		expect(await world.roles()).toBe("Active/1 Standby/0");
	});

	it("that the region refuses are not a loss", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		const refuse = (status: number, reason: string) => () => ({
			instead: { kind: "refused", status, reason, message: reason } as const,
		});
		world.links.north.intervene = refuse(401, "Unauthorized");
		await world.clock.advance(60_000);
		world.links.north.intervene = refuse(403, "Forbidden");
		await world.clock.advance(3_000);
		const north = await world.twinCluster("north");
		expect(
			north?.status?.conditions?.find((it) => it.type === "CredentialsValid")
				?.message,
		).toContain("Forbidden");
		expect((await world.side("south"))?.status?.role).toBe("Standby");
		expect(await world.condition("Stalled")).toBe("True CredentialsInvalid");
		world.links.north.intervene = undefined;
		await world.until(
			"ready",
			async () => (await world.condition("Ready")) === "True Serving",
		);
	});

	it("and 5xx throughout D are one, with a reason of their own", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		world.links.north.intervene = () => ({
			instead: { kind: "failing", status: 503, message: "etcd is down" },
		});
		await world.until(
			"promoted",
			async () => (await world.side("south"))?.status?.role === "Active",
		);
		const move = (await world.service())?.status?.lastTransition;
		expect(move?.reason).toBe("Unhealthy");
		const north = await world.twinCluster("north");
		expect(said(north?.status?.conditions, "Reachable")).toBe(
			"False Unhealthy",
		);
	});
});
