/** Values of the wrong type: the API server stumbles over them before it validates. */
import { builtInSchema } from "./built-in-schema.ts";
import { at, type Dict } from "./json.ts";
import { apiVersionOf, type Kind } from "./kinds.ts";
import { nameOf, spaceOf } from "./lister.ts";
import { faults } from "./schema.ts";
import { badRequest, type Cause, Refusal } from "./status.ts";

function misfit(
	kind: Kind,
	object: Dict,
): { cause: Cause; value: unknown } | undefined {
	const schema = kind.custom?.schema ?? builtInSchema(kind);
	const cause = faults(object, schema, "", true).find(
		(it) => it.reason === "FieldValueTypeInvalid",
	);
	if (!cause) return undefined;
	const path = cause.field.split(/[.[\]]+/).filter(Boolean);
	return { cause, value: at(object, ...path) };
}

/** Built-in kinds are decoded into Go types: 400. Custom ones are validated: 422. */
export function decodable(kind: Kind, object: Dict): void {
	const found = kind.custom ? undefined : misfit(kind, object);
	if (!found) return;
	throw badRequest(
		`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: json: cannot unmarshal ${typeof found.value} into Go struct field ${kind.kind}.${found.cause.field} of type ${wanted(found.cause)}`,
	);
}

/** Server-side apply fails to read the configuration: 500. */
export function typed(kind: Kind, object: Dict): void {
	const found = misfit(kind, object);
	if (!found) return;
	const type = wanted(found.cause);
	const expected = type === "integer" ? "numeric (int or float)" : type;
	const got =
		typeof found.value === "string"
			? "string"
			: `&value.valueUnstructured{${JSON.stringify(found.value)}}`;
	throw new Refusal(
		500,
		"InternalError",
		`failed to create typed patch object (${spaceOf(object)}/${nameOf(object)}; ${apiVersionOf(kind)}, Kind=${kind.kind}): .${found.cause.field}: expected ${expected}, got ${got}`,
	);
}

const wanted = (cause: Cause): string =>
	/must be of type (\w+)/.exec(cause.message)?.[1] ?? "object";
