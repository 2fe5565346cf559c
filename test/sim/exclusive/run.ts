/** One seed of the world with grants, from the first request until everything runs again. */
import { type Random, seeded } from "../../clusters/embedded/seed.ts";
import { Invariants, type Violation } from "../invariants.ts";
import { REGIONS, type Shape } from "../service.ts";
import { type Act, act, actsFrom } from "./act.ts";
import { faultsFrom, type GrantFault } from "./fault.ts";
import { neverTwo, unsettledIn, web } from "./stage.ts";
import { GrantWorld, type GrantWorldOptions } from "./world.ts";

interface GrantPlan extends GrantWorldOptions {
	readonly seed: number;
	readonly faults: readonly GrantFault[];
	/** What people do meanwhile. */
	readonly acts: readonly Act[];
}

export interface GrantOutcome {
	readonly seed: number;
	readonly violations: readonly Violation[];
	/** From ECHO_MS after the last fault until one side of each service runs. */
	readonly recoverySeconds: number;
	readonly log: readonly string[];
}

/** Late writes 40 s, back-off 30 s, a quiet watch 90 s, D_p and the way back. */
const LIVENESS_MS = 200_000;
/** D_h + F, and a request under way. */
const ECHO_MS = 12_000;
const CALM_MS = 20_000;

export function grantPlanFrom(seed: number): GrantPlan {
	const random = seeded(seed * 6_151 + 5);
	const off = (random.below(7) - 3) * 0.003;
	const services = Array.from({ length: 1 + random.below(2) }, (_, nth) =>
		shapeFrom(random, `svc${nth}`),
	);
	return {
		seed,
		rates: { north: 1 + off, south: 1 - off },
		services,
		faults: faultsFrom(random),
		acts: actsFrom(random, services),
	};
}

const shapeFrom = (random: Random, name: string): Shape => ({
	...web,
	name,
	first: REGIONS[random.below(2)] ?? "north",
	workload: random.next() < 0.6 ? "Deployment" : "StatefulSet",
	replicas: 1 + random.below(2),
});

export const runGrantSeed = (seed: number): Promise<GrantOutcome> =>
	runGrantPlan(grantPlanFrom(seed));

async function runGrantPlan(plan: GrantPlan): Promise<GrantOutcome> {
	const world = new GrantWorld(plan);
	const invariants = new Invariants(world);
	neverTwo(world, invariants);
	world.start();
	let over = false;
	void Promise.all([
		...plan.faults.map((it) => fault(world, it)),
		...plan.acts.map((it) => act(world, it)),
	]).then(() => {
		over = true;
	});
	const failed = (): boolean => invariants.violations.length > 0;
	await world.clock.advanceUntil(() => over || failed(), 300_000);
	// Pods run on for so long by what their gates heard before the faults ended:
	// that is not yet a recovery.
	if (!failed()) await world.clock.advanceUntil(failed, ECHO_MS);
	const recoverySeconds = failed() ? 0 : await recover(invariants, world);
	if (!failed()) await world.clock.advanceUntil(failed, CALM_MS);
	if (!failed())
		for (const it of unsettledIn(world)) invariants.report("rest", it);
	world.stop();
	const { seed } = plan;
	const { violations } = invariants;
	return { seed, violations, recoverySeconds, log: world.journal.lines };
}

async function fault(world: GrantWorld, it: GrantFault): Promise<void> {
	await world.clock.sleep(it.atMs);
	world.journal.say("fault", `${it.name}, for ${it.forMs} ms`);
	const end = it.begin(world);
	await world.clock.sleep(it.forMs);
	end();
	world.journal.say("fault", `over: ${it.name}`);
}

async function recover(
	invariants: Invariants,
	world: GrantWorld,
): Promise<number> {
	for (const it of REGIONS)
		if (!world.regions[it].alive) world.bringBack(it);
		else world.startAgent(it);
	if (!world.hub.alive) world.revive(world.hub);
	world.startHub();
	world.journal.say("fault", "all is healed");
	const startMs = world.clock.now();
	let checkedMs = 0;
	const good = (): boolean => {
		if (invariants.violations.length > 0) return true;
		if (world.clock.now() - checkedMs < 250) return false;
		checkedMs = world.clock.now();
		return unsettledIn(world).length === 0;
	};
	if (!(await world.clock.advanceUntil(good, LIVENESS_MS)))
		for (const it of unsettledIn(world)) invariants.report("liveness", it);
	return (world.clock.now() - startMs) / 1_000;
}
