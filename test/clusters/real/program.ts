/** The processes of one cluster: started in the order that they need, killed all at once. */
import { until } from "../wait.ts";
import type { Programs } from "./binaries.ts";
import {
	apiServerFlags,
	controllerFlags,
	etcdFlags,
	kwokFlags,
	type Layout,
	schedulerFlags,
} from "./flag.ts";
import { died, type Program, type Run, start } from "./run.ts";

export interface Wanted {
	readonly controllers: boolean;
	readonly kwok: boolean;
	readonly etcdFlags: readonly string[];
	readonly apiServerFlags: readonly string[];
}

export interface Machinery {
	/** Resolves when `ready` says so; rejects with its log when a program dies. */
	start(ready: () => Promise<boolean>): Promise<void>;
	/** Resolves when every process has ended. */
	kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
	signal(signal: "SIGSTOP" | "SIGCONT"): void;
	alive(): boolean;
}

const START_MS = 120_000;

export function machineryOf(
	run: Run,
	layout: Layout,
	programs: Programs,
	wanted: Wanted,
	enter: readonly string[],
): Machinery {
	let running: Program[] = [];

	function launch(name: string, flags: readonly string[]): void {
		const path = programs.get(name);
		if (!path) throw new Error(`no program ${name}`);
		running.push(start(run, name, [...enter, path, ...flags], layout.dir));
	}

	function living(): Program[] {
		return running.filter((it) => it.alive());
	}

	return {
		async start(ready) {
			if (living().length > 0) throw new Error("started already");
			running = [];
			launch("etcd", [...etcdFlags(layout), ...wanted.etcdFlags]);
			// It waits for etcd by itself.
			launch("kube-apiserver", [
				...apiServerFlags(layout),
				...wanted.apiServerFlags,
			]);
			const servers = running;
			await Promise.race([
				...servers.map((it) => died(it)),
				until(`${layout.dir} to answer`, ready, { timeoutMs: START_MS }),
			]);
			if (wanted.controllers) {
				launch("kube-controller-manager", controllerFlags(layout));
				launch("kube-scheduler", schedulerFlags(layout));
			}
			if (wanted.kwok) launch("kwok", kwokFlags(layout));
		},
		async kill(signal) {
			const all = living();
			for (const it of all) {
				// Unreferenced so far: a test that forgets to stop may still end.
				it.child.ref();
				// A stopped process takes SIGTERM only when it goes on.
				it.child.kill(signal);
				it.child.kill("SIGCONT");
			}
			await Promise.all(all.map((it) => it.ended));
		},
		signal(signal) {
			for (const it of living()) it.child.kill(signal);
		},
		alive: () => living().length > 0,
	};
}
