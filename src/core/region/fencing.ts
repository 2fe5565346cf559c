/**
 * What a region can promise when it is cut off: whether every node of it bears
 * the gate. Kubelets from 1.36 on say so themselves, and the scheduler puts
 * gated pods on such nodes only.
 */
import type { KubeObject } from "../../api/object.ts";

const FEATURE = "RestartAllContainersOnContainerExits";

export interface Fencing {
	/** `Pod`: inside each pod. `Agent`: through the API server alone, by the agent. */
	readonly strength: "Pod" | "Agent";
	readonly message: string;
}

interface Node {
	readonly status?: {
		readonly declaredFeatures?: readonly string[];
		readonly nodeInfo?: { readonly operatingSystem?: string };
	};
}

export function fencingOf(nodes: readonly KubeObject[]): Fencing {
	// Pods that need a gate are never put on these.
	const linux = nodes.filter(
		(it) => (it as Node).status?.nodeInfo?.operatingSystem !== "windows",
	);
	if (linux.length === 0) {
		return {
			strength: "Agent",
			message:
				"No node is known, so it is not known whether nodes bear the gate. It is looked at again when one joins.",
		};
	}
	const without = linux.filter(
		(it) => !((it as Node).status?.declaredFeatures ?? []).includes(FEATURE),
	);
	if (without.length === 0) {
		return {
			strength: "Pod",
			message: `All ${linux.length} nodes bear the gate: pods are stopped inside the node, also when the API server and the agent are dead.`,
		};
	}
	const names = without
		.slice(0, 3)
		.map((it) => it.metadata.name)
		.join(", ");
	const more = without.length > 3 ? ", …" : "";
	const of = `${without.length} of ${linux.length} nodes do not bear the gate (${names}${more}): they do not declare ${FEATURE}.`;
	return without.length === linux.length
		? {
				strength: "Agent",
				message: `${of} Pods with a gate are not scheduled here. Upgrade the nodes to Kubernetes 1.36 or later, or set spec.promotion.gate to None.`,
			}
		: {
				strength: "Agent",
				message: `${of} Pods with a gate run on the others only. Upgrade these nodes to Kubernetes 1.36 or later.`,
			};
}
