/** Values of the wrong type: the API server stumbles over them before it validates. */
import { builtInSchema } from "./built-in-schema.ts";
import { at, type Dict, isDict } from "./json.ts";
import { apiVersionOf, type Kind } from "./kinds.ts";
import { nameOf, spaceOf } from "./lister.ts";
import { faults, shaped } from "./schema.ts";
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
			: `&value.valueUnstructured{Value:${JSON.stringify(found.value)}}`;
	throw new Refusal(
		500,
		"InternalError",
		`failed to create typed patch object (${spaceOf(object)}/${nameOf(object)}; ${apiVersionOf(kind)}, Kind=${kind.kind}): .${found.cause.field}: expected ${expected}, got ${got}`,
	);
}

/** `fieldValidation=Strict`, as kubectl asks for: fields that the schema does not have are a fault. */
export function strict(
	kind: Kind,
	object: Dict,
	query: Readonly<Record<string, string>>,
): void {
	if (query.fieldValidation !== "Strict" || !kind.custom) return;
	const found = unknown(object, shaped(object, kind.custom.schema, true), "");
	if (found.length === 0) return;
	const fields = found.map((it) => `unknown field "${it}"`).join(", ");
	throw badRequest(
		`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${fields}`,
	);
}

function unknown(sent: unknown, kept: unknown, path: string): string[] {
	if (Array.isArray(sent) && Array.isArray(kept))
		return sent.flatMap((it, index) =>
			unknown(it, kept[index], `${path}[${index}]`),
		);
	if (!isDict(sent) || !isDict(kept)) return [];
	return Object.keys(sent).flatMap((key) => {
		const here = path ? `${path}.${key}` : key;
		if (key in kept) return unknown(sent[key], kept[key], here);
		// A null where there is a default is dropped, and was known.
		return sent[key] === null ? [] : [here];
	});
}

const wanted = (cause: Cause): string =>
	/must be of type (\w+)/.exec(cause.message)?.[1] ?? "object";
