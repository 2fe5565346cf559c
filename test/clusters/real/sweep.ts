/**
 * Takes away all that a run of test clusters left: processes, network
 * namespaces, cgroups, directory. Mounts go with the last process of the mount
 * namespace that they were made in. Run as a program it is the keeper of one run: it
 * waits until its standard input ends, which the kernel sees to when the
 * owner dies, however it dies, and then sweeps. An exit handler in the owner
 * alone would not run at SIGKILL.
 */
import { execFileSync } from "node:child_process";
import {
	existsSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cgroupsOf, processesIn, removeCgroup, thaw } from "./node/cgroup.ts";

/** In the environment of every process of a run, so that none is overlooked or mistaken. */
export const MARK = "TWIN_OPERATOR_TEST_RUN";
export const RUN_PREFIX = "twin-operator-clusters-";

/** Who owns a run: a process id alone could by now belong to another process. */
export interface Owner {
	readonly pid: number;
	readonly started: string;
}

/** The processes of a run, found by the mark in their environment (Linux). */
export function processesOf(run: string): number[] {
	if (!existsSync("/proc/self/environ")) return pidsWritten(run);
	const mark = `\0${MARK}=${run}\0`;
	return readdirSync("/proc")
		.filter((it) => /^\d+$/.test(it) && Number(it) !== process.pid)
		.filter((it) => `\0${readOr(`/proc/${it}/environ`)}\0`.includes(mark))
		.map(Number);
}

/** Elsewhere than on Linux: the ids that the owner wrote down. */
function pidsWritten(run: string): number[] {
	return readOr(join(tmpdir(), run, "pids"))
		.split("\n")
		.map(Number)
		.filter((it) => it > 1);
}

export function namespacesOf(run: string): string[] {
	if (!existsSync("/run/netns")) return [];
	const prefix = prefixOf(run);
	return readdirSync("/run/netns").filter((it) => it.startsWith(prefix));
}

/** How the names of a run's network namespaces and cgroups begin. */
export function prefixOf(run: string): string {
	return `two-${run.slice(RUN_PREFIX.length)}-`;
}

export async function sweep(run: string): Promise<void> {
	// More than one turn: a process may be starting another while we look.
	for (let turn = 0; turn < 100; turn++) {
		// What runs in containers bears no mark: it is found by its cgroup.
		const cgroups = cgroupsOf(prefixOf(run));
		for (const it of cgroups) thaw(it);
		const all = [...processesOf(run), ...cgroups.flatMap(processesIn)];
		const pids = all.filter((it) => kill(it));
		if (pids.length === 0) break;
		await sleep(50);
	}
	for (const it of cgroupsOf(prefixOf(run))) removeCgroup(it);
	// The namespaces' links, also those that reach out, go with them.
	for (const it of namespacesOf(run)) {
		execFileSync("ip", ["netns", "delete", it], { stdio: "ignore" });
	}
	rmSync(join(tmpdir(), run), { recursive: true, force: true, maxRetries: 5 });
}

/** Sweeps the runs whose owner and keeper are both gone (the machine's memory ran out, say). */
export async function sweepStale(): Promise<void> {
	for (const run of readdirSync(tmpdir())) {
		if (!run.startsWith(RUN_PREFIX)) continue;
		try {
			const text = readFileSync(join(tmpdir(), run, "owner.json"), "utf8");
			const owner = JSON.parse(text) as Owner;
			if (startOf(owner.pid) !== owner.started) await sweep(run);
		} catch {
			// Not readable: another user's, or just being made or swept.
		}
	}
}

/** When a process started, in the kernel's words; empty when there is none. */
export function startOf(pid: number): string {
	const stat = readOr(`/proc/${pid}/stat`);
	if (stat !== "") {
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
	}
	try {
		process.kill(pid, 0);
		return "alive";
	} catch {
		return "";
	}
}

function kill(pid: number): boolean {
	try {
		process.kill(pid, "SIGKILL");
		return true;
	} catch {
		return false;
	}
}

function readOr(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}

if (import.meta.main) {
	const run = basename(process.argv[2] ?? "");
	if (!run.startsWith(RUN_PREFIX)) throw new Error(`not a run: ${run}`);
	for (const it of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(it, () => {});
	process.stdin.resume().on("end", () => void sweep(run));
	writeSync(1, "ready\n");
}
