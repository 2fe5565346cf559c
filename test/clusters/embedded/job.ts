import type { Hands } from "./hands.ts";
import { at, type Dict } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { nameOf } from "./lister.ts";
import { isReady, podStatus } from "./pod.ts";
import { suffixFrom } from "./seed.ts";
import type { ApiServer } from "./server.ts";

/** Stands for the controller of Jobs: one pod each, which succeeds; `later` runs when its work is done. */
export function runJob(
	server: ApiServer,
	hands: Hands,
	kind: Kind,
	job: Dict,
	later: (act: () => void) => void,
): void {
	if (
		at(job, "status", "completionTime") ||
		at(job, "spec", "suspend") === true
	)
		return;
	const pods = hands.podsOf(job);
	if (pods.length === 0) {
		hands.status(kind, job, {
			startTime: server.now(),
			active: 1,
			ready: 0,
			terminating: 0,
		});
		hands.create(
			job,
			kind,
			`${nameOf(job)}-${suffixFrom(server.store.random)}`,
		);
		return;
	}
	if (!pods.some(isReady)) return;
	later(() => {
		const time = server.now();
		for (const it of pods)
			hands.status(hands.kind("pods"), it, podStatus(it, time, "Succeeded"));
		const done = {
			type: "Complete",
			status: "True",
			reason: "CompletionsReached",
			message: "Reached expected number of succeeded pods",
			lastProbeTime: time,
			lastTransitionTime: time,
		};
		hands.status(kind, job, {
			startTime: at(job, "status", "startTime") ?? time,
			completionTime: time,
			succeeded: 1,
			ready: 0,
			terminating: 0,
			conditions: [done],
		});
	});
}
