/** The demo, as a newcomer runs it; and once with agents that take nothing over, to see that it can fail. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NAME } from "../mutation/mutate.ts";

const DEMO = join(import.meta.dirname, "../../demo/main.ts");
/** Takes rule 7 out, by which an agent takes its twin's grant over. */
const WITHOUT = {
	NODE_OPTIONS: `--import=${join(import.meta.dirname, "../mutation/mutate.ts")}`,
	[NAME]: "no takeover",
};

interface Ended {
	readonly code: number | null;
	readonly text: string;
}

function run(env: Record<string, string> = {}): Promise<Ended> {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, [DEMO], {
			env: { ...process.env, ...env },
			stdio: ["ignore", "pipe", "pipe"],
		});
		let text = "";
		const note = (part: Buffer) => {
			text += part.toString();
		};
		child.stdout.on("data", note);
		child.stderr.on("data", note);
		child.on("close", (code) => resolve({ code, text }));
	});
}

describe.concurrent("the demo", () => {
	it("moves a service from a region that dies to its twin, and back", async () => {
		const { code, text } = await run();
		expect(code, text).toBe(0);
		expect(text).toContain("active in north, standby in south");
		expect(text).toMatch(
			/\d+\.\d +north lost, until every pod was ready in south/,
		);
		expect(text).toContain("old side stopped for sure");
		expect(text).toMatch(/north back, until it stood by with its grant/);
		expect(text).toMatch(/\d+\.\d +switchover to north/);
	});

	it("fails when no grant is taken over", async () => {
		const { code, text } = await run(WITHOUT);
		expect(code, text).toBe(1);
		expect(text).toContain("It did not happen");
		expect(text).toContain("taken over from north");
	});
});
