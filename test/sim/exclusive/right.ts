/**
 * RBAC on a line: what the rules of the chart give passes, anything else is
 * refused in the API server's words. test/cluster has the same rules enforced by
 * real API servers; here each of them can be taken away, one at a time.
 */

import type { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import type { Passing } from "../../clusters/embedded/link.ts";
import type { Rule } from "../../core/chart-files.ts";
import type { Trouble } from "../line.ts";
import { OPERATOR_NAMESPACE } from "../service.ts";

/** The smallest thing that can be given: one verb on one resource, or on one object of it. */
export interface Right {
	readonly verb: string;
	readonly group: string;
	/** With its subresource: `twinsides/status`. */
	readonly resource: string;
	readonly name?: string;
	/** Given by a Role; undefined: everywhere. */
	readonly namespace?: string;
}

/** `everywhere` are rules of a ClusterRole, `here` of a Role in the operator's namespace. */
export const rightsOf = (
	everywhere: readonly Rule[],
	here: readonly Rule[],
): Right[] => [
	...everywhere.flatMap((it) => rightsIn(it)),
	...here.flatMap((it) => rightsIn(it, OPERATOR_NAMESPACE)),
];

const rightsIn = (rule: Rule, namespace?: string): Right[] =>
	rule.apiGroups.flatMap((group) =>
		rule.resources.flatMap((resource) =>
			rule.verbs.flatMap((verb) =>
				(rule.resourceNames ?? [undefined]).map((name) => ({
					verb,
					group,
					resource,
					...(name === undefined ? {} : { name }),
					...(namespace === undefined ? {} : { namespace }),
				})),
			),
		),
	);

/** As the API server calls it in its refusal. */
export const told = ({ verb, group, resource }: Right): string =>
	`cannot ${verb} resource "${resource}" in API group "${group}"`;

/** `onUse` is told of each right that let something pass. */
export function only(
	rights: readonly Right[],
	plane: ControlPlane,
	onUse: (right: Right) => void = () => {},
): Trouble {
	return (passing) => {
		for (const ask of asked(passing, plane)) {
			const right = rights.find((it) => gives(it, ask));
			if (!right) return { instead: refusal(ask) };
			onUse(right);
		}
		return undefined;
	};
}

const gives = (right: Right, ask: Right): boolean =>
	right.verb === ask.verb &&
	right.group === ask.group &&
	right.resource === ask.resource &&
	(right.name === undefined || right.name === ask.name) &&
	(right.namespace === undefined || right.namespace === ask.namespace);

const VERBS: Partial<Record<Passing["verb"], string>> = {
	apply: "patch",
	merge: "patch",
	json: "patch",
};

/** A server-side apply of what is not there is asked for twice. */
function asked(passing: Passing, plane: ControlPlane): Right[] {
	const { verb, resource, namespace, name, subresource } = passing;
	const { group, version, plural } = resource;
	const what = {
		group,
		resource: subresource ? `${plural}/${subresource}` : plural,
		...(namespace === undefined ? {} : { namespace }),
	};
	// The name of what is created is in the body, where nobody looks for it.
	const named =
		name === undefined || (verb === "create" && !subresource) ? {} : { name };
	const first = { ...what, ...named, verb: VERBS[verb] ?? verb };
	if (verb !== "apply" || subresource) return [first];
	const at = { group, version, plural, query: {}, agent: "user" };
	const { status } = plane.server.handle({
		...at,
		verb: "get",
		...(namespace === undefined ? {} : { namespace }),
		...(name === undefined ? {} : { name }),
	});
	return status === 404 ? [first, { ...what, verb: "create" }] : [first];
}

const refusal = (ask: Right) => ({
	kind: "refused" as const,
	status: 403,
	reason: "Forbidden",
	message: `${[ask.resource.split("/")[0], ask.group].filter((it) => it !== "").join(".")}${ask.name ? ` "${ask.name}"` : ""} is forbidden: User "operator" ${told(ask)} ${ask.namespace ? `in the namespace "${ask.namespace}"` : "at the cluster scope"}`,
});
