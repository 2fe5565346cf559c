/** The real nodes themselves: what the other tests of this layer rely on. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, it } from "vitest";
import { closeRun } from "../clusters/real/cluster.ts";
import { cgroupsOf, processesIn } from "../clusters/real/node/cgroup.ts";
import { APP } from "../clusters/real/node/image.ts";
import { namespacesOf, prefixOf, processesOf } from "../clusters/real/sweep.ts";
import { until } from "../clusters/wait.ts";

afterAll(closeRun);

const SETTINGS = [
	"vm/overcommit_memory",
	"kernel/panic",
	"kernel/panic_on_oops",
];
const settings = () =>
	SETTINGS.map((it) => readFileSync(join("/proc/sys", it), "utf8"));
const mounts = () => readFileSync("/proc/self/mounts", "utf8").split("\n");
const links = () =>
	execFileSync("ip", ["-o", "link"], { encoding: "utf8" }).split("\n");

/** Starts a process that owns a region with a running pod; answers the run's name. */
async function owner(signal: "SIGKILL" | "SIGINT"): Promise<string> {
	const file = join(import.meta.dirname, "owner.ts");
	const child = spawn(process.execPath, [file, APP], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	for await (const line of createInterface({ input: child.stdout })) {
		const run = basename(line);
		expect(processesOf(run).length).toBeGreaterThan(5);
		const inPods = cgroupsOf(prefixOf(run)).flatMap(processesIn);
		expect(inPods.length).toBeGreaterThan(0);
		child.kill(signal);
		return run;
	}
	throw new Error("the owner ended without a word");
}

it.each(["SIGKILL", "SIGINT"] as const)(
	"a node runs a pod, and leaves nothing when its owner gets %s",
	async (signal) => {
		const before = settings();
		const run = await owner(signal);
		const tag = prefixOf(run).slice(0, -1);
		await until("everything to be gone", () => {
			// Other runs may come and go meanwhile.
			const named = [...mounts(), ...links()].filter((it) => it.includes(tag));
			const left = [
				...processesOf(run),
				...namespacesOf(run),
				...cgroupsOf(prefixOf(run)),
				...[join(tmpdir(), run)].filter((it) => existsSync(it)),
				...named,
			];
			if (left.length > 0) throw new Error(left.join(", "));
			return true;
		});
		expect(settings()).toEqual(before);
	},
);
