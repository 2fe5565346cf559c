/**
 * When the pods of a standby side are really gone (PROTOCOL, rules 14 and 16):
 * only then may the other side start.
 */
import { formOf } from "./form.ts";
import type { LiveView } from "./live.ts";
import type { Observation } from "./observation.ts";
import type { SideView } from "./side.ts";

export const awaitsPodsGone = ({ status, deleting }: SideView): boolean =>
	!deleting &&
	status.role === "Standby" &&
	status.podsGoneEpoch !== status.epoch;

const STARTERS = ["Deployment", "StatefulSet", "CronJob"];

/** Nothing is left that would start pods: only then is counting them worth a request. */
export function isStopped(seen: Observation): boolean {
	const { side, lives } = seen;
	const known = side.parts
		.filter((it) => STARTERS.includes(it.kind) && it.resource)
		.every((it) => {
			const state = it.resource && seen.kindState(it.resource).kind;
			return state === "listed" || state === "absent";
		});
	return known && [...lives.values()].every((it) => isDown(it, side));
}

function isDown(live: LiveView, side: SideView): boolean {
	const part = side.parts.find((it) => it.id === live.id);
	switch (live.resource.kind) {
		case "Deployment":
		case "StatefulSet": {
			const replicas = part ? (formOf(part, side, live).replicas ?? 0) : 0;
			// At epoch 0 nothing has ever run, so there is nothing to be seen going.
			const seen = live.observed || side.status.epoch === 0;
			return live.replicas === replicas && live.pods <= replicas && seen;
		}
		case "CronJob":
			return live.suspended === true;
		case "HorizontalPodAutoscaler":
			return false;
		default:
			return true;
	}
}

/** Pods that a standby side keeps. */
export const allowedPods = (side: SideView): number =>
	side.parts.reduce(
		(sum, it) => sum + (formOf(it, side, undefined).replicas ?? 0),
		0,
	);

export const arePodsGone = (seen: Observation): boolean =>
	seen.pods !== undefined && seen.pods <= allowedPods(seen.side);
