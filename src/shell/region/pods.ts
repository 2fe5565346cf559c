/** Stops the Jobs of a side and counts its pods, by consistent lists. */
import { JOB, POD, type Resource } from "../../api/kind.ts";
import { SIDE } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { hasGate, isGatedJob } from "../../core/region/exclusive/gated.ts";
import { isHeldPod } from "../../core/region/held.ts";
import type { LiveView } from "../../core/region/live.ts";
import { isFinishedPod, isUnfinishedJob } from "../../core/region/podsgone.ts";
import { listPages } from "../lister.ts";
import { REQUEST_TIMEOUT_MS } from "./context.ts";
import type { Writing } from "./write.ts";

/** Undefined: not known. Without a resourceVersion, so that the answer is not from a cache. */
async function list(
	to: Writing,
	resource: Resource,
	labelSelector = `${SIDE}=${to.side.name}`,
): Promise<readonly KubeObject[] | undefined> {
	const found = new Map<string | undefined, KubeObject>();
	const fault = await listPages(
		to.api,
		{
			resource,
			namespace: to.side.namespace,
			query: { labelSelector },
			timeoutMs: REQUEST_TIMEOUT_MS,
			signal: to.signal,
		},
		(items) => {
			for (const it of items) found.set(it.metadata.uid, it);
		},
	);
	return fault ? undefined : [...found.values()];
}

type Lives = ReadonlyMap<string, LiveView>;

/** What others deliver: pods and Jobs of it carry no label of ours. */
const delivered = (to: Writing, lives: Lives): readonly LiveView[] =>
	to.side.parts.flatMap((it) => (it.delivered ? (lives.get(it.id) ?? []) : []));

async function deliveredJobs(
	to: Writing,
	lives: Lives,
): Promise<readonly KubeObject[] | undefined> {
	const makers = delivered(to, lives)
		.filter(isCronJob)
		.map((it) => it.uid);
	if (makers.length === 0) return [];
	const jobs = await list(to, JOB, "");
	return jobs?.filter((it) =>
		ownersOf(it).some(({ uid }) => makers.includes(uid)),
	);
}

/** Of a CronJob by the names that its controller gives to Jobs: they may be gone before their pods. */
async function deliveredPods(
	to: Writing,
	live: LiveView,
): Promise<readonly KubeObject[] | undefined> {
	if (!isCronJob(live))
		return live.selector === undefined
			? undefined
			: list(to, POD, live.selector);
	const pods = await list(to, POD, JOB_NAME);
	return pods?.filter((it) => {
		const job = it.metadata.labels?.[JOB_NAME] ?? "";
		return (
			job.startsWith(`${live.name}-`) &&
			/^\d+$/.test(job.slice(live.name.length + 1))
		);
	});
}

/** On every pod of a Job, put there by its controller. */
const JOB_NAME = "batch.kubernetes.io/job-name";

const isCronJob = ({ resource }: LiveView): boolean =>
	resource.kind === "CronJob";

const ownersOf = (it: KubeObject) => it.metadata.ownerReferences ?? [];

/** True when no unfinished Job was there. */
export async function stopJobs(to: Writing, lives: Lives): Promise<boolean> {
	const own = await list(to, JOB);
	const others = await deliveredJobs(to, lives);
	if (!own || !others) return false;
	const jobs = [...own, ...others];
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
export async function countPods(
	to: Writing,
	lives: Lives,
): Promise<number | undefined> {
	const lists = [await list(to, POD)];
	for (const live of delivered(to, lives))
		lists.push(await deliveredPods(to, live));
	const pods = new Map<string | undefined, KubeObject>();
	for (const some of lists) {
		if (!some) return undefined;
		for (const it of some) pods.set(it.metadata.uid, it);
	}
	return [...pods.values()].filter((it) => !isFinishedPod(it) && !isHeldPod(it))
		.length;
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
