/**
 * As much OpenAPI as kubectl needs: that every kind's PATCH knows
 * `fieldValidation`, so that validation is left to the server, and the schemas
 * of custom kinds for `kubectl explain`.
 */
import type { Dict } from "./json.ts";
import { apiVersionOf, type Custom, type Kind } from "./kinds.ts";
import type { Registry } from "./registry.ts";

const ROOT = "/openapi/v3";

const pathOf = (kind: Kind): string =>
	`${kind.group ? "apis" : "api"}/${apiVersionOf(kind)}`;

/** The answer to a path below /openapi/v3, or undefined. */
export function openapi(path: string, registry: Registry): Dict | undefined {
	if (path !== ROOT && !path.startsWith(`${ROOT}/`)) return undefined;
	const kinds = registry.all();
	if (path === ROOT) {
		const paths = [...new Set(kinds.map(pathOf))].map((it) => [
			it,
			{ serverRelativeURL: `${ROOT}/${it}` },
		]);
		return { paths: Object.fromEntries(paths) };
	}
	const inside = kinds.filter(
		(it) => pathOf(it) === path.slice(ROOT.length + 1),
	);
	if (inside.length === 0) return undefined;
	return {
		openapi: "3.0.0",
		info: { title: "Kubernetes", version: "v1.37.0" },
		paths: Object.fromEntries(
			inside.map((it) => [
				`/${pathOf(it)}/${it.plural}/{name}`,
				operations(it),
			]),
		),
		components: {
			schemas: Object.fromEntries(
				inside.flatMap((it) => (it.custom ? [schemaOf(it, it.custom)] : [])),
			),
		},
	};
}

function operations({ group, version, kind }: Kind): Dict {
	return {
		patch: {
			parameters: [
				{ name: "fieldValidation", in: "query", schema: { type: "string" } },
			],
			responses: { "200": { description: "OK" } },
			"x-kubernetes-action": "patch",
			"x-kubernetes-group-version-kind": { group, version, kind },
		},
	};
}

function schemaOf(kind: Kind, { schema }: Custom): [string, Dict] {
	const { group, version } = kind;
	const name = [...group.split(".").reverse(), version, kind.kind].join(".");
	const of = [{ group, version, kind: kind.kind }];
	return [name, { ...schema, "x-kubernetes-group-version-kind": of }];
}
