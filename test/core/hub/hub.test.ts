/** The hub operator over three embedded control planes, in virtual time. */
import { describe, expect, it } from "vitest";
import { TWIN_SERVICE } from "../../../src/api/kind.ts";
import { serviceObject } from "./objects.ts";
import { World } from "./world.ts";

const becomesSpoken = (world: World) =>
	world.until("a first status", async () => {
		const it = await world.service();
		return it?.status?.observedGeneration === it?.metadata?.generation;
	});
const policy = (name: string) => serviceObject({ promotion: { policy: name } });

describe("a service", () => {
	it("is born with both sides, active in the preferred region", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		expect(await world.roles()).toBe("Active/1 Standby/0");
		const { status } = (await world.service()) ?? {};
		expect(status).toMatchObject({
			activeCluster: "north",
			standbyCluster: "south",
			epoch: 1,
			decisions: [{ clusterName: "north" }],
			lastTransition: { kind: "Creation", to: "north", epoch: 1 },
		});
		expect(await world.condition("Redundant")).toBe("True StandingBy");
		expect(await world.condition("Synced")).toBe("True Applied");
		expect(await world.replicas("north")).toBe(2);
		expect(await world.replicas("south")).toBe(0);
	});

	it("names no region, rather than nothing, before one was active: an ApplicationSet stops at a missing list", async () => {
		const world = new World();
		await world.register();
		await world.create(TWIN_SERVICE, serviceObject());
		const decisions = async () => (await world.service())?.status?.decisions;
		expect(await decisions()).toEqual([]);
		world.links.north.cut();
		world.startHub();
		await becomesSpoken(world);
		expect(await decisions()).toEqual([]);
	});

	it("costs no write at rest, and none when the hub starts again", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.clock.advance(30_000);
		world.writes.length = 0;
		await world.clock.advance(120_000);
		await world.stopHub();
		world.startHub();
		await world.clock.advance(60_000);
		expect(world.writes).toEqual([]);
	});

	it("follows its manifests in both regions, with one write each", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.clock.advance(5_000);
		world.writes.length = 0;
		const changed = serviceObject({ standby: { mode: "Hot", replicas: 1 } });
		await world.patch("web", { spec: changed.spec });
		await world.until("hot", async () => (await world.replicas("south")) === 1);
		const sides = world.writes.filter((it) => it.what === "TwinSide");
		expect(sides.map((it) => it.cluster).sort()).toEqual(["north", "south"]);
		await world.until("ready", async () =>
			(await world.condition("Ready")).startsWith("True"),
		);
	});

	it("is left alone while it is suspended", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.patch("web", { spec: { suspend: true } });
		await world.until("told", async () =>
			(await world.condition("Synced")).endsWith("Suspended"),
		);
		await world.patch("web", { spec: { standby: { mode: "Hot" } } });
		world.links.north.cut();
		await world.clock.advance(60_000);
		expect(await world.replicas("south")).toBe(0);
		expect((await world.side("south"))?.status?.role).toBe("Standby");
		world.links.north.mend();
		await world.clock.advance(5_000);
		await world.patch("web", { spec: { suspend: null } });
		await world.until(
			"synced",
			async () => (await world.replicas("south")) === 1,
		);
	});
});

describe("a TwinOperation", () => {
	it("switches over: down before up, and back", async () => {
		const world = await World.start();
		await world.serving(policy("Exclusive"));
		await world.operate("there", { type: "Switchover" });
		await world.until("complete", async () =>
			((await world.operation("there"))?.status?.conditions ?? []).some(
				(it) => it.type === "Complete" && it.status === "True",
			),
		);
		expect(await world.roles()).toBe("Standby/2 Active/1");
		const status = (await world.operation("there"))?.status;
		expect(status).toMatchObject({ from: "north", to: "south", epoch: 1 });
		expect(status?.stages?.map((it) => it.name)).toEqual([
			"Started",
			"OldStopped",
			"Activated",
			"Ready",
		]);
		const move = (await world.service())?.status?.lastTransition;
		expect(move).toMatchObject({
			kind: "Switchover",
			operation: "there",
			epoch: 3,
		});
		expect(Date.parse(move?.fencedAt ?? "")).toBeLessThanOrEqual(
			Date.parse(move?.activatedAt ?? ""),
		);
		await world.operate("back", { type: "Switchover", to: "north" });
		await world.until(
			"back",
			async () => (await world.roles()) === "Active/3 Standby/2",
		);
		await world.until(
			"ready",
			async () => (await world.condition("Ready")) === "True Serving",
		);
		expect((await world.service())?.status?.lastTransition?.kind).toBe(
			"Failback",
		);
	});

	it("goes on after the hub was restarted in the middle", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.operate("there", { type: "Switchover" });
		await world.until("half way", async () =>
			(await world.roles()).startsWith("Standby/2"),
		);
		await world.stopHub();
		world.startHub();
		await world.until(
			"complete",
			async () => (await world.roles()) === "Standby/2 Active/1",
		);
	});
});
