/**
 * Looks for seeds that break an invariant:
 *
 *   node test/sim/main.ts --runs 1000 --seed 1     seeds 1 to 1000
 *   node test/sim/main.ts --runs 1 --seed 77 --log   the whole event log of one
 *   node test/sim/main.ts --runs 1000 --hard         more faults, closer together
 */
import { parseArgs } from "node:util";
import { type Outcome, runSeed } from "./run.ts";

const { values } = parseArgs({
	options: {
		runs: { type: "string", default: "100" },
		seed: { type: "string", default: "1" },
		hard: { type: "boolean", default: false },
		log: { type: "boolean", default: false },
	},
});
const runs = Number(values.runs);
const first = Number(values.seed);
let violated = 0;
let slowest = 0;
let saidAt = performance.now();

for (let seed = first; seed < first + runs; seed += 1) {
	const outcome = await runSeed(seed, values.hard);
	slowest = Math.max(slowest, outcome.recoverySeconds);
	if (outcome.violations.length > 0) violated += 1;
	if (outcome.violations.length > 0 || values.log) show(outcome);
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

function show({ plan, violations, log }: Outcome): void {
	console.log(`seed ${plan.seed}, agent ${plan.agent}:`);
	if (values.log || violated <= 1) for (const it of log) console.log(`  ${it}`);
	for (const it of violations) {
		const seconds = (it.atMs / 1_000).toFixed(3);
		console.log(`  seed ${plan.seed} at ${seconds} s: ${it.rule}: ${it.text}`);
	}
}
