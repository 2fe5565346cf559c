/** One seed, from the first request to the rest after the last fault. */

import { Invariants, type Violation } from "./invariants.ts";
import { type Plan, planFrom } from "./plan.ts";
import { isWrite } from "./process.ts";
import { unsettled } from "./settled.ts";
import * as user from "./user.ts";
import { World } from "./world.ts";

export interface Outcome {
	readonly plan: Plan;
	readonly violations: readonly Violation[];
	/** From the end of the last fault until everything was as wanted. */
	readonly recoverySeconds: number;
	readonly log: readonly string[];
}

/** Longest back-off 30 s, a watch that went quiet 90 s, late writes 40 s, and some turns. */
export const LIVENESS_MS = 240_000;
const CALM_MS = 45_000;
const REST_MS = 120_000;

export async function runSeed(seed: number, hard = false): Promise<Outcome> {
	return runPlan(planFrom(seed, hard));
}

export async function runPlan(plan: Plan): Promise<Outcome> {
	const world = new World(plan);
	const invariants = new Invariants(world);
	world.start();
	const ending = Promise.all([
		...plan.faults.map((it) => fault(world, it)),
		...plan.deeds.map((it) => deed(world, it)),
	]);
	let over = false;
	void ending.then(() => {
		over = true;
	});
	const failed = (): boolean => invariants.violations.length > 0;
	await world.clock.advanceUntil(() => over || failed(), 600_000);
	if (!failed() && !over) invariants.report("liveness", "the plan has no end");
	const recoverySeconds = failed() ? 0 : await recover(invariants);
	if (!failed()) await rest(invariants);
	world.stop();
	return {
		plan,
		violations: invariants.violations,
		recoverySeconds,
		log: world.journal.lines,
	};
}

async function fault(world: World, it: Plan["faults"][number]): Promise<void> {
	await world.clock.sleep(it.atMs);
	world.journal.say("fault", `${it.name}, for ${it.forMs} ms`);
	const end = it.begin(world);
	await world.clock.sleep(it.forMs);
	end();
	world.journal.say("fault", `over: ${it.name}`);
}

/** A person whose request is refused, or who finds no hub, tries again. */
async function deed(world: World, it: Plan["deeds"][number]): Promise<void> {
	await world.clock.sleep(it.atMs);
	while (!world.hub.alive) await world.clock.sleep(1_000);
	it.act(world);
}

async function recover(invariants: Invariants): Promise<number> {
	const { world } = invariants;
	const failed = (): boolean => invariants.violations.length > 0;
	world.journal.say("fault", "all is healed");
	for (const [name, shape] of world.shapes)
		if (shape.suspend) user.change(world, name, { suspend: false });
	const startMs = world.clock.now();
	let checkedMs = 0;
	const settled = (): boolean => {
		if (failed()) return true;
		if (world.clock.now() - checkedMs < 250) return false;
		checkedMs = world.clock.now();
		return unsettled(world).length === 0;
	};
	if (!(await world.clock.advanceUntil(settled, LIVENESS_MS)))
		for (const it of unsettled(world)) invariants.report("liveness", it);
	return (world.clock.now() - startMs) / 1_000;
}

/** Nothing is written when there is nothing to do, and nothing moves any more. */
async function rest(invariants: Invariants): Promise<void> {
	const { world } = invariants;
	await world.clock.advance(CALM_MS);
	world.journal.say("fault", "rest begins");
	const witness = world.witness;
	if (!witness) return;
	world.witness = {
		...witness,
		onSend: (by, cluster, call) => {
			witness.onSend(by, cluster, call);
			const { kind } = call.resource;
			if (isWrite(call) && kind !== "Lease")
				invariants.report(
					"no write at rest",
					`${by.name} ${call.verb} ${kind} ${call.name ?? ""} ${call.subresource ?? ""} in ${cluster}: ${JSON.stringify(call.body)?.slice(0, 600)}`,
				);
		},
	};
	await world.clock.advanceUntil(
		() => invariants.violations.length > 0,
		REST_MS,
	);
	for (const it of unsettled(world)) invariants.report("rest", it);
}
