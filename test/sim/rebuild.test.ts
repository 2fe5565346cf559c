/** Hubs that are wiped, and operators that are killed in the middle of something. */
import { describe, expect, it } from "vitest";
import { plain, type Shape } from "./service.ts";
import { Stage } from "./stage.ts";
import * as user from "./user.ts";

const services: readonly Shape[] = [
	{ ...plain, name: "web", rich: true },
	{ ...plain, name: "shop", policy: "Manual", first: "south" },
	{ ...plain, name: "bank", policy: "Exclusive" },
	{ ...plain, name: "news", mode: "Hot" },
];

describe.each(["None", "External"] as const)("agent %s", (agent) => {
	it("rebuilds a wiped hub without a write to a region", async () => {
		const stage = new Stage({ agent, services });
		const { world } = stage;
		world.start();
		await stage.settled();
		// One has moved: the hub cannot guess from the order of spec.clusters.
		user.move(world, "shop", { type: "Switchover" });
		await stage.until("the move", () => stage.active("shop") === "north");
		await stage.settled();
		const versions = () =>
			Object.values(world.regions).map((it) => it.store.version);
		world.hubProcess?.kill();
		await stage.pass(20);
		const before = versions();
		stage.writes.length = 0;
		world.wipeHub();
		world.startHub();
		await stage.settled(60);
		await stage.pass(60);
		const toRegions = stage.writes.filter((it) => it.cluster !== "hub");
		expect(toRegions).toEqual([]);
		if (agent === "None") expect(versions()).toEqual(before);
		expect(stage.active("web")).toBe("north");
		expect(stage.active("shop")).toBe("north");
		expect(stage.told("activeCluster", "shop")).toBe("north");
		expect(stage.end()).toEqual([]);
	});

	it("sees within seconds that the hub was rebuilt under it", async () => {
		const stage = new Stage({ agent, services });
		const { world } = stage;
		world.start();
		await stage.settled();
		await stage.pass(30);
		world.wipeHub();
		stage.writes.length = 0;
		// A watch from an old version would stay silent for a minute and more.
		expect(await stage.settled(60)).toBeLessThan(10);
		expect(stage.writes.filter((it) => it.cluster !== "hub")).toEqual([]);
		expect(stage.end()).toEqual([]);
	});

	it("concludes nothing about a region that a rebuilt hub cannot read", async () => {
		const stage = new Stage({ agent, services });
		const { world } = stage;
		world.start();
		await stage.settled();
		world.hubProcess?.kill();
		const mend = world.lines.north.cut();
		world.wipeHub();
		stage.writes.length = 0;
		world.startHub();
		await stage.pass(120);
		// Which side serves was never read: that is for a person.
		expect(stage.active("web")).toBe("north");
		expect(stage.condition("PromotionNeeded", "web")).toMatch(/^True/);
		expect(stage.writes.filter((it) => it.cluster === "south")).toEqual([]);
		mend();
		await stage.settled();
		expect(stage.active("web")).toBe("north");
		expect(stage.active("shop")).toBe("south");
		expect(stage.end()).toEqual([]);
	});
});

/** The operator dies while its n-th write is on its way, and is started again. */
async function killedAt(
	nth: number,
	act: (stage: Stage) => void,
	goal: (stage: Stage) => boolean,
): Promise<boolean> {
	const stage = new Stage({ seed: nth, services: [plain] });
	const { world } = stage;
	world.start();
	await stage.settled();
	await stage.pass(30);
	const process = world.hubProcess;
	if (process) process.killAtWrite = process.writes + nth;
	act(stage);
	await stage.until(
		"the goal, or the death",
		() => goal(stage) || process?.state === "dead",
	);
	// A run without a kill has to come to rest before that can be said.
	await stage.pass(20);
	const killed = process?.state === "dead";
	if (process) process.killAtWrite = Number.POSITIVE_INFINITY;
	await stage.pass(2);
	world.startHub();
	await stage.until("the goal", () => goal(stage));
	world.revive(world.regions.north);
	await stage.settled();
	expect(goal(stage)).toBe(true);
	expect(stage.end()).toEqual([]);
	return killed;
}

describe("the operator killed at every write", () => {
	it("of a promotion still promotes", { timeout: 60_000 }, async () => {
		let kills = 0;
		const lose = ({ world }: Stage) => world.die(world.regions.north);
		const goal = (stage: Stage) =>
			stage.role("south") === "Active" &&
			stage.told("activeCluster") === "south" &&
			stage.condition("Available") === "True Serving";
		while (await killedAt(kills + 1, lose, goal)) kills += 1;
		expect(kills).toBeGreaterThanOrEqual(6);
	});

	it("of a switchover still ends it", { timeout: 60_000 }, async () => {
		let kills = 0;
		const move = ({ world }: Stage) =>
			void user.move(world, "web", { type: "Switchover" });
		const goal = (stage: Stage) =>
			stage.active() === "south" &&
			[...stage.world.truth.operations.values()][0]?.done === "Complete";
		while (await killedAt(kills + 1, move, goal)) kills += 1;
		expect(kills).toBeGreaterThanOrEqual(6);
	});
});
