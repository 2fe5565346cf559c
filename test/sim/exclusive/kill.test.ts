/**
 * Hub operator and agents are killed at every single write of a takeover, a
 * return, a switchover and a failback, for all n until a run ends unharmed; each
 * time it ends right, and never two run.
 */
import { describe, expect, it } from "vitest";
import type { Process } from "../process.ts";
import type { RegionName } from "../service.ts";
import * as user from "../user.ts";
import { GrantStage, unsettledIn } from "./stage.ts";

interface Course {
	readonly name: string;
	readonly victims: readonly Victim[];
	/** What comes before the first write that counts. */
	readonly before?: (stage: GrantStage) => Promise<unknown>;
	readonly act: (stage: GrantStage) => void;
	readonly runsIn: RegionName;
	/** A lost region is not settled. */
	readonly done: (stage: GrantStage) => boolean;
}

type Victim = "hub" | RegionName;
const ALL: readonly Victim[] = ["hub", "north", "south"];
/** A pod is restarted about so soon. */
const RESTART_SECONDS = 1.5;

const lose = async (stage: GrantStage): Promise<void> => {
	stage.world.lose("north");
	await stage.until("the twin runs", () => stage.runs() === "south");
	await stage.pass(5);
};
const settled = ({ world }: GrantStage): boolean =>
	unsettledIn(world).length === 0;
const moved =
	(to: RegionName) =>
	(stage: GrantStage): boolean =>
		stage.role(to) === "Active" && settled(stage);
const move = ({ world }: GrantStage): void => {
	user.move(world, "web", { type: "Switchover" });
};

const COURSES: readonly Course[] = [
	{
		name: "takeover",
		victims: ["hub", "south"],
		act: ({ world }) => world.lose("north"),
		runsIn: "south",
		done: (stage) => stage.runs() === "south",
	},
	{
		name: "return",
		victims: ALL,
		before: lose,
		act: ({ world }) => world.bringBack("north"),
		runsIn: "south",
		done: settled,
	},
	{
		name: "switchover",
		victims: ALL,
		act: move,
		runsIn: "south",
		done: moved("south"),
	},
	{
		name: "failback",
		victims: ALL,
		before: async (stage) => {
			await lose(stage);
			stage.world.bringBack("north");
			await stage.settled();
		},
		act: move,
		runsIn: "north",
		done: moved("north"),
	},
];

const CASES = COURSES.flatMap((course) =>
	course.victims.map((victim) => ({ ...course, course, victim })),
);

describe("killed at its n-th write, for every n", () => {
	it.each(CASES)("$name: $victim", async ({ course, victim }) => {
		let n = 1;
		while (await killedAt(course, victim, n)) n += 1;
		console.log(`${course.name}, ${victim}: killed ${n - 1} times`);
		expect(n).toBeGreaterThan(course.name === "takeover" ? 3 : 1);
	});
});

/** False: it was over before the n-th write. */
async function killedAt(
	course: Course,
	victim: Victim,
	n: number,
): Promise<boolean> {
	const stage = await GrantStage.settled(n);
	const { world } = stage;
	await course.before?.(stage);
	course.act(stage);
	const process = processOf(stage, victim);
	process.killAtWrite = process.writes + n;
	const dead = () => process.state === "dead";
	const { clock } = world;
	await clock.advanceUntil(() => dead() || course.done(stage), 120_000);
	const killed = dead();
	process.killAtWrite = Number.POSITIVE_INFINITY;
	if (killed) {
		await stage.pass(RESTART_SECONDS);
		if (victim === "hub") world.startHub();
		else world.startAgent(victim);
	}
	const what = `${course.name} after the death of ${victim} at write ${n}`;
	await stage.until(what, () => course.done(stage), 120);
	expect(stage.runs(), what).toBe(course.runsIn);
	expect(stage.end(), what).toEqual([]);
	return killed;
}

function processOf({ world }: GrantStage, victim: Victim): Process {
	const found = victim === "hub" ? world.hubProcess : world.agents[victim];
	if (!found) throw new Error(`${victim} does not run`);
	return found;
}
