/** What keeps a TwinOperation from being begun: refused once, with the reason, and never tried again. */
import type { Reason } from "../../api/reason.ts";
import { rulesOf } from "./exclusive.ts";
import {
	conditionOf,
	epochOf,
	isAlive,
	type Observation,
	otherOf,
	presentIn,
	type RegionSeen,
	regionNamed,
} from "./observation.ts";
import type { OperationStep } from "./operation-step.ts";
import type { OperationView } from "./operation-view.ts";
import { activeRegion, areTwoActive } from "./supersede.ts";

type Failed = Extract<OperationStep, { kind: "failed" }>;

export const failed = (reason: Reason, message: string): Failed => ({
	kind: "failed",
	reason,
	message,
});

/** The region that is to be active: the standby one when nothing is said. */
export function targetOf(
	seen: Observation,
	operation: OperationView,
): RegionSeen | undefined {
	if (operation.to !== undefined) return regionNamed(seen, operation.to);
	const active = activeRegion(seen);
	if (active && !areTwoActive(seen)) return otherOf(seen, active);
	return regionNamed(seen, seen.service.status.standbyCluster);
}

/** Why an operation is not begun at all. */
export function refused(
	seen: Observation,
	operation: OperationView,
): Failed | undefined {
	const { service } = seen;
	const target = targetOf(seen, operation);
	if (!target) {
		return operation.to === undefined
			? failed(
					"UnknownCluster",
					"spec.to is not set, and there is no standby region. Create another operation that sets it.",
				)
			: failed(
					"UnknownCluster",
					`spec.to is ${operation.to}, and the TwinService names ${service.clusters.join(" and ")}. Create another operation with one of them.`,
				);
	}
	const epoch = epochOf(seen);
	if (operation.ifEpoch !== undefined && operation.ifEpoch !== epoch) {
		return failed(
			"EpochMovedOn",
			`spec.ifEpoch is ${operation.ifEpoch}, and status.epoch of the TwinService is ${epoch}: a role has changed since. Look at it, and create another operation with that epoch.`,
		);
	}
	return operation.type === "Failover"
		? failoverRefused(seen, operation, target)
		: switchoverRefused(seen, target);
}

function failoverRefused(
	seen: Observation,
	operation: OperationView,
	target: RegionSeen,
): Failed | undefined {
	if (!operation.acknowledged) {
		return failed(
			"NotAcknowledged",
			"spec.acknowledgeDataLoss is not true: what was not replicated is lost. Create another operation that sets it.",
		);
	}
	const side = presentIn(target);
	if (rulesOf(seen) !== "Wishes" && side?.policy === "Exclusive") {
		return failed(
			"ByGrant",
			`The side in ${target.name} is Exclusive, and agents hold grants: it takes over by its grant, without an operation, when the other region is lost. If the hub was lost together with it, force it as docs/operations.md says.`,
		);
	}
	if (seen.service.policy === "Exclusive") {
		return failed(
			"NoFencing",
			"spec.promotion.policy of the TwinService is Exclusive, and nothing proves that the other side has stopped. Make sure that it has, set the policy to Manual, then create another operation.",
		);
	}
	return isAlive(target) && presentIn(target)
		? undefined
		: failed(
				"Unreachable",
				`${target.name}, which is to be active, cannot be read. Mend it, then create another operation.`,
			);
}

function switchoverRefused(
	seen: Observation,
	target: RegionSeen,
): Failed | undefined {
	const blind = seen.regions.find((it) => !isAlive(it) || !presentIn(it));
	if (blind) {
		return failed(
			"Unreachable",
			`A Switchover needs both regions, and ${blind.name} cannot be read. Mend it; or create an operation of type Failover, which may lose data.`,
		);
	}
	const side = presentIn(target);
	const bad = side && side.status.hash === undefined;
	return bad && side.status.role !== "Active"
		? failed(
				"NotApplied",
				`Nothing has been applied in ${target.name} yet: ${conditionOf(side, "Applied")?.message ?? "its agent has not spoken."} Look at the TwinSide there, then create another operation.`,
			)
		: undefined;
}
