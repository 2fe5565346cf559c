/**
 * Rule 22: the standby region of a service may be replaced by another one, the
 * active region only after a switchover. Otherwise a new side would be started
 * while the old one, which nobody asks any more, still runs.
 */
import { type Observation, otherOf, presentIn } from "./observation.ts";
import type { Problem } from "./problem.ts";

export function replacedProblem(seen: Observation): Problem | undefined {
	const { service } = seen;
	if (service.deleting) return undefined;
	if (seen.regions.some((it) => presentIn(it)?.status.role === "Active"))
		return undefined;
	const active = service.status.activeCluster;
	const gone = active !== undefined && !service.clusters.includes(active);
	const old = gone ? active : formerTwin(seen);
	return old === undefined
		? undefined
		: {
				reason: "ActiveReplaced",
				message: `spec.clusters does not name ${old} any more, and the service is active there. Put ${old} back; move the service with a TwinOperation of type Switchover, then replace ${old}.`,
			};
}

/** What a rebuilt hub can tell by: the side that stays is standby, and its twin was another region. */
function formerTwin(seen: Observation): string | undefined {
	for (const region of seen.regions) {
		const side = presentIn(region);
		const other = otherOf(seen, region);
		if (!side || side.twin === other.name || other.side.kind === "present")
			continue;
		if (side.status.role === "Standby") return side.twin;
	}
	return undefined;
}
