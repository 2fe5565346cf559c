/**
 * Proves that the simulation is worth its name: each course of events comes
 * clean through with all rules in place, and with one taken away it does not.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Mutation } from "../mutation/mutation.ts";
import { MUTATIONS } from "../mutation/table.ts";
import { COURSES } from "./course.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const SEEDS = 3;
/** Of each course with all rules in place. */
const CLEAN = 3;

/** A process of its own: the rule is taken away while it loads. */
async function simulate(...flags: string[]): Promise<string> {
	const found = promisify(execFile)(process.execPath, [MAIN, ...flags]);
	return found.then(
		({ stdout }) => stdout,
		({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
	);
}

const courses = new Set(Object.values(MUTATIONS).map((it) => it.course));

describe("with all rules", () => {
	it.each([...courses])("%s: nothing is found", async (name) => {
		for (let seed = 1; seed <= CLEAN; seed++) {
			const told = await COURSES[name]?.(seed);
			expect(told?.violations, told?.log.slice(-80).join("\n")).toEqual([]);
		}
	});
});

describe("without a rule", () => {
	it.each(Object.entries<Mutation>(MUTATIONS))(
		"%s: found",
		async (name, { found, seeds = SEEDS }) => {
			const broken = await simulate(
				"--mutate",
				name,
				"--first",
				"--runs",
				String(seeds),
			);
			expect(broken).toMatch(/^\d+ runs, 1 violations/m);
			const violations = broken.match(/^ {2}seed .*/gm) ?? [];
			expect(violations.join("\n"), broken).toMatch(found);
		},
	);
});

it("has no course that no rule asks for", () => {
	expect([...courses].sort()).toEqual(Object.keys(COURSES).sort());
});
