/** x-kubernetes-validations of a schema, looked at with old and new value. */
import { cel } from "./cel.ts";
import { at, type Dict, isDict, list, text } from "./json.ts";
import type { Cause } from "./status.ts";

/** What a field's value was before; of items of atomic lists nobody can say. */
type Before = { readonly value: unknown } | undefined;

export function faultsOfRules(
	object: Dict,
	before: Dict | undefined,
	schema: Dict,
): Cause[] {
	const old = before && { value: visible(before) };
	return look(visible(object), old, schema, "");
}

/** Of metadata, rules at the root see only the two names. */
function visible(object: Dict): Dict {
	const { name, generateName } = object.metadata as Dict;
	const metadata = {
		...(name ? { name } : {}),
		...(generateName ? { generateName } : {}),
	};
	return { ...object, metadata };
}

function look(
	value: unknown,
	old: Before,
	schema: Dict,
	path: string,
): Cause[] {
	const rules = list(schema["x-kubernetes-validations"]) as Dict[];
	const own = rules.flatMap((rule) => broken(rule, value, old, path));
	if (Array.isArray(value)) {
		const items = schema.items;
		if (!isDict(items)) return own;
		return [
			...own,
			...value.flatMap((it, index) =>
				look(it, oldItem(it, old, schema), items, `${path}[${index}]`),
			),
		];
	}
	if (!isDict(value)) return own;
	const below = Object.keys(value).flatMap((key) => {
		const property =
			at(schema, "properties", key) ?? schema.additionalProperties;
		if (!isDict(property)) return [];
		const was = at(old?.value, key);
		return look(
			value[key],
			was === undefined ? undefined : { value: was },
			property,
			path ? `${path}.${key}` : key,
		);
	});
	return [...own, ...below];
}

function oldItem(item: unknown, old: Before, schema: Dict): Before {
	if (schema["x-kubernetes-list-type"] !== "map") return undefined;
	const keys = list(schema["x-kubernetes-list-map-keys"]) as string[];
	const found = list(old?.value).find((it) =>
		keys.every((key) => at(it, key) === at(item, key)),
	);
	return found === undefined ? undefined : { value: found };
}

function broken(
	rule: Dict,
	value: unknown,
	old: Before,
	path: string,
): Cause[] {
	const source = text(rule.rule);
	const transition = /\boldSelf\b/.test(source);
	if (transition && !old) return [];
	const variables = transition
		? { self: value, oldSelf: old?.value }
		: { self: value };
	const field = path + text(rule.fieldPath);
	try {
		if (cel(source)(variables) === true) return [];
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		if (why.startsWith("CEL:")) throw error;
		return [
			causeOf(
				rule,
				value,
				field,
				`${text(rule.message)} evaluation error: ${why}`,
			),
		];
	}
	return [
		causeOf(rule, value, field, text(rule.message) || `failed rule: ${source}`),
	];
}

function causeOf(
	rule: Dict,
	value: unknown,
	path: string,
	said: string,
): Cause {
	const field = path.replace(/^\./, "");
	const reason = (text(rule.reason) || "FieldValueInvalid") as Cause["reason"];
	if (reason === "FieldValueForbidden")
		return { reason, field, message: `Forbidden: ${said}` };
	if (reason === "FieldValueRequired")
		return { reason, field, message: `Required value: ${said}` };
	const shown = isDict(value)
		? '"object"'
		: Array.isArray(value)
			? '"array"'
			: JSON.stringify(value);
	return { reason, field, message: `Invalid value: ${shown}: ${said.trim()}` };
}
