/** A TwinOperation as the hub remembers it. */
import type { KubeObject } from "../../api/object.ts";
import type {
	OperationType,
	TwinOperationSpec,
	TwinOperationStatus,
} from "../../api/types.ts";

export interface OperationView {
	readonly key: string;
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	readonly resourceVersion: string;
	readonly generation: number;
	readonly createdAt: string;
	/** `namespace/name` of the service. */
	readonly service: string;
	readonly type: OperationType;
	readonly to?: string;
	readonly ifEpoch?: number;
	readonly acknowledged: boolean;
	readonly status: TwinOperationStatus;
	/** Complete or failed: it is never looked at again. */
	readonly over: boolean;
}

export function parseOperation(object: KubeObject): OperationView {
	const { metadata } = object;
	const spec = object.spec as TwinOperationSpec;
	const status = (object.status ?? {}) as TwinOperationStatus;
	const namespace = metadata.namespace ?? "";
	const name = metadata.name ?? "";
	return {
		key: `${namespace}/${name}`,
		namespace,
		name,
		uid: metadata.uid ?? "",
		resourceVersion: metadata.resourceVersion ?? "",
		generation: metadata.generation ?? 0,
		createdAt: metadata.creationTimestamp ?? "",
		service: `${namespace}/${spec.service}`,
		type: spec.type,
		...(spec.to === undefined ? {} : { to: spec.to }),
		...(spec.ifEpoch === undefined ? {} : { ifEpoch: spec.ifEpoch }),
		acknowledged: spec.acknowledgeDataLoss === true,
		status,
		over: (status.conditions ?? []).some((it) => it.status === "True"),
	};
}

/** One after another: those begun first, then by age. */
export const byTurn = (a: OperationView, b: OperationView): number =>
	Number(b.status.startedAt !== undefined) -
		Number(a.status.startedAt !== undefined) ||
	a.createdAt.localeCompare(b.createdAt) ||
	a.name.localeCompare(b.name);
