/**
 * Backups of an etcd, put back: unsafe by themselves, and safe by the command
 * that a person runs before anything reaches the restored API server. It is the
 * real command, in virtual time.
 */
import { describe, expect, it } from "vitest";
import { restoreHub, restoreRegion } from "../../../src/cli/command/restore.ts";
import type { Session } from "../../../src/cli/session.ts";
import type { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { OPERATOR_NAMESPACE, type RegionName } from "../service.ts";
import * as user from "../user.ts";
import { GrantStage } from "./stage.ts";
import type { GrantWorld } from "./world.ts";

const SEEDS = [1, 2, 3, 4, 5, 6];

function sessionTo(
	world: GrantWorld,
	plane: ControlPlane,
	context = "restored",
): Session {
	const say = (line: string) => world.journal.say("person", line);
	return {
		api: plane.connect("person").api,
		context,
		server: "",
		namespace: undefined,
		flags: { operatorNamespace: OPERATOR_NAMESPACE },
		clock: world.clock,
		terminal: {
			out: say,
			note: say,
			colour: false,
			interactive: false,
			ask: () => Promise.reject(new Error("nobody is there")),
			interrupted: new AbortController().signal,
		},
		packaged: () => "",
		connect: (twin) =>
			sessionTo(world, world.regions[twin as RegionName], twin),
	};
}

/** Advances the world until what was begun is over; hands on what it threw. */
async function during<T>(stage: GrantStage, work: Promise<T>): Promise<T> {
	let over = false;
	const end = () => {
		over = true;
	};
	work.then(end, end);
	await stage.until("the command to end", () => over, 180);
	return work;
}

/** So many planned moves, each to its end. */
async function moved(stage: GrantStage, times: number): Promise<void> {
	for (let nth = 0; nth < times; nth += 1) {
		const to = stage.runs() === "north" ? "south" : "north";
		user.move(stage.world, "web", { type: "Switchover" });
		await stage.until(`it runs in ${to}`, () => stage.runs() === to);
		await stage.settled();
	}
}

const options = { profile: "Fast", yes: true } as const;

describe("a region's etcd is restored from a backup", () => {
	/** It was active in the north then; south is now, or north again. */
	async function restored(seed: number, moves: number) {
		const stage = await GrantStage.settled(seed);
		const { world } = stage;
		const backup = world.regions.north.store.snapshot();
		await moved(stage, moves);
		world.lose("north");
		await stage.pass(1 + (seed % 3));
		return { stage, open: world.restoreRegion("north", backup) };
	}

	it("without the command it runs twice", async () => {
		const found: string[] = [];
		for (const seed of SEEDS) {
			const { stage, open } = await restored(seed, 1);
			open();
			await stage.pass(40);
			found.push(...stage.end());
		}
		expect(found.join("\n")).toContain("never two");
	});

	it.each(SEEDS)(
		"seed %i: made new by the command, it stands by",
		async (seed) => {
			const { stage, open } = await restored(seed, seed % 3);
			const session = sessionTo(stage.world, stage.world.regions.north);
			const work = restoreRegion(session, "north", {
				...options,
				twin: "south",
			});
			await during(stage, work);
			open();
			await stage.settled();
			expect(stage.runs()).toBe("south");
			expect(stage.condition("Redundant")).toMatch(/^True/);
			expect(stage.end()).toEqual([]);
		},
	);

	it("is refused while an agent reaches it", async () => {
		const { stage } = await restored(1, 1);
		stage.world.startAgent("north");
		const session = sessionTo(stage.world, stage.world.regions.north);
		const work = restoreRegion(session, "north", options);
		await expect(during(stage, work)).rejects.toThrow("an agent still runs");
		stage.end();
	});

	it("is refused for another region's name", async () => {
		const { stage } = await restored(1, 0);
		const session = sessionTo(stage.world, stage.world.regions.north);
		const work = restoreRegion(session, "south", options);
		await expect(during(stage, work)).rejects.toThrow("is meant for north");
		stage.end();
	});
});

describe("the hub's etcd is restored from a backup", () => {
	/** The grants were both renewed by their regions then. */
	async function restored(seed: number) {
		const stage = await GrantStage.settled(seed);
		const { world } = stage;
		const backup = world.hub.store.snapshot();
		await moved(stage, seed % 2);
		world.hubProcess?.kill();
		world.die(world.hub);
		await stage.pass(2 + seed);
		return { stage, open: world.restoreHub(backup) };
	}

	it.each(SEEDS)(
		"seed %i: cleared by the command, nothing moves",
		async (seed) => {
			const { stage, open } = await restored(seed);
			const before = stage.runs();
			const session = sessionTo(stage.world, stage.world.hub);
			await during(stage, restoreHub(session, options));
			open();
			await stage.settled();
			expect(stage.runs()).toBe(before);
			expect(stage.end()).toEqual([]);
		},
	);

	it("is refused while an agent reaches it", async () => {
		const { stage, open } = await restored(1);
		open();
		const session = sessionTo(stage.world, stage.world.hub);
		const work = restoreHub(session, options);
		await expect(during(stage, work)).rejects.toThrow("was written just now");
		stage.end();
	});
});
