/** What happens on an ordinary day, and while one region is slow or dead. */
import { describe, expect, it } from "vitest";
import { at } from "../clusters/embedded/json.ts";
import { plain, type RegionName, type Shape } from "./service.ts";
import { Stage } from "./stage.ts";
import * as user from "./user.ts";

const versionIn = (stage: Stage, region: RegionName, name = "web") =>
	at(
		stage.world.kubectl(
			stage.world.regions[region],
			"get",
			{ group: "", version: "v1", plural: "configmaps" },
			{ namespace: "shop", name },
		),
		"data",
		"version",
	);

const openStage = async (
	agent: "None" | "External",
	services: readonly Shape[] = [plain],
) => {
	const stage = new Stage({ agent, services });
	stage.world.start();
	await stage.settled();
	return stage;
};

describe.each(["None", "External"] as const)("agent %s", (agent) => {
	it("starts a service in its preferred region, within seconds, and rests", async () => {
		const stage = new Stage({
			agent,
			services: [{ ...plain, rich: true, first: "south" }],
		});
		stage.world.start();
		expect(await stage.settled()).toBeLessThan(15);
		expect(stage.active()).toBe("south");
		await stage.pass(30);
		const written = stage.writes.length;
		await stage.pass(600);
		expect(stage.writes.slice(written)).toEqual([]);
		expect(stage.end()).toEqual([]);
	});

	it("switches over: the pods of one side are gone before the other starts", async () => {
		const stage = await openStage(agent);
		const { truth } = stage.world;
		user.move(stage.world, "web", { type: "Switchover" });
		await stage.until(
			"north is standby",
			() => stage.role("north") === "Standby",
		);
		expect(stage.role("south")).toBe("Standby");
		await stage.until(
			"south is active",
			() => stage.role("south") === "Active",
		);
		expect(truth.pods("north", "web")).toBe(0);
		await stage.settled();
		expect([...truth.operations.values()][0]?.done).toBe("Complete");
		expect(stage.told("lastTransition")).toMatchObject({
			kind: "Switchover",
			from: "north",
			to: "south",
		});
		user.move(stage.world, "web", { type: "Switchover" });
		await stage.until("it is back", () => stage.active() === "north");
		await stage.settled();
		expect(stage.told("lastTransition")).toMatchObject({ kind: "Failback" });
		expect(stage.end()).toEqual([]);
	});

	it("syncs the other region while one is dead", async () => {
		const stage = await openStage(agent, [{ ...plain, policy: "Manual" }]);
		const { world } = stage;
		world.die(world.regions.south);
		world.agents.south?.kill();
		await stage.pass(60);
		user.change(world, "web", { extra: false });
		const seconds = await stage.until(
			"north has the change",
			() => versionIn(stage, "north") === "2",
		);
		expect(seconds).toBeLessThan(5);
		world.revive(world.regions.south);
		if (agent === "External") world.startAgent("south");
		await stage.settled();
		expect(versionIn(stage, "south")).toBe("2");
		expect(stage.end()).toEqual([]);
	});

	it("is not held up in one region by a slow other one", async () => {
		const stage = await openStage(agent);
		const { world } = stage;
		const mend = world.lines.south.slow(world.random, 400, 450);
		user.change(world, "web", {});
		const seconds = await stage.until(
			"north has the change",
			() => versionIn(stage, "north") === "2",
		);
		// One dry run in the slow region comes first: either both are fit, or nothing is written.
		expect(seconds).toBeLessThan(5);
		await stage.until(
			"south has it too",
			() => versionIn(stage, "south") === "2",
			30,
		);
		mend();
		await stage.settled();
		expect(stage.end()).toEqual([]);
	});

	it("holds a deletion while a region is silent, until it is let go", async () => {
		const stage = await openStage(agent);
		const { world } = stage;
		world.die(world.regions.south);
		world.agents.south?.kill();
		await stage.pass(30);
		user.remove(world, "web");
		await stage.pass(120);
		expect(world.truth.services.has("web")).toBe(true);
		expect(world.truth.side("south", "web")).toBeDefined();
		user.letGo(world, "web", "south");
		await stage.until(
			"the TwinService is gone",
			() => !world.truth.services.has("web"),
		);
		expect(world.truth.pendingDeletions.size).toBe(1);
		world.revive(world.regions.south);
		if (agent === "External") world.startAgent("south");
		await stage.settled();
		expect(world.truth.side("south", "web")).toBeUndefined();
		expect(stage.end()).toEqual([]);
	});

	it("leaves everything running when it is deleted with Orphan", async () => {
		const stage = await openStage(agent, [
			{ ...plain, rich: true, deletionPolicy: "Orphan" },
		]);
		const { world } = stage;
		user.remove(world, "web");
		await stage.settled();
		await stage.pass(60);
		expect(world.truth.pods("north", "web")).toBeGreaterThan(0);
		expect(versionIn(stage, "south")).toBe("1");
		expect(stage.end()).toEqual([]);
	});

	it("moves nothing and syncs nothing while suspended", async () => {
		const stage = await openStage(agent);
		const { world } = stage;
		user.change(world, "web", { suspend: true, version: 1 });
		await stage.pass(30);
		user.change(world, "web", { version: 2 });
		world.die(world.regions.north);
		world.agents.north?.kill();
		await stage.pass(60);
		expect(stage.active()).toBe("north");
		expect(versionIn(stage, "south")).toBe("1");
		world.revive(world.regions.north);
		if (agent === "External") world.startAgent("north");
		await stage.pass(20);
		user.change(world, "web", { suspend: false, version: 2 });
		await stage.settled();
		expect(stage.active()).toBe("north");
		expect(versionIn(stage, "south")).toBe("2");
		expect(stage.end()).toEqual([]);
	});
});
