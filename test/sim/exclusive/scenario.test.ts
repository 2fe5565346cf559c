/** The scenario table of the protocol with everything in it: what moves, how fast, and what moves nothing. Profile Fast. */
import { describe, expect, it } from "vitest";
import { REGIONS } from "../service.ts";
import * as user from "../user.ts";
import { GrantStage } from "./stage.ts";

const SEEDS = [1, 2];
/** D_h + F, a question of the gate under way, and clocks. */
const STOP_SECONDS = 11;
/** What a grant takes (test/sim/grant), the sides' writes, and the first pod. */
const MOST_SECONDS = 22;

type Act = (stage: GrantStage) => void;

const regionLost: Act = ({ world }) => world.lose("north");

const MOVES: readonly (readonly [string, Act])[] = [
	["region lost", regionLost],
	["region cut from everyone", ({ world }) => void world.isolate("north")],
	["agent dead", ({ world }) => world.killAgents("north")],
];

const STAYS: readonly (readonly [string, Act])[] = [
	["hub lost", ({ world }) => world.die(world.hub)],
	["hub wiped and rebuilt", ({ world }) => world.wipeHub()],
	[
		"region cut from the hub only",
		({ world }) => {
			world.lines.north.cut();
			world.ways.north[0].hub.cut();
		},
	],
	["link between the regions cut", ({ world }) => void world.cutLink()],
	[
		"a region's API server dead, its agent alive",
		({ world }) => world.die(world.regions.north),
	],
];

describe.each(SEEDS)("seed %i", (seed) => {
	it.each(MOVES)("%s: the twin runs", async (_, act) => {
		const stage = await GrantStage.settled(seed);
		act(stage);
		const stopped = await stage.until("it stops", () => stage.runs() === "");
		expect(stopped).toBeLessThan(STOP_SECONDS);
		const taken = await stage.until("it runs", () => stage.runs() === "south");
		expect(stopped + taken).toBeGreaterThan(11.2);
		expect(stopped + taken).toBeLessThan(MOST_SECONDS);
		expect(stage.end()).toEqual([]);
	});

	it.each(STAYS)("%s: nothing moves, nothing stops", async (_, act) => {
		const stage = await GrantStage.settled(seed);
		act(stage);
		const { clock } = stage.world;
		const moved = await clock.advanceUntil(
			() => stage.runs() !== "north",
			30_000,
		);
		expect(moved).toBe(false);
		expect(stage.end()).toEqual([]);
	});

	it("hub lost and later a region lost: stays down, until either is back", async () => {
		const stage = await GrantStage.settled(seed);
		const { world } = stage;
		world.die(world.hub);
		await stage.pass(10);
		world.lose("north");
		await stage.pass(60);
		expect(stage.runs()).toBe("");
		expect(stage.role("south")).toBe("Standby");
		world.revive(world.hub);
		await stage.until("the twin runs", () => stage.runs() === "south");
		expect(stage.end()).toEqual([]);
	});

	it("hub lost and link cut: both stop, and resume with the link", async () => {
		const stage = await GrantStage.settled(seed);
		const { world } = stage;
		const mend = world.cutLink();
		world.die(world.hub);
		const stopped = await stage.until("it stops", () => stage.runs() === "");
		expect(stopped).toBeLessThan(STOP_SECONDS);
		mend();
		const again = await stage.until("it runs", () => stage.runs() === "north");
		expect(again).toBeLessThan(10);
		expect(stage.end()).toEqual([]);
	});

	it("a lost region returns as standby, and nothing moves back", async () => {
		const stage = await GrantStage.settled(seed);
		const { world } = stage;
		world.lose("north");
		await stage.until("the twin runs", () => stage.runs() === "south");
		await stage.pass(10);
		world.bringBack("north");
		await stage.settled(60);
		expect(stage.runs()).toBe("south");
		expect(stage.role("north")).toBe("Standby");
		expect(stage.condition("Redundant")).toMatch(/^True/);
		expect(stage.end()).toEqual([]);
	});

	it("a planned move ends, also when the hub dies during it", async () => {
		const stage = await GrantStage.settled(seed);
		const { world } = stage;
		user.move(world, "web", { type: "Switchover" });
		await stage.until("it gives way", () => stage.role("north") === "Standby");
		world.die(world.hub);
		const seconds = await stage.until(
			"the twin runs",
			() => stage.runs() === "south",
		);
		expect(seconds).toBeLessThan(15);
		expect(REGIONS.map((it) => stage.role(it))).toEqual(["Standby", "Active"]);
		expect(stage.end()).toEqual([]);
	});
});
