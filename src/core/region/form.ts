/** What the side's role makes of a part. */
import type { LiveView } from "./live.ts";
import type { Part } from "./part.ts";
import { type Running, replicasFor } from "./replicas.ts";
import type { SideView } from "./side.ts";
import type { Form } from "./workload.ts";

export function formOf(
	part: Part,
	side: Pick<SideView, "parts" | "standby" | "status">,
	live: LiveView | undefined,
): Form {
	const active = side.status.role === "Active";
	switch (part.kind) {
		case "Deployment":
		case "StatefulSet":
			return {
				wanted: true,
				replicas: replicasFor(part, side, runningOf(live)),
				...(part.maxUnavailable === undefined
					? {}
					: { maxUnavailable: active ? part.maxUnavailable : "100%" }),
			};
		case "CronJob":
			return { wanted: true, suspended: !active || part.suspended === true };
		case "HorizontalPodAutoscaler":
			return { wanted: active };
		default:
			return { wanted: true };
	}
}

const runningOf = (live: LiveView | undefined): Running | undefined =>
	live?.replicas === undefined
		? undefined
		: { replicas: live.replicas, epoch: live.epoch };
