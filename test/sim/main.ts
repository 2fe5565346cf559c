/**
 * Looks for seeds that break an invariant:
 *
 *   npm run sim -- --runs 1000 --seed 1       seeds 1 to 1000, agents with grants
 *   npm run sim -- --runs 1 --seed 77 --log     the whole event log of one
 *   npm run sim -- --world hub --runs 1000      no grants: the hub decides
 *   npm run sim -- --world hub --hard           more faults, closer together
 *   npm run sim -- --profile standard           slower figures
 *   npm run sim -- --mutate "gate ignored"      with a rule taken away, in a course
 *                                               of events that asks for it
 */
import { parseArgs } from "node:util";
import { MUTATIONS, mutate } from "./exclusive/mutation.ts";
import type { Violation } from "./invariants.ts";

const { values } = parseArgs({
	options: {
		runs: { type: "string", default: "100" },
		seed: { type: "string", default: "1" },
		world: { type: "string", default: "grants" },
		profile: { type: "string", default: "fast" },
		mutate: { type: "string" },
		/** The course of events of a mutation, with all rules in place. */
		course: { type: "string" },
		hard: { type: "boolean", default: false },
		log: { type: "boolean", default: false },
	},
});

interface Outcome {
	readonly violations: readonly Violation[];
	readonly recoverySeconds: number;
	readonly log: readonly string[];
}

type Run = (seed: number) => Promise<Outcome>;

function refuse(why: string): never {
	console.error(why);
	process.exit(2);
}

function mutationOf(name: string) {
	const names = Object.keys(MUTATIONS).join(", ");
	return MUTATIONS[name] ?? refuse(`no mutation ${name}; there are: ${names}`);
}

/** Loaded here, and not above: after the rule has been taken away. */
async function runner(): Promise<Run> {
	if (values.profile.toLowerCase() === "standard")
		process.env.TWIN_OPERATOR_PROFILE = "Standard";
	else if (values.profile.toLowerCase() !== "fast")
		refuse("--profile is fast or standard");
	if (values.mutate !== undefined) mutate(mutationOf(values.mutate));
	if (values.world === "hub") {
		const { runSeed } = await import("./run.ts");
		return (seed) => runSeed(seed, values.hard);
	}
	const { runGrantCourse, runGrantSeed } = await import("./exclusive/run.ts");
	const course = values.mutate ?? values.course;
	if (course === undefined) return runGrantSeed;
	const { plan } = mutationOf(course);
	return (seed) => runGrantCourse(seed, plan);
}

const run = await runner();
const runs = Number(values.runs);
const first = Number(values.seed);
let violated = 0;
let slowest = 0;
let saidAt = performance.now();

for (let seed = first; seed < first + runs; seed += 1) {
	const outcome = await run(seed);
	slowest = Math.max(slowest, outcome.recoverySeconds);
	if (outcome.violations.length > 0) violated += 1;
	if (outcome.violations.length > 0 || values.log) show(seed, outcome);
	if (performance.now() - saidAt > 10_000) {
		saidAt = performance.now();
		const done = seed - first + 1;
		console.log(`${done} of ${runs} runs, ${violated} violated so far`);
	}
}
console.log(
	`${runs} runs, ${violated} violations, slowest recovery ${slowest.toFixed(1)} s`,
);
process.exitCode = violated > 0 ? 1 : 0;

function show(seed: number, { violations, log }: Outcome): void {
	console.log(`seed ${seed}:`);
	if (values.log || violated <= 1) for (const it of log) console.log(`  ${it}`);
	for (const it of violations) {
		const seconds = (it.atMs / 1_000).toFixed(3);
		console.log(`  seed ${seed} at ${seconds} s: ${it.rule}: ${it.text}`);
	}
}
