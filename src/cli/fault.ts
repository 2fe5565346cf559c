/** Why a command ends without its result: cause, then next step. */
import { distance } from "fastest-levenshtein";
import type { Call, Fault } from "../shell/port.ts";

export class CliFault extends Error {
	/** 1: it could not be done. 2: it was asked for wrongly. */
	readonly exitCode: 1 | 2;

	constructor(message: string, exitCode: 1 | 2 = 1) {
		super(message);
		this.exitCode = exitCode;
	}
}

/** What kubectl would have said, and what to do about it. */
export function faultOf(
	answer: Fault,
	{ verb, resource, namespace }: Call,
	context: string,
): CliFault {
	const what = `${verb} ${resource.plural}${namespace ? ` in namespace ${namespace}` : ""}`;
	switch (answer.kind) {
		case "silent":
			return new CliFault(
				`the API server of context ${context} gives no answer (${answer.message}). If it is lost, ask a region instead: kubectl twin status --context REGION.`,
			);
		case "nonsense":
			return new CliFault(
				`what answers at the address of context ${context} is no Kubernetes API server (${answer.message}). Correct the kubeconfig.`,
			);
		case "failing":
			return new CliFault(
				`the API server of context ${context} has a fault of its own: ${answer.status} ${answer.message}. Look at it and its etcd, then try again.`,
			);
		case "refused":
			return refusal(answer, what, context);
	}
}

function refusal(
	{ status, message }: Extract<Fault, { kind: "refused" }>,
	what: string,
	context: string,
): CliFault {
	if (status === 401)
		return new CliFault(
			`the credentials of context ${context} are not accepted. Log in again, or choose another context with --context.`,
		);
	if (status === 403)
		return new CliFault(
			`not allowed to ${what}: ${message}. Ask for a Role with that right, or choose another context with --context.`,
		);
	return new CliFault(`${what}: ${message}`);
}

/** A name that does not exist, and the nearest ones that do. */
export function unknownName(
	kind: string,
	name: string,
	where: string,
	existing: readonly string[],
): CliFault {
	const near = closestNames(name, existing);
	const next =
		existing.length === 0
			? `There is none ${where}.`
			: near.length > 0
				? `Did you mean ${near.join(" or ")}?`
				: `There are: ${existing.slice(0, 8).join(", ")}${existing.length > 8 ? ", …" : ""}.`;
	return new CliFault(`there is no ${kind} ${name} ${where}. ${next}`);
}

/** At most two, the nearest first, and none that is something quite different. */
function closestNames(name: string, existing: readonly string[]): string[] {
	const changes = (it: string): number =>
		it.includes(name) || name.includes(it) ? 0 : distance(name, it);
	return existing
		.filter((it) => changes(it) <= Math.max(2, name.length / 3))
		.toSorted((a, b) => changes(a) - changes(b))
		.slice(0, 2);
}
