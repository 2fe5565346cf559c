/** Both sides, rolled up into the status of their TwinService. */
import { type Condition, mergeConditions } from "../../api/condition.ts";
import type { Reason } from "../../api/reason.ts";
import type { ClusterStatus, TwinServiceStatus } from "../../api/types.ts";
import { findings } from "./finding.ts";
import { isSilent } from "./loss.ts";
import {
	conditionOf,
	epochOf,
	knownOf,
	type Observation,
	otherOf,
	presentIn,
	type RegionSeen,
} from "./observation.ts";
import type { Plan } from "./plan.ts";
import { activeRegion } from "./supersede.ts";
import { transitionOf } from "./transition.ts";

export function rollup(seen: Observation, plan: Plan): TwinServiceStatus {
	const { service, wall } = seen;
	const active = activeRegion(seen);
	const standby = active && otherOf(seen, active);
	const known = seen.regions.some((it) => knownOf(it, service) !== undefined);
	const decisions = active
		? [{ clusterName: active.name }]
		: // While it moves, whoever follows must not take it for gone.
			(service.status.decisions ?? []);
	return {
		observedGeneration: service.generation,
		...(active ? { activeCluster: active.name } : replacedIn(service)),
		...(standby ? { standbyCluster: standby.name } : {}),
		...(known ? { epoch: epochOf(seen) } : {}),
		decisions,
		clusters: seen.regions.map((it) => clusterOf(seen, it)),
		...transitionOf(seen, plan),
		conditions: mergeConditions(
			service.status.conditions as readonly Condition[] | undefined,
			findings(seen, plan),
			service.generation,
			wall,
		),
	};
}

/** Rule 22: that a region is active which is not named any more must not be forgotten. */
function replacedIn({
	status: { activeCluster },
	clusters,
}: Observation["service"]): Pick<TwinServiceStatus, "activeCluster"> {
	return activeCluster === undefined || clusters.includes(activeCluster)
		? {}
		: { activeCluster };
}

function clusterOf(seen: Observation, region: RegionSeen): ClusterStatus {
	const { name, health } = region;
	const known = knownOf(region, seen.service);
	const side = presentIn(region);
	const { hash, ready, desired } = side?.status ?? {};
	const message = messageOf(region);
	return {
		name,
		...(known?.uid ? { uid: known.uid } : {}),
		...(known ? { role: known.role, epoch: known.epoch } : {}),
		...(hash === undefined ? {} : { hash }),
		...(ready === undefined ? {} : { ready }),
		...(desired === undefined ? {} : { desired }),
		...(health.kind === "Unobserved" ? {} : { reachable: !isSilent(health) }),
		...(message ? { message } : {}),
	};
}

function messageOf(region: RegionSeen): string | undefined {
	if (region.problem) return region.problem.message;
	const side = presentIn(region);
	if (!side) return undefined;
	const stalled = conditionOf(side, "Stalled");
	if (stalled?.status === "True") return stalled.message;
	const applied = conditionOf(side, "Applied");
	return applied?.status === "False" && applied.reason !== "Applying"
		? applied.message
		: undefined;
}

/** Something that people are told of: an Event and a log line, in the words of the condition. */
export interface News {
	readonly type: "Normal" | "Warning";
	readonly reason: Reason;
	readonly message: string;
}

/**
 * Which conditions are told of, in which status, when they come to have it; the
 * others follow from these. What a service is still waiting for while it is not
 * ready changes often, and stands in its status.
 */
const TOLD: Readonly<
	Record<string, readonly ("True" | "False" | "Unknown")[]>
> = {
	Ready: ["True", "Unknown"],
	Stalled: ["True"],
	PromotionNeeded: ["True"],
	Available: ["False", "Unknown"],
	Redundant: ["False"],
};
const GOOD = new Set(["Ready/True"]);
/** What a person is needed for matters: another reason is news. */
const BY_REASON = new Set(["Stalled", "PromotionNeeded"]);

/** `deleting`: that sides go and nothing serves any more is what was asked for. */
export function newsOf(
	before: TwinServiceStatus,
	now: TwinServiceStatus,
	deleting = false,
): readonly News[] {
	const list: News[] = [];
	for (const it of now.conditions ?? []) {
		const old = before.conditions?.find((c) => c.type === it.type);
		if (!TOLD[it.type]?.includes(it.status)) continue;
		if (deleting && !BY_REASON.has(it.type)) continue;
		const again = old?.reason === it.reason || !BY_REASON.has(it.type);
		if (old?.status === it.status && again) continue;
		// Before the first status nothing was available, and nobody expected it.
		if (!old && it.type !== "Stalled" && it.type !== "PromotionNeeded")
			continue;
		const same = list.some((n) => n.message === it.message);
		if (same) continue;
		list.push({
			type: GOOD.has(`${it.type}/${it.status}`) ? "Normal" : "Warning",
			reason: it.reason as Reason,
			message: it.message,
		});
	}
	const move = moveNews(before, now);
	return move ? [move, ...list] : list;
}

function moveNews(
	before: TwinServiceStatus,
	now: TwinServiceStatus,
): News | undefined {
	const move = now.lastTransition;
	if (!move?.activatedAt) return undefined;
	const old = before.lastTransition;
	if (old?.activatedAt === move.activatedAt && old.to === move.to)
		return undefined;
	const from = move.from ? ` from ${move.from}` : "";
	return {
		type: move.kind === "Failover" ? "Warning" : "Normal",
		reason: "Activated",
		message: `${move.kind}${from}: ${move.to} is active, at epoch ${move.epoch} (${move.reason}).`,
	};
}
