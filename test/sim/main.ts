/**
 * Looks for seeds that break an invariant:
 *
 *   npm run sim -- --runs 1000 --seed 1       seeds 1 to 1000, agents with grants
 *   npm run sim -- --runs 100000 --jobs 8      in eight processes
 *   npm run sim -- --runs 1 --seed 77 --log     the whole event log of one
 *   npm run sim -- --world hub --runs 1000      no grants: the hub decides
 *   npm run sim -- --world hub --hard           more faults, closer together
 *   npm run sim -- --profile standard           slower figures
 *   npm run sim -- --mutate "gate ignored"      with a rule taken away, in a course
 *                                               of events that asks for it
 *   npm run sim -- --course "a region lost"     that course, with all rules in place
 */
import { parseArgs } from "node:util";
import { mutate, mutationOf } from "../mutation/mutate.ts";
import { share, type Total } from "./jobs.ts";
import type { Course, Told } from "./told.ts";

const { values } = parseArgs({
	options: {
		runs: { type: "string", default: "100" },
		seed: { type: "string", default: "1" },
		world: { type: "string", default: "grants" },
		profile: { type: "string", default: "fast" },
		mutate: { type: "string" },
		course: { type: "string" },
		hard: { type: "boolean", default: false },
		/** Ends with the first seed that breaks something. */
		first: { type: "boolean", default: false },
		jobs: { type: "string", default: "1" },
		log: { type: "boolean", default: false },
	},
});

interface Outcome extends Told {
	readonly recoverySeconds?: number;
}

type Run = (seed: number) => Promise<Outcome>;

function refuse(why: string): never {
	console.error(why);
	process.exit(2);
}

/** Loaded here, and not above: after the rule has been taken away. */
async function runner(): Promise<Run> {
	if (values.profile.toLowerCase() === "standard")
		process.env.TWIN_OPERATOR_PROFILE = "Standard";
	else if (values.profile.toLowerCase() !== "fast")
		refuse("--profile is fast or standard");
	const mutation =
		values.mutate === undefined ? undefined : mutationOf(values.mutate);
	if (mutation) mutate(mutation);
	const course = values.course ?? mutation?.course;
	if (course !== undefined) return courseOf(course);
	const { lineOf } = await import("./invariants.ts");
	const run =
		values.world === "hub"
			? await import("./run.ts").then(
					({ runSeed }) =>
						(seed: number) =>
							runSeed(seed, values.hard),
				)
			: (await import("./exclusive/run.ts")).runGrantSeed;
	return async (seed) => {
		const outcome = await run(seed);
		return { ...outcome, violations: outcome.violations.map(lineOf) };
	};
}

async function courseOf(name: string): Promise<Course> {
	const { COURSES } = await import("./course.ts");
	const names = Object.keys(COURSES).join("\n  ");
	return COURSES[name] ?? refuse(`no course "${name}"; there are:\n  ${names}`);
}

const runs = Number(values.runs);
const first = Number(values.seed);
const jobs = Number(values.jobs);
if (!Number.isInteger(jobs) || jobs < 1)
	refuse(`--jobs ${values.jobs}: expected a whole number from 1 on`);
if (jobs > 1) {
	const own = ["runs", "seed", "jobs"];
	const args = Object.entries(values)
		.filter(([name, it]) => it !== false && !own.includes(name))
		.map(([name, it]) => (it === true ? `--${name}` : `--${name}=${it}`));
	end(await share(jobs, { runs, first }, args, console.log));
} else {
	end(await runAll(await runner()));
}

async function runAll(run: Run): Promise<Total> {
	let violated = 0;
	let slowestSeconds = 0;
	let done = 0;
	let saidAt = performance.now();
	for (let seed = first; seed < first + runs; seed += 1) {
		const outcome = await run(seed);
		done += 1;
		slowestSeconds = Math.max(slowestSeconds, outcome.recoverySeconds ?? 0);
		if (outcome.violations.length > 0) violated += 1;
		if (outcome.violations.length > 0 || values.log)
			show(seed, outcome, values.log || violated <= 1);
		if (values.first && violated > 0) break;
		if (performance.now() - saidAt > 10_000) {
			saidAt = performance.now();
			console.log(`${done} of ${runs} runs, ${violated} violated so far`);
		}
	}
	return { runs: done, violated, slowestSeconds };
}

/** Without process.exit: what a pipe has not taken yet would be lost. */
function end({ runs, violated, slowestSeconds }: Total): void {
	console.log(
		`${runs} runs, ${violated} violations, slowest recovery ${slowestSeconds.toFixed(1)} s`,
	);
	process.exitCode = violated > 0 ? 1 : 0;
}

function show(
	seed: number,
	{ violations, log }: Outcome,
	whole: boolean,
): void {
	console.log(`seed ${seed}:`);
	if (whole) for (const it of log) console.log(`  ${it}`);
	for (const it of violations) console.log(`  seed ${seed} at ${it}`);
}
