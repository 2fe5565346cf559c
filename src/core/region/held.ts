/**
 * Whether a pod waits at its gate: it exists, and nothing of its application
 * runs. Told from its status, as its kubelet reported it last: that may be old,
 * so that a pod of a side that was active counts as gone only after F besides
 * (rule 14).
 */
import type { KubeObject } from "../../api/object.ts";
import { GATE_NAME } from "./gate-pod.ts";

interface ContainerStatus {
	readonly name?: string;
	readonly started?: boolean;
	readonly state?: {
		readonly running?: unknown;
		readonly terminated?: unknown;
	};
}

interface Pod {
	readonly spec?: {
		readonly initContainers?: readonly { readonly name?: string }[];
	};
	readonly status?: {
		readonly initContainerStatuses?: readonly ContainerStatus[];
		readonly containerStatuses?: readonly ContainerStatus[];
	};
}

export function isHeldPod(object: KubeObject): boolean {
	const { spec, status = {} } = object as Pod;
	const names = (spec?.initContainers ?? []).map((it) => it.name);
	const at = names.indexOf(GATE_NAME);
	if (at === -1) return false;
	// What stands before it was put there by the cluster, and is no part of the application.
	const before = new Set(names.slice(0, at + 1));
	const init = status.initContainerStatuses ?? [];
	const gate = init.find((it) => it.name === GATE_NAME);
	if (gate?.started === true) return false;
	return [...init, ...(status.containerStatuses ?? [])]
		.filter((it) => !before.has(it.name))
		.every(
			(it) =>
				it.state?.running === undefined && it.state?.terminated === undefined,
		);
}
