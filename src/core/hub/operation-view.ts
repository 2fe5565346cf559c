/** A TwinOperation as the hub remembers it. */
import {
	type Identity,
	identityOf,
	type KubeObject,
} from "../../api/object.ts";
import type {
	OperationType,
	TwinOperationSpec,
	TwinOperationStatus,
} from "../../api/types.ts";

export interface OperationView extends Identity {
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
	const identity = identityOf(object);
	const spec = object.spec as TwinOperationSpec;
	const status = (object.status ?? {}) as TwinOperationStatus;
	return {
		...identity,
		service: `${identity.namespace}/${spec.service}`,
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
