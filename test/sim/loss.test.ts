/** What happens when a region, or the hub, falls silent. */
import { describe, expect, it } from "vitest";
import type { Agent } from "./operator.ts";
import { plain, type Shape } from "./service.ts";
import { Stage } from "./stage.ts";
import * as user from "./user.ts";

const LOSS_SECONDS = 11.2;
/** Probes under way, the promotion's own writes, and the pods' start of 2 s. */
const PROMOTION_SECONDS = 6;

async function settledStage(
	agent: Agent,
	changes: Partial<Shape> = {},
): Promise<Stage> {
	const stage = new Stage({ agent, services: [{ ...plain, ...changes }] });
	stage.world.start();
	await stage.settled();
	return stage;
}

describe.each(["None", "External"] as const)("agent %s", (agent) => {
	it("promotes the twin when the region has been silent for D", async () => {
		const stage = await settledStage(agent);
		const { world } = stage;
		expect(stage.active()).toBe("north");
		world.die(world.regions.north);
		world.agents.north?.kill();
		const seconds = await stage.until(
			"the twin is active",
			() => stage.role("south") === "Active",
		);
		expect(seconds).toBeGreaterThan(LOSS_SECONDS);
		expect(seconds).toBeLessThan(LOSS_SECONDS + PROMOTION_SECONDS);
		await stage.until(
			"south serves",
			() =>
				stage.told("activeCluster") === "south" &&
				stage.condition("Available") === "True Serving",
			PROMOTION_SECONDS,
		);
		expect(stage.condition("Redundant")).toBe("False Unreachable");
		expect(stage.told("lastTransition")).toMatchObject({
			kind: "Failover",
			from: "north",
			to: "south",
		});
		expect(stage.end()).toEqual([]);
	});

	it("lets the lost region come back as standby", async () => {
		const stage = await settledStage(agent);
		const { world } = stage;
		world.die(world.regions.north);
		world.agents.north?.kill();
		await stage.until("promotion", () => stage.role("south") === "Active");
		await stage.pass(60);
		const pods = world.truth.pods("south", "web");
		world.revive(world.regions.north);
		if (agent === "External") world.startAgent("north");
		const seconds = await stage.until(
			"north is standby",
			() => stage.active() === "south",
		);
		expect(seconds).toBeLessThan(20);
		await stage.settled(60);
		expect(world.truth.pods("north", "web")).toBe(0);
		expect(world.truth.pods("south", "web")).toBe(pods);
		expect(stage.condition("Redundant")).toMatch(/^True/);
		await stage.pass(120);
		expect(stage.active()).toBe("south");
		expect(stage.end()).toEqual([]);
	});

	it("says PromotionNeeded under Manual, and waits for a person", async () => {
		const stage = await settledStage(agent, { policy: "Manual" });
		const { world } = stage;
		world.die(world.regions.north);
		world.agents.north?.kill();
		await stage.until(
			"PromotionNeeded",
			() => stage.condition("PromotionNeeded")?.startsWith("True") === true,
			LOSS_SECONDS + PROMOTION_SECONDS,
		);
		await stage.pass(120);
		expect(stage.role("south")).toBe("Standby");
		user.move(world, "web", { type: "Failover" });
		const seconds = await stage.until(
			"promotion",
			() => stage.role("south") === "Active",
		);
		expect(seconds).toBeLessThan(PROMOTION_SECONDS);
		await stage.until(
			"the operation is complete",
			() => [...world.truth.operations.values()][0]?.done === "Complete",
			30,
		);
		expect(stage.condition("PromotionNeeded")).toBeUndefined();
		expect(stage.end()).toEqual([]);
	});

	it("never moves an Exclusive service by loss", async () => {
		const stage = await settledStage(agent, { policy: "Exclusive" });
		const { world } = stage;
		world.die(world.regions.north);
		world.agents.north?.kill();
		await stage.pass(180);
		expect(stage.role("south")).toBe("Standby");
		expect(stage.condition("Redundant")).toBe("False NoFencing");
		world.revive(world.regions.north);
		if (agent === "External") world.startAgent("north");
		await stage.settled();
		expect(stage.active()).toBe("north");
		expect(stage.end()).toEqual([]);
	});

	it("freezes when both regions are silent: the hub is cut off", async () => {
		const stage = await settledStage(agent);
		const { world } = stage;
		const mend = [world.lines.north.cut(), world.lines.south.cut()];
		await stage.until(
			"HubIsolated",
			() => stage.condition("Ready")?.endsWith("HubIsolated") === true,
			30,
		);
		await stage.pass(300);
		expect(stage.active()).toBe("north");
		// One is seen again: it is not the time before that counts.
		mend[1]?.();
		const seconds = await stage.until(
			"promotion, after an observation of its own",
			() => stage.role("south") === "Active",
		);
		expect(seconds).toBeGreaterThan(LOSS_SECONDS);
		mend[0]?.();
		await stage.settled();
		expect(stage.active()).toBe("south");
		expect(stage.end()).toEqual([]);
	});

	it("tells by the policy what a cut from the hub alone may do", async () => {
		const services: Shape[] = [
			{ ...plain, name: "available", policy: "Available" },
			{ ...plain, name: "manual", policy: "Manual" },
			{ ...plain, name: "exclusive", policy: "Exclusive" },
		];
		const stage = new Stage({ agent, services });
		const { world } = stage;
		world.start();
		await stage.settled();
		const mend = world.lines.north.cut();
		await stage.pass(60);
		// Available says so: two may be active for a while.
		expect(stage.active("available")).toBe("north,south");
		expect(stage.active("manual")).toBe("north");
		expect(stage.active("exclusive")).toBe("north");
		mend();
		await stage.settled();
		expect(stage.active("available")).toBe("south");
		expect(stage.active("manual")).toBe("north");
		expect(stage.active("exclusive")).toBe("north");
		expect(stage.end()).toEqual([]);
	});

	it("begins the observation anew when the hub operator restarts", async () => {
		const stage = await settledStage(agent);
		const { world } = stage;
		world.die(world.regions.north);
		world.agents.north?.kill();
		await stage.pass(LOSS_SECONDS - 1);
		world.hubProcess?.kill();
		world.startHub();
		const seconds = await stage.until(
			"promotion",
			() => stage.role("south") === "Active",
		);
		expect(seconds).toBeGreaterThan(LOSS_SECONDS);
		expect(seconds).toBeLessThan(LOSS_SECONDS + PROMOTION_SECONDS);
		expect(stage.end()).toEqual([]);
	});

	it("moves nothing while the hub is dead, and nothing when it is back", async () => {
		const stage = await settledStage(agent);
		const { world } = stage;
		world.hubProcess?.kill();
		world.die(world.hub);
		await stage.pass(120);
		world.revive(world.hub);
		world.startHub();
		const before = stage.writes.length;
		await stage.settled();
		await stage.pass(60);
		expect(stage.writes.slice(before)).toEqual([]);
		expect(stage.active()).toBe("north");
		expect(stage.end()).toEqual([]);
	});

	it("promotes nothing while a region answers 403: its API server lives", async () => {
		const stage = await settledStage(agent);
		const { world } = stage;
		const mend = world.lines.north.answers(403);
		await stage.pass(120);
		expect(stage.active()).toBe("north");
		mend();
		await stage.settled();
		expect(stage.end()).toEqual([]);
	});

	it("counts errors throughout D as a loss", async () => {
		const stage = await settledStage(agent);
		const { world } = stage;
		const mend = world.lines.north.answers(503);
		const seconds = await stage.until(
			"promotion",
			() => stage.role("south") === "Active",
		);
		expect(seconds).toBeGreaterThan(LOSS_SECONDS);
		expect(stage.told("lastTransition")).toMatchObject({ reason: "Unhealthy" });
		mend();
		await stage.settled();
		expect(stage.end()).toEqual([]);
	});
});
