/**
 * When the pods of a standby side are really gone (PROTOCOL, rules 14 and 16):
 * only then may the other side start.
 */
import type { KubeObject } from "../../api/object.ts";
import { grantOf } from "./exclusive/view.ts";
import { formOf } from "./form.ts";
import type { LiveView } from "./live.ts";
import type { Observation } from "./observation.ts";
import type { Part } from "./part.ts";
import { holds } from "./replicas.ts";
import type { SideView } from "./side.ts";

export const awaitsPodsGone = ({ status, deleting }: SideView): boolean =>
	!deleting &&
	status.role === "Standby" &&
	status.podsGoneEpoch !== status.epoch;

const STARTERS = ["Deployment", "StatefulSet", "CronJob"];

/** Nothing is left that would start pods: only then is counting them worth a request. */
export const isStopped = (seen: Observation): boolean =>
	areKnown(seen, STARTERS) &&
	[...seen.lives.values()].every((it) => isDown(it, seen.side));

/** No CronJob makes another Job: those that are there can be stopped. At epoch 0 none has run. */
export function hasJobsToStop(seen: Observation): boolean {
	const jobs = [...seen.lives.values()].filter(
		(it) => it.resource.kind === "CronJob",
	);
	return (
		jobs.length > 0 &&
		seen.side.status.epoch > 0 &&
		areKnown(seen, ["CronJob"]) &&
		jobs.every((it) => it.suspended === true)
	);
}

const areKnown = (seen: Observation, kinds: readonly string[]): boolean =>
	seen.side.parts.every((it) => {
		if (!kinds.includes(it.kind) || !it.resource) return true;
		const state = seen.kindState(it.resource).kind;
		return state === "listed" || state === "absent";
	});

function isDown(live: LiveView, side: SideView): boolean {
	const part = side.parts.find((it) => it.id === live.id);
	switch (live.resource.kind) {
		case "Deployment":
		case "StatefulSet": {
			const replicas = part ? (formOf(part, side, live).replicas ?? 0) : 0;
			// At epoch 0 nothing has ever run, so there is nothing to be seen going.
			const seen = live.observed || side.status.epoch === 0;
			// A roll-out of held pods waits for the gate, with a pod more than wanted.
			const pods = isWarm(side, part) || live.pods <= replicas;
			return live.replicas === replicas && pods && seen;
		}
		case "CronJob":
			return live.suspended === true;
		case "HorizontalPodAutoscaler":
			return false;
		default:
			return true;
	}
}

const isWarm = (side: SideView, part: Part | undefined): boolean =>
	side.standby.mode === "Warm" && part !== undefined && holds(part);

/** Pods that a standby side keeps running. Held ones are not counted (`isHeldPod`). */
export const allowedPods = (side: SideView): number =>
	side.parts.reduce(
		(sum, it) =>
			isWarm(side, it)
				? sum
				: sum + (formOf(it, side, undefined).replicas ?? 0),
		0,
	);

/**
 * A list alone is no proof where a grant is held: a pod may run that no list
 * shows (deleted by force, or on a node that is cut off). It has ended when
 * `waitMs` is over. A warm side keeps pods, but none that is past its gate.
 */
export const arePodsGone = (seen: Observation): boolean =>
	seen.pods !== undefined &&
	seen.pods <= allowedPods(seen.side) &&
	waitMs(seen) === 0;

/**
 * Rule 14: how long pods may still run that no list shows. F for the gates, and
 * before it 1.1 R + t_req: another process of this region may answer them from
 * an older memory for so long (rule 20).
 */
export function waitMs(seen: Observation): number {
	const grant = grantOf(seen);
	return grant ? Math.max(0, grant.goneAfterMs - grant.standbyForMs) : 0;
}

/** Such a pod runs nothing and never will; it is kept for its logs only. */
export function isFinishedPod(pod: KubeObject): boolean {
	const phase = (pod.status as { phase?: string } | undefined)?.phase;
	return phase === "Succeeded" || phase === "Failed";
}

export function isUnfinishedJob(job: KubeObject): boolean {
	const { conditions = [] } = (job.status ?? {}) as {
		conditions?: { type?: string; status?: string }[];
	};
	return (
		job.metadata.deletionTimestamp === undefined &&
		!conditions.some(
			(it) =>
				(it.type === "Complete" || it.type === "Failed") &&
				it.status === "True",
		)
	);
}
