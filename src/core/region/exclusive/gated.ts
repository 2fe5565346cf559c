/**
 * Whether every pod of an active side has a gate (PROTOCOL, rule 22): until
 * then its twin must not count on the grant to stop them.
 */
import type { Finding } from "../../../api/condition.ts";
import type { KubeObject } from "../../../api/object.ts";
import type { Reason } from "../../../api/reason.ts";
import { GATE_NAME } from "../gate-pod.ts";
import type { Observation } from "../observation.ts";
import type { SideView } from "../side.ts";
import { grantOf } from "./view.ts";

const TYPE = "Gated";

/**
 * A list of its pods is due. Never while objects are being written or a
 * controller has not seen the last one: pods of the old template could follow.
 */
export const wantsGateCheck = (seen: Observation, settled: boolean): boolean =>
	grantOf(seen) !== undefined &&
	!seen.side.deleting &&
	seen.side.status.role === "Active" &&
	seen.side.gate !== "None" &&
	!isGated(seen.side) &&
	settled &&
	[...seen.lives.values()].every(
		(it) => it.replicas === undefined || it.observed,
	);

const before = ({ status }: SideView) =>
	status.conditions?.find((it) => it.type === TYPE);

const isGated = (side: SideView): boolean => before(side)?.status === "True";

/** Said once and kept: whatever starts later carries a gate. */
export function gatedOf(seen: Observation): Finding[] {
	const grant = grantOf(seen);
	const { side, ungated } = seen;
	if (!grant) return [];
	if (side.gate === "None") {
		return side.status.role === "Active"
			? [
					finding(
						"False",
						"GateNone",
						"spec.promotion.gate is None: pods are stopped through this region's API server alone. Choose Kill or Exit, so that they stop without it.",
					),
				]
			: [];
	}
	if (grant.started || isGated(side) || isDone(seen)) {
		return [finding("True", "Gated", "Every pod has a gate.")];
	}
	if (side.status.role !== "Active") return [];
	if (ungated === undefined || ungated === 0) {
		return [
			finding(
				"False",
				"Gating",
				"It is being seen whether every pod has a gate. Wait; nothing else is to be done.",
			),
		];
	}
	return [
		finding(
			"False",
			"Gating",
			`Pods or Jobs without a gate are left: they are being replaced. Wait; if it stays, look at the pods of ${side.namespace}/${side.name} that have no init container ${GATE_NAME}.`,
		),
	];
}

/** Until the next list may be the last one. */
export function gateWaitMs(seen: Observation): number {
	const grant = grantOf(seen);
	if (grant?.gatedForMs === undefined || isGated(seen.side)) return 0;
	return Math.max(0, grant.fenceMs - grant.gatedForMs);
}

/** F after the first clean list and in every one since: pods that no list shows have ended as well. */
const isDone = (seen: Observation): boolean => {
	const grant = grantOf(seen);
	return (
		grant?.gatedForMs !== undefined &&
		seen.side.status.role === "Active" &&
		seen.ungated === 0 &&
		grant.gatedForMs >= grant.fenceMs
	);
};

const finding = (
	status: Finding["status"],
	reason: Reason,
	message: string,
): Finding => ({ type: TYPE, status, reason, message });

interface PodSpec {
	initContainers?: readonly { name?: string }[];
}

export const hasGate = (spec: unknown): boolean =>
	((spec ?? {}) as PodSpec).initContainers?.some(
		(it) => it.name === GATE_NAME,
	) === true;

/** Such a Job makes pods without a gate, maybe much later. */
export const isGatedJob = (job: KubeObject): boolean =>
	hasGate((job.spec as { template?: { spec?: unknown } })?.template?.spec);
