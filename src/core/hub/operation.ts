/**
 * A TwinOperation, step by step. Its stages are what is seen, not what was
 * done: a hub that was restarted in the middle goes on from there.
 */
import { isHalfway, type Rules, rulesOf } from "./exclusive.ts";
import {
	conditionOf,
	epochOf,
	isAlive,
	isLost,
	knownOf,
	type Observation,
	otherOf,
	presentIn,
	type RegionSeen,
	regionNamed,
} from "./observation.ts";
import type { OperationStep, Route, StageName } from "./operation-step.ts";
import type { OperationView } from "./operation-view.ts";
import { policyStep } from "./policy.ts";
import type { Problem } from "./problem.ts";
import { failed, refused, targetOf } from "./refusal.ts";
import { nameOf } from "./supersede.ts";

export function operationStep(
	seen: Observation,
	operation: OperationView,
): OperationStep {
	const { service } = seen;
	if (service.deleting)
		return failed("Deleting", `TwinService ${service.name} is being deleted.`);
	const held = heldUp(seen) ?? unsettled(seen, operation);
	if (held) return { kind: "waiting", ...held };
	const begun = routeOf(operation);
	if (begun) return proceed(seen, operation, begun);
	const refusal = refused(seen, operation);
	if (refusal) return refusal;
	const to = targetOf(seen, operation) as RegionSeen;
	const from = otherOf(seen, to);
	const known = knownOf(from, service)?.role === "Active";
	const route: Route = {
		...(known ? { from: from.name } : {}),
		to: to.name,
		epoch: epochOf(seen),
	};
	return proceed(seen, operation, route);
}

function heldUp(seen: Observation): Problem | undefined {
	if (seen.isolated) {
		return {
			reason: "HubIsolated",
			message:
				"The hub sees neither region, or not even itself. It goes on when it does.",
		};
	}
	if (seen.service.suspend) {
		return {
			reason: "Suspended",
			message:
				"spec.suspend of the TwinService is true. Set it to false to go on.",
		};
	}
	if (seen.regions.some((it) => it.health.kind === "Unobserved")) {
		return {
			reason: "WaitingForRegion",
			message: "The regions have not been observed yet.",
		};
	}
	return undefined;
}

/** Which rules hold for the service is about to be known, or to change. */
function unsettled(
	seen: Observation,
	{ type }: OperationView,
): Problem | undefined {
	if (rulesOf(seen) === "Unclear") {
		return {
			reason: "GrantUnread",
			message:
				"The hub has not seen the grants of both regions yet. It goes on when it has.",
		};
	}
	const { waits } = policyStep(seen);
	return waits && type === "Switchover" && isHalfway(seen)
		? {
				reason: waits.reason,
				message: `spec.promotion.policy is being changed: ${waits.message}`,
			}
		: undefined;
}

function routeOf({ status }: OperationView): Route | undefined {
	if (status.startedAt === undefined || status.to === undefined)
		return undefined;
	return {
		...(status.from === undefined ? {} : { from: status.from }),
		to: status.to,
		epoch: status.epoch ?? 0,
	};
}

function proceed(
	seen: Observation,
	operation: OperationView,
	route: Route,
): OperationStep {
	const to = regionNamed(seen, route.to);
	if (!to) {
		return {
			...failed(
				"UnknownCluster",
				`spec.clusters of the TwinService no longer names ${route.to}.`,
			),
			route,
		};
	}
	const from = otherOf(seen, to);
	const side = presentIn(to);
	if (
		side?.status.role === "Active" &&
		(operation.type === "Failover" ||
			knownOf(from, seen.service)?.role !== "Active")
	)
		return arrived(seen, operation, route, to);
	const lost = [to, ...(operation.type === "Switchover" ? [from] : [])].find(
		isLost,
	);
	if (lost) {
		return {
			kind: "failed",
			route,
			reason: "Unreachable",
			message: `${lost.name} was lost in the middle. spec.promotion.policy of the TwinService decides what happens now.`,
		};
	}
	return operation.type === "Failover"
		? failover(seen, route, to)
		: switchover(route, from, to, rulesOf(seen));
}

function arrived(
	seen: Observation,
	operation: OperationView,
	route: Route,
	to: RegionSeen,
): OperationStep {
	const side = presentIn(to);
	const ready = side && conditionOf(side, "Ready")?.status === "True";
	const stopped: StageName[] =
		operation.type === "Switchover" ? ["OldStopped"] : [];
	const stages: StageName[] = ["Started", ...stopped, "Activated"];
	if (ready) {
		return {
			kind: "complete",
			route,
			stages: [...stages, "Ready"],
			reason: "Completed",
			message: `${route.to} is active and ready.`,
		};
	}
	// A side that never gets ready must not hold up the order to go back.
	if (seen.operationsWaiting) {
		return {
			kind: "complete",
			route,
			stages,
			reason: "Completed",
			message: `${route.to} is active, and not ready yet; the next operation is waiting.`,
		};
	}
	return {
		kind: "running",
		route,
		stages,
		reason: "Moving",
		message: `${route.to} is active and gets ready.`,
	};
}

function failover(
	seen: Observation,
	route: Route,
	to: RegionSeen,
): OperationStep {
	const side = presentIn(to);
	const other = knownOf(otherOf(seen, to), seen.service);
	return {
		kind: "running",
		route,
		stages: ["Started"],
		...(side && isAlive(to)
			? {
					wish: {
						region: to.name,
						wish: {
							to: to.name,
							ifEpoch: side.status.epoch,
							supersedes: nameOf(other),
						},
					},
				}
			: {}),
		reason: "Moving",
		message: `${to.name} is promoted, as a TwinOperation asks for; data that was not replicated is lost.`,
	};
}

/**
 * Rule 13. Without grants the hub wishes twice: the active side stands down
 * first, the other starts when its pods are gone. With grants the first wish is
 * all: the agents carry it out between them, also when the hub dies.
 */
export function switchover(
	route: Route,
	from: RegionSeen,
	to: RegionSeen,
	rules: Rules,
): Extract<OperationStep, { kind: "running" }> {
	const old = presentIn(from);
	const next = presentIn(to);
	const running = { kind: "running", route, reason: "Moving" } as const;
	if (!old || !next || !isAlive(from) || !isAlive(to)) {
		return {
			...running,
			stages: ["Started"],
			message: `${!old || !isAlive(from) ? from.name : to.name} does not answer: the switchover goes on when it does.`,
		};
	}
	if (old.status.role === "Active") {
		return {
			...running,
			stages: ["Started"],
			wish: {
				region: from.name,
				wish: { to: to.name, ifEpoch: old.status.epoch },
			},
			message: `${from.name} stops, then ${to.name} starts.`,
		};
	}
	if (old.status.podsGoneEpoch !== old.status.epoch) {
		return {
			...running,
			stages: ["Started"],
			message: `${from.name} is standby, and its pods are still going; then ${to.name} starts.`,
		};
	}
	if (rules !== "Wishes") {
		return {
			...running,
			stages: ["Started", "OldStopped"],
			message: `${from.name} has stopped and offers: ${to.name} starts when its agent has read that.`,
		};
	}
	return {
		...running,
		stages: ["Started", "OldStopped"],
		wish: {
			region: to.name,
			wish: { to: to.name, ifEpoch: next.status.epoch },
		},
		message: `${from.name} has stopped: ${to.name} starts.`,
	};
}
