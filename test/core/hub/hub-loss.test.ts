/** What a loss does under each policy, and what is no loss. */
import { describe, expect, it } from "vitest";
import { serviceObject } from "./objects.ts";
import { World } from "./world.ts";

const policy = (name: string) => serviceObject({ promotion: { policy: name } });

describe("a region that is lost", () => {
	it("is left by an Available service, and is standby when it is back", async () => {
		const world = await World.start();
		await world.serving(policy("Available"));
		const at = world.clock.now();
		world.planes.north.die();
		await world.until(
			"promoted",
			async () =>
				(await world.condition("Available")) === "True Serving" &&
				(await world.service())?.status?.activeCluster === "south",
		);
		expect(world.clock.now() - at).toBeGreaterThan(11_200);
		expect(world.clock.now() - at).toBeLessThan(30_000);
		const failed = (await world.service())?.status;
		expect(failed?.lastTransition).toMatchObject({
			kind: "Failover",
			from: "north",
			to: "south",
			epoch: 2,
			reason: "Unreachable",
		});
		expect(failed?.lastTransition?.recoverySeconds).toBeGreaterThan(11);
		expect(failed?.lastTransition?.fencedAt).toBeUndefined();
		expect(failed?.history).toHaveLength(2);
		expect(await world.condition("Redundant")).toBe("False Unreachable");
		world.planes.north.revive();
		await world.until(
			"standby",
			async () => (await world.condition("Redundant")) === "True StandingBy",
		);
		expect(await world.roles()).toBe("Standby/2 Active/1");
		expect(await world.replicas("north")).toBe(0);
		await world.clock.advance(60_000);
		expect(await world.roles()).toBe("Standby/2 Active/1");
	});

	it("says nothing of a region that is back before it has read it", async () => {
		const world = await World.start();
		await world.serving(policy("Available"));
		world.planes.north.die();
		await world.clock.advance(60_000);
		world.writes.length = 0;
		world.planes.north.revive();
		await world.clock.advance(60_000);
		expect(await world.condition("Redundant")).toBe("True StandingBy");
		const what = world.writes.map((it) => it.what);
		// Superseded, stopping, standing by.
		expect(what.filter((it) => it === "TwinService/status")).toHaveLength(3);
		// Of the TwinCluster, and two of the service.
		expect(what.filter((it) => it === "Event")).toHaveLength(3);
	});

	it("is seen by two hubs over one installation, which do not argue", async () => {
		const world = await World.start();
		world.startHub();
		await world.serving(policy("Available"));
		world.planes.north.die();
		await world.clock.advance(60_000);
		world.planes.north.revive();
		// As long as they argued, no time passed here.
		await world.clock.advance(60_000);
		expect(await world.roles()).toBe("Standby/2 Active/1");
		expect(await world.condition("Redundant")).toBe("True StandingBy");
		world.writes.length = 0;
		await world.clock.advance(60_000);
		expect(world.writes).toEqual([]);
	});

	it("makes a Manual service wait for a person", async () => {
		const world = await World.start();
		await world.serving(policy("Manual"));
		world.planes.north.die();
		await world.until(
			"said",
			async () =>
				(await world.condition("PromotionNeeded")) === "True PromotionNeeded",
		);
		await world.clock.advance(60_000);
		expect((await world.side("south"))?.status?.role).toBe("Standby");
		expect(await world.message("PromotionNeeded")).toContain("ifEpoch: 1");
		await world.operate("stale", {
			type: "Failover",
			acknowledgeDataLoss: true,
			ifEpoch: 7,
		});
		await world.clock.advance(2_000);
		const stale = await world.operation("stale");
		expect(stale?.status?.conditions).toContainEqual(
			expect.objectContaining({
				type: "Failed",
				status: "True",
				reason: "EpochMovedOn",
			}),
		);
		await world.operate("go", {
			type: "Failover",
			acknowledgeDataLoss: true,
			ifEpoch: 1,
		});
		await world.until("complete", async () =>
			((await world.operation("go"))?.status?.conditions ?? []).some(
				(it) => it.type === "Complete" && it.status === "True",
			),
		);
		expect((await world.side("south"))?.status?.role).toBe("Active");
		expect(await world.condition("PromotionNeeded")).toBe("none");
		world.planes.north.revive();
		await world.until(
			"standby",
			async () => (await world.roles()) === "Standby/2 Active/1",
		);
	});

	it("moves nothing of an Exclusive service, which says so", async () => {
		const world = await World.start();
		await world.serving(policy("Exclusive"));
		expect(await world.condition("Redundant")).toBe("False NoFencing");
		world.planes.north.die();
		await world.until(
			"said",
			async () => (await world.condition("Stalled")) === "True NoFencing",
		);
		await world.operate("go", {
			type: "Failover",
			acknowledgeDataLoss: true,
			ifEpoch: 1,
		});
		await world.clock.advance(60_000);
		expect((await world.operation("go"))?.status?.conditions).toContainEqual(
			expect.objectContaining({
				type: "Failed",
				status: "True",
				reason: "NoFencing",
			}),
		);
		expect((await world.side("south"))?.status).toMatchObject({
			role: "Standby",
			epoch: 0,
		});
		world.planes.north.revive();
		await world.until(
			"ready",
			async () => (await world.condition("Ready")) === "True Serving",
		);
		expect(await world.roles()).toBe("Active/1 Standby/0");
	});

	it("is not concluded from both regions falling silent", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		world.links.north.cut();
		world.links.south.cut();
		await world.until(
			"isolated",
			async () => (await world.condition("Ready")) === "Unknown HubIsolated",
		);
		await world.clock.advance(60_000);
		world.links.south.mend();
		// Observed anew: not lost before D has passed again.
		await world.clock.advance(9_000);
		expect((await world.side("south"))?.status?.role).toBe("Standby");
		world.links.north.mend();
		await world.until(
			"ready",
			async () => (await world.condition("Ready")) === "True Serving",
		);
		expect(await world.roles()).toBe("Active/1 Standby/0");
	});

	it("is not concluded by a hub that cannot reach its own API server", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		world.links.hub.cut();
		await world.clock.advance(3_000);
		world.planes.north.die();
		await world.clock.advance(60_000);
		expect((await world.side("south"))?.status?.role).toBe("Standby");
		world.links.hub.mend();
		await world.until(
			"promoted",
			async () => (await world.side("south"))?.status?.role === "Active",
		);
	});

	it("is promoted away from by a hub that was started meanwhile", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		world.planes.north.die();
		await world.stopHub();
		world.startHub();
		await world.until(
			"promoted",
			async () => (await world.side("south"))?.status?.role === "Active",
		);
		world.planes.north.revive();
		await world.until(
			"standby",
			async () => (await world.roles()) === "Standby/2 Active/1",
		);
	});

	it("is read anew after isolation, whatever has become of the connections", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		world.links.north.cut();
		world.links.south.cut();
		await world.clock.advance(20_000);
		// South answers first: north is observed anew, then answers too.
		world.links.south.mend();
		await world.clock.advance(3_000);
		const { metadata } = (await world.side("north")) ?? {};
		world.planes.north.breakWatches();
		world.links.north.mend();
		await world.until(
			"ready",
			async () => (await world.condition("Ready")) === "True Serving",
		);
		expect((await world.side("north"))?.metadata.uid).toBe(metadata?.uid);
		expect(await world.roles()).toBe("Active/1 Standby/0");
	});
});
