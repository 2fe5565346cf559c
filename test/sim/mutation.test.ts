/**
 * Proves that the simulation is worth its name: with one rule of the core taken
 * away it must find a violation, within a bounded number of seeds.
 */
import { describe, expect, it, vi } from "vitest";
import type {
	Observation,
	RegionSeen,
} from "../../src/core/hub/observation.ts";
import type { Fault } from "./fault.ts";
import { type Plan, planFrom } from "./plan.ts";
import { runPlan } from "./run.ts";
import * as user from "./user.ts";

const mutations = vi.hoisted(() => ({ on: "" }));

vi.mock("../../src/core/hub/loss.ts", async (original) => {
	const real = await original<typeof import("../../src/core/hub/loss.ts")>();
	const observe: typeof real.observe = (health, probe, timing) =>
		real.observe(
			health,
			probe,
			mutations.on === "no D" ? { ...timing, lossMs: 0 } : timing,
		);
	return { ...real, observe };
});

vi.mock("../../src/core/hub/supersede.ts", async (original) => {
	const real =
		await original<typeof import("../../src/core/hub/supersede.ts")>();
	const supersededRegion: typeof real.supersededRegion = (seen) =>
		mutations.on === "no demotion" ? undefined : real.supersededRegion(seen);
	return { ...real, supersededRegion };
});

vi.mock("../../src/core/hub/deletion.ts", async (original) => {
	const real =
		await original<typeof import("../../src/core/hub/deletion.ts")>();
	const deletionStep: typeof real.deletionStep = (seen) =>
		real.deletionStep(
			mutations.on === "unknown is absent" ? withoutUnknown(seen) : seen,
		);
	return { ...real, deletionStep };
});

vi.mock("../../src/core/hub/operation.ts", async (original) => {
	const real =
		await original<typeof import("../../src/core/hub/operation.ts")>();
	const operationStep: typeof real.operationStep = (seen, operation) =>
		real.operationStep(
			mutations.on === "no wait for pods" ? withPodsGone(seen) : seen,
			operation,
		);
	return { ...real, operationStep };
});

vi.mock("../../src/core/hub/election.ts", async (original) => {
	const real =
		await original<typeof import("../../src/core/hub/election.ts")>();
	const elect: typeof real.elect = (seen, step) =>
		real.elect(
			mutations.on === "Exclusive is promoted" ? asAvailable(seen) : seen,
			step,
		);
	return { ...real, elect };
});

vi.mock("../../src/core/region/podsgone.ts", async (original) => {
	const real =
		await original<typeof import("../../src/core/region/podsgone.ts")>();
	const atOnce = () => mutations.on === "pods are gone at once";
	const isStopped: typeof real.isStopped = (seen) =>
		atOnce() || real.isStopped(seen);
	const arePodsGone: typeof real.arePodsGone = (seen) =>
		atOnce() || real.arePodsGone(seen);
	return { ...real, isStopped, arePodsGone };
});

const mapRegions = (
	seen: Observation,
	map: (region: RegionSeen) => RegionSeen,
): Observation => ({
	...seen,
	regions: [map(seen.regions[0]), map(seen.regions[1])],
});

const withoutUnknown = (seen: Observation): Observation =>
	mapRegions(seen, (it) =>
		it.side.kind === "unknown"
			? { ...it, health: { kind: "Alive" }, side: { kind: "absent" } }
			: it,
	);

const withPodsGone = (seen: Observation): Observation =>
	mapRegions(seen, (it) => {
		if (it.side.kind !== "present") return it;
		const { side } = it.side;
		const status = { ...side.status, podsGoneEpoch: side.status.epoch };
		return { ...it, side: { kind: "present", side: { ...side, status } } };
	});

const asAvailable = (seen: Observation): Observation => ({
	...seen,
	service: {
		...seen.service,
		policy:
			seen.service.policy === "Exclusive" ? "Available" : seen.service.policy,
	},
});

const SEEDS = 60;

const northIsLost: Fault = {
	name: "north is lost",
	atMs: 20_000,
	forMs: 60_000,
	begin: (world) => {
		world.die(world.regions.north);
		return () => world.revive(world.regions.north);
	},
};

/** Some rules are asked for by few seeds: these plans ask for them in each. */
const PLANS: Record<string, (plan: Plan) => Plan> = {
	"unknown is absent": (plan) => ({
		...plan,
		deeds: [{ atMs: 40_000, act: (world) => user.remove(world, "svc0") }],
		faults: [northIsLost],
	}),
	"Exclusive is promoted": (plan) => ({
		...plan,
		services: plan.services.map((it) => ({
			...it,
			policy: "Exclusive",
			first: "north",
		})),
		faults: [northIsLost, ...plan.faults],
	}),
};

/** The rule that was violated first. */
async function firstViolation(mutation: string): Promise<string | undefined> {
	mutations.on = mutation;
	try {
		for (let seed = 1; seed <= SEEDS; seed += 1) {
			const plan = planFrom(seed);
			const { violations } = await runPlan(PLANS[mutation]?.(plan) ?? plan);
			if (violations[0]) return violations[0].rule;
		}
		return undefined;
	} finally {
		mutations.on = "";
	}
}

describe("without a rule of the core", () => {
	const timeout = 120_000;
	it.each([
		["no D", "a loss takes its time"],
		["no demotion", /yields|liveness/],
		["unknown is absent", "liveness"],
		["no wait for pods", /nobody starts beside another|never runs two/],
		["Exclusive is promoted", "Exclusive never moves by loss"],
		["pods are gone at once", "a switchover never runs two"],
	])("%s: the simulation finds it", { timeout }, async (mutation, rule) => {
		expect(await firstViolation(mutation)).toMatch(rule);
	});
});
