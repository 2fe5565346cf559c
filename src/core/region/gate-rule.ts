/**
 * Restart rules for gated pods: a container that would come back by itself
 * takes the whole pod back behind the gate instead, without the API server and
 * without a back-off. One that ends for good gets no rule for that end: it
 * would run again for ever.
 */
import type { TemplateKind } from "./gate-form.ts";
import {
	type Container,
	isSidecar,
	type PodSpec,
	type RestartRule,
} from "./gate-pod.ts";

const RESTART_ALL = "RestartAllContainers";

const rule = (operator: "In" | "NotIn"): RestartRule => ({
	action: RESTART_ALL,
	exitCodes: { operator, values: [0] },
});

/** There is no rule for "any exit": it takes two. */
const ON_ANY_EXIT = [rule("In"), rule("NotIn")];
const ON_FAILURE = [rule("NotIn")];

/**
 * The gate itself. In a Job it is ended by the kubelet, with exit code 0, when
 * the work is done: a rule for that would run the Job again for ever.
 */
export const gateRules = (kind: TemplateKind): readonly RestartRule[] =>
	kind === "CronJob" ? ON_FAILURE : ON_ANY_EXIT;

export function ruledInit(
	it: Container,
	spec: PodSpec,
	kind: TemplateKind,
): Container {
	if (isSidecar(it)) {
		// In a Job it ends with any code when the work is done.
		return kind === "CronJob" ? it : ruled(it, "Always", ON_ANY_EXIT);
	}
	return (it.restartPolicy ?? spec.restartPolicy) === "Never"
		? ruled(it, "Never", [])
		: ruled(it, "OnFailure", ON_FAILURE);
}

export function ruledApp(it: Container, spec: PodSpec): Container {
	switch (it.restartPolicy ?? spec.restartPolicy ?? "Always") {
		case "Always":
			return ruled(it, "Always", ON_ANY_EXIT);
		case "OnFailure":
			return ruled(it, "OnFailure", ON_FAILURE);
		default:
			return ruled(it, "Never", []);
	}
}

/** Own rules stay where ours say nothing, and restart the whole pod as well. */
function ruled(
	it: Container,
	restartPolicy: string,
	rules: readonly RestartRule[],
): Container {
	const own =
		rules === ON_ANY_EXIT
			? []
			: (it.restartPolicyRules ?? []).map((own) => ({
					...own,
					action: RESTART_ALL,
				}));
	const all = [...rules, ...own];
	return all.length === 0
		? it
		: { ...it, restartPolicy, restartPolicyRules: all };
}
