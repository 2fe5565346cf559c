/** Stops the Jobs of a side and counts its pods, by consistent lists. */
import { JOB, POD, type Resource } from "../../api/kind.ts";
import { SIDE } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { hasGate, isGatedJob } from "../../core/region/exclusive/gated.ts";
import { isHeldPod } from "../../core/region/held.ts";
import { isFinishedPod, isUnfinishedJob } from "../../core/region/podsgone.ts";
import { listPages } from "../lister.ts";
import { REQUEST_TIMEOUT_MS } from "./context.ts";
import type { Writing } from "./write.ts";

/** Undefined: not known. Without a resourceVersion, so that the answer is not from a cache. */
async function list(
	to: Writing,
	resource: Resource,
): Promise<readonly KubeObject[] | undefined> {
	const found = new Map<string | undefined, KubeObject>();
	const fault = await listPages(
		to.api,
		{
			resource,
			namespace: to.side.namespace,
			query: { labelSelector: `${SIDE}=${to.side.name}` },
			timeoutMs: REQUEST_TIMEOUT_MS,
			signal: to.signal,
		},
		(items) => {
			for (const it of items) found.set(it.metadata.uid, it);
		},
	);
	return fault ? undefined : [...found.values()];
}

/** True when no unfinished Job was there. */
export async function stopJobs(to: Writing): Promise<boolean> {
	const jobs = await list(to, JOB);
	if (!jobs) return false;
	const running = jobs.filter(isUnfinishedJob);
	await Promise.all(
		running.map((it) =>
			to.api.request({
				verb: "delete",
				resource: JOB,
				namespace: to.side.namespace,
				name: it.metadata.name ?? "",
				body: {
					preconditions: { uid: it.metadata.uid },
					propagationPolicy: "Background",
				},
				timeoutMs: REQUEST_TIMEOUT_MS,
				signal: to.signal,
			}),
		),
	);
	return running.length === 0;
}

/** Not finished, and not held at their gate. */
export async function countPods(to: Writing): Promise<number | undefined> {
	const pods = await list(to, POD);
	return pods?.filter((it) => !isFinishedPod(it) && !isHeldPod(it)).length;
}

/** Rule 22: pods without a gate, terminating ones too, and Jobs that would make such. */
export async function countUngated(to: Writing): Promise<number | undefined> {
	const hasJobs = to.side.parts.some((it) => it.kind === "CronJob");
	// Jobs first: one that ends in between has its pods in the second list.
	const jobs = hasJobs ? await list(to, JOB) : [];
	const pods = jobs && (await list(to, POD));
	if (!jobs || !pods) return undefined;
	return (
		jobs.filter((it) => isUnfinishedJob(it) && !isGatedJob(it)).length +
		pods.filter((it) => !isFinishedPod(it) && !hasGate(it.spec)).length
	);
}
