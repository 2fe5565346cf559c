/** What a TwinOperation says of itself. Like a Job: exactly one of Complete and Failed becomes True. */
import {
	type Condition,
	type Finding,
	mergeConditions,
} from "../../api/condition.ts";
import { secondsBetween } from "../../api/time.ts";
import type { Stage, TwinOperationStatus } from "../../api/types.ts";
import type { OperationStep, StageName } from "./operation-step.ts";
import type { OperationView } from "./operation-view.ts";

export function operationStatus(
	operation: OperationView,
	step: OperationStep,
	wall: string,
): TwinOperationStatus {
	const { status, generation } = operation;
	const { route } = step;
	const over = step.kind === "complete" || step.kind === "failed";
	const startedAt =
		status.startedAt ??
		(step.kind === "running" || step.kind === "complete" ? wall : undefined);
	const stages = stagesOf(status.stages ?? [], step, wall);
	return {
		...status,
		observedGeneration: generation,
		...(route ?? {}),
		...(startedAt === undefined ? {} : { startedAt }),
		...(stages.length === 0 ? {} : { stages }),
		...(over ? { completedAt: wall } : {}),
		...(over && startedAt !== undefined
			? { seconds: secondsBetween(startedAt, wall) }
			: {}),
		conditions: mergeConditions(
			status.conditions as readonly Condition[] | undefined,
			findings(step),
			generation,
			wall,
		),
	};
}

function stagesOf(
	before: readonly Stage[],
	step: OperationStep,
	wall: string,
): readonly Stage[] {
	const passed: readonly StageName[] =
		step.kind === "running" || step.kind === "complete" ? step.stages : [];
	const fresh = passed.filter((it) => !before.some((b) => b.name === it));
	return [...before, ...fresh.map((name) => ({ name, at: wall }))];
}

function findings(step: OperationStep): readonly Finding[] {
	const { reason, message } = step;
	if (step.kind === "failed") {
		return [
			{ type: "Complete", status: "False", reason, message },
			{ type: "Failed", status: "True", reason, message },
		];
	}
	return [
		{
			type: "Complete",
			status: step.kind === "complete" ? "True" : "False",
			reason,
			message,
		},
	];
}
