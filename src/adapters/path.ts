import type { Resource } from "../api/kind.ts";
import type { Call } from "../shell/port.ts";

interface Target {
	readonly resource: Resource;
	readonly namespace?: string;
	readonly name?: string;
	readonly subresource?: string;
	readonly query?: Readonly<Record<string, string>>;
}

/** The path and query of a request, below `base` (a server behind a proxy has one). */
export function pathOf(base: string, target: Target): string {
	const { group, version, plural, namespaced } = target.resource;
	let path =
		group === ""
			? `${base}/api/${version}`
			: `${base}/apis/${group}/${version}`;
	if (namespaced && target.namespace !== undefined)
		path += `/namespaces/${encodeURIComponent(target.namespace)}`;
	path += `/${plural}`;
	if (target.name !== undefined) path += `/${encodeURIComponent(target.name)}`;
	if (target.subresource) path += `/${target.subresource}`;
	const query = new URLSearchParams(target.query).toString();
	return query === "" ? path : `${path}?${query}`;
}

/** JSON is YAML: so an apply needs no YAML writer. */
const HOW = {
	get: ["GET", undefined],
	list: ["GET", undefined],
	create: ["POST", "application/json"],
	apply: ["PATCH", "application/apply-patch+yaml"],
	merge: ["PATCH", "application/merge-patch+json"],
	json: ["PATCH", "application/json-patch+json"],
	delete: ["DELETE", "application/json"],
} as const satisfies Record<
	Call["verb"],
	readonly [string, string | undefined]
>;

export const methodOf = (verb: Call["verb"]) => HOW[verb][0];
export const contentTypeOf = (verb: Call["verb"]) => HOW[verb][1];
