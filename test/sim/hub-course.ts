/** Courses of events without grants that one rule each stands against: see test/mutation. */
import type { Fault } from "./fault.ts";
import { lineOf } from "./invariants.ts";
import { type Plan, planFrom } from "./plan.ts";
import { runPlan } from "./run.ts";
import type { Course } from "./told.ts";
import * as user from "./user.ts";

/** Some rules are asked for by few seeds: a change of the plan asks for them in each. */
const course =
	(change: (plan: Plan) => Plan): Course =>
	async (seed) => {
		const { violations, log } = await runPlan(change(planFrom(seed)));
		return { violations: violations.map(lineOf), log };
	};

const northIsLost: Fault = {
	name: "north is lost",
	atMs: 20_000,
	forMs: 60_000,
	begin: (world) => {
		world.die(world.regions.north);
		return () => world.revive(world.regions.north);
	},
};

export const anySeed: Course = course((plan) => plan);

export const deletedWhileLost: Course = course((plan) => ({
	...plan,
	deeds: [{ atMs: 40_000, act: (world) => user.remove(world, "svc0") }],
	faults: [northIsLost],
}));

export const exclusiveLost: Course = course((plan) => ({
	...plan,
	services: plan.services.map((it) => ({
		...it,
		policy: "Exclusive",
		first: "north",
	})),
	faults: [northIsLost, ...plan.faults],
}));
