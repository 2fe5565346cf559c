/** TwinOperations beside the one whose turn it is. */
import { TWIN_SERVICE } from "../../api/kind.ts";
import { operationStatus } from "../../core/hub/operation-status.ts";
import type { OperationStep } from "../../core/hub/operation-step.ts";
import type { OperationView } from "../../core/hub/operation-view.ts";
import type { Turn } from "../queue.ts";
import type { HubContext } from "./context.ts";
import { recordOperation } from "./record.ts";
import { REQUEST_TIMEOUT_MS, wallOf } from "./request.ts";

/** The others say that they wait. False: not everything could be written. */
export async function waitingOperations(
	hub: HubContext,
	first: OperationView,
): Promise<boolean> {
	const step: OperationStep = {
		kind: "waiting",
		reason: "Waiting",
		message: `TwinOperation ${first.name} goes first.`,
	};
	let all = true;
	for (const operation of hub.operationsOf(first.service)) {
		if (operation.name === first.name) continue;
		const status = operationStatus(operation, step, wallOf(hub.clock));
		const written = await recordOperation(hub, operation, status);
		all &&= written !== "retry";
	}
	return all;
}

export function operationNews(
	hub: HubContext,
	operation: OperationView,
	step: OperationStep,
): void {
	if (step.kind === "waiting") return;
	const { namespace, name, uid } = operation;
	hub.events.tell(
		{
			apiVersion: "twin-operator.dev/v1alpha1",
			kind: "TwinOperation",
			...{ namespace, name, uid },
			service: operation.service,
		},
		{
			type: step.kind === "failed" ? "Warning" : "Normal",
			reason: step.reason,
			message: step.message,
		},
	);
}

/** Operations whose service is not there. A watch may be late, so the service is read once more. */
export async function orphanTurn(hub: HubContext, key: string): Promise<Turn> {
	const operations = hub.operationsOf(key);
	if (operations.length === 0) return undefined;
	const [namespace = "", name = ""] = key.split("/");
	const answer = await hub.api.request({
		verb: "get",
		resource: TWIN_SERVICE,
		namespace,
		name,
		timeoutMs: REQUEST_TIMEOUT_MS,
	});
	if (answer.kind === "ok") {
		hub.services.note(answer.body);
		return "retry";
	}
	if (answer.kind !== "refused" || answer.status !== 404) return "retry";
	for (const operation of operations) {
		const step: OperationStep = {
			kind: "failed",
			reason: "UnknownService",
			message: `spec.service is ${name}, and there is no such TwinService in namespace ${namespace}. Create another operation with the right name.`,
		};
		const status = operationStatus(operation, step, wallOf(hub.clock));
		if ((await recordOperation(hub, operation, status)) === "retry")
			return "retry";
		operationNews(hub, operation, step);
	}
	return undefined;
}
