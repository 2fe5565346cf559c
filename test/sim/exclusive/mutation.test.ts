/**
 * Proves that the simulation under grants is worth its name: with one rule
 * taken away it finds two running sides, or one that never comes back.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { MUTATIONS } from "./mutation.ts";

const MAIN = join(import.meta.dirname, "../main.ts");

/** A process of its own: the rule is taken away while it loads. */
async function simulate(...flags: string[]): Promise<string> {
	const found = promisify(execFile)(process.execPath, [MAIN, ...flags]);
	return found.then(
		({ stdout }) => stdout,
		({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
	);
}

describe.each(Object.keys(MUTATIONS))("%s", (name) => {
	it("breaks what is clean with the rule", async () => {
		const clean = await simulate("--course", name, "--runs", "1");
		expect(clean).toMatch(/^1 runs, 0 violations/m);
		const broken = await simulate("--mutate", name, "--runs", "2");
		expect(broken).toMatch(/^2 runs, [12] violations/m);
		expect(broken).toMatch(/never two|liveness/);
	});
});
