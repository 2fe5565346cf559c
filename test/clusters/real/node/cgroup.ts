/**
 * A node's cgroup, in every hierarchy there is: one with cgroup v2, one for
 * each controller with v1. A node's pods live below it, so that all of them
 * are found and ended, also when the kubelet that started them is dead.
 */
import {
	copyFileSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

function hierarchies(): string[] {
	if (existsSync(join(ROOT, "cgroup.controllers"))) return [ROOT];
	return (
		entriesOf(ROOT)
			.map((it) => join(ROOT, it))
			// One hierarchy may have several names: the others are links.
			.filter((it) => lstatSync(it).isDirectory())
			.filter((it) => existsSync(join(it, "cgroup.procs")))
	);
}

/**
 * All pods of a node together would else get as much of a busy machine as one
 * process of it, and every probe in them would run out of time. In the words
 * of cgroup v1 and v2: sixteen times the default.
 */
const WEIGHTS = { "cpu.shares": "16384", "cpu.weight": "1600" } as const;

/** Throws the kernel's refusal. */
export function makeCgroup(name: string): void {
	for (const root of hierarchies()) {
		const path = join(root, name);
		mkdirSync(path, { recursive: true });
		// With v1 a new one has neither, and takes no process until it has.
		for (const file of ["cpuset.cpus", "cpuset.mems"]) {
			if (root === ROOT || !existsSync(join(root, file))) continue;
			copyFileSync(join(root, file), join(path, file));
		}
		for (const [file, weight] of Object.entries(WEIGHTS)) {
			// Absent where the controller is not in this hierarchy.
			if (existsSync(join(path, file))) writeFileSync(join(path, file), weight);
		}
	}
}

/** The paths of all top-level cgroups whose names begin so. */
export function cgroupsOf(prefix: string): string[] {
	return hierarchies().flatMap((root) =>
		entriesOf(root)
			.filter((it) => it.startsWith(prefix))
			.map((it) => join(root, it)),
	);
}

/** Processes in a cgroup and all below it. */
export function processesIn(cgroup: string): number[] {
	return below(cgroup).flatMap((it) => {
		const text = readOr(join(it, "cgroup.procs"));
		return text.split("\n").filter(Boolean).map(Number);
	});
}

/** A frozen process does not even die: runc freezes for moments, and may be killed in one. */
export function thaw(cgroup: string): void {
	for (const it of below(cgroup)) {
		if (readOr(join(it, "freezer.state")).startsWith("FR")) {
			writeFileSync(join(it, "freezer.state"), "THAWED");
		}
		if (readOr(join(it, "cgroup.freeze")).startsWith("1")) {
			writeFileSync(join(it, "cgroup.freeze"), "0");
		}
	}
}

/** Innermost first. One that still has processes stays: the next sweep takes it. */
export function removeCgroup(cgroup: string): void {
	for (const it of below(cgroup).reverse()) {
		try {
			rmdirSync(it);
		} catch {
			// Gone already, or a process in it is still ending.
		}
	}
}

/** The cgroup itself and all below it, outermost first. */
function below(cgroup: string): string[] {
	const children = entriesOf(cgroup).map((it) => join(cgroup, it));
	return [cgroup, ...children.flatMap(below)];
}

/** Directories only; none when it is gone. */
function entriesOf(path: string): string[] {
	try {
		return readdirSync(path, { withFileTypes: true })
			.filter((it) => it.isDirectory())
			.map((it) => it.name);
	} catch {
		return [];
	}
}

function readOr(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}
