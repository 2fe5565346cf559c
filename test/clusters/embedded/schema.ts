/** Structural schemas: prune, default, validate; as the API server does, in that order. */
import { at, clone, type Dict, dict, isDict, list } from "./json.ts";
import type { Cause } from "./status.ts";

const OPEN = "x-kubernetes-preserve-unknown-fields";
const EMBEDDED = new Set(["apiVersion", "kind", "metadata"]);

const propertyOf = (schema: Dict, key: string): unknown =>
	at(schema, "properties", key) ?? schema.additionalProperties;

/** A copy without fields the schema does not name, and with its defaults. */
export function shaped(value: unknown, schema: Dict, root = false): unknown {
	if (Array.isArray(value)) {
		const items = schema.items;
		return isDict(items) ? value.map((it) => shaped(it, items)) : value;
	}
	if (!isDict(value)) return value;
	const open = schema[OPEN] === true;
	const embedded = root || schema["x-kubernetes-embedded-resource"] === true;
	const result: Dict = {};
	for (const key of Object.keys(value)) {
		const property = propertyOf(schema, key);
		const it = value[key];
		if (embedded && EMBEDDED.has(key)) result[key] = it;
		else if (isDict(property)) {
			const dropped =
				it === null && property.nullable !== true && "default" in property;
			if (!dropped) result[key] = shaped(it, property);
		} else if (open || property === true) result[key] = it;
	}
	for (const [key, property] of Object.entries(dict(schema.properties))) {
		const fallback = at(property, "default");
		if (fallback !== undefined && !(key in result)) {
			result[key] = shaped(clone(fallback), dict(property));
		}
	}
	return result;
}

const NAMES: Readonly<Record<string, (value: unknown) => boolean>> = {
	object: isDict,
	array: Array.isArray,
	string: (value) => typeof value === "string",
	boolean: (value) => typeof value === "boolean",
	integer: (value) => Number.isInteger(value),
	number: (value) => typeof value === "number",
};

function typeName(value: unknown): string {
	if (value === null) return "null";
	if (Array.isArray(value)) return "array";
	if (Number.isInteger(value)) return "integer";
	return typeof value;
}

/** Everything in the value that the schema does not allow; CEL is looked at elsewhere. */
export function faults(
	value: unknown,
	schema: Dict,
	field: string,
	root = false,
): Cause[] {
	if (value === null && schema.nullable === true) return [];
	if (schema["x-kubernetes-int-or-string"] === true) {
		if (typeof value === "string" || Number.isInteger(value)) return [];
		return [wrongType(field, value, "integer,string")];
	}
	const type = schema.type as string | undefined;
	if (type && !NAMES[type]?.(value)) return [wrongType(field, value, type)];
	const own = [
		...scalarFaults(value, schema, field),
		...sizeFaults(value, schema, field),
	];
	if (Array.isArray(value)) {
		const items = dict(schema.items);
		return [
			...own,
			...value.flatMap((it, index) => faults(it, items, `${field}[${index}]`)),
		];
	}
	if (!isDict(value)) return own;
	const below = Object.keys(value).flatMap((key) => {
		const property = propertyOf(schema, key);
		if (!isDict(property) || (root && EMBEDDED.has(key))) return [];
		return faults(value[key], property, field ? `${field}.${key}` : key);
	});
	return [...own, ...below];
}

const shown = (value: unknown): string =>
	typeof value === "string"
		? JSON.stringify(value)
		: (JSON.stringify(value) ?? "null");

const wrongType = (field: string, value: unknown, wanted: string): Cause => ({
	reason: "FieldValueTypeInvalid",
	field,
	message: `Invalid value: "${typeName(value)}": ${field} in body must be of type ${wanted}: "${typeName(value)}"`,
});

const bad = (field: string, value: unknown, why: string): Cause => ({
	reason: "FieldValueInvalid",
	field,
	message: `Invalid value: ${shown(value)}: ${field} in body ${why}`,
});

function scalarFaults(value: unknown, schema: Dict, field: string): Cause[] {
	const found: Cause[] = [];
	if (Array.isArray(schema.enum) && !schema.enum.includes(value)) {
		const allowed = schema.enum.map((it) => JSON.stringify(it)).join(", ");
		found.push({
			reason: "FieldValueNotSupported",
			field,
			message: `Unsupported value: ${shown(value)}: supported values: ${allowed}`,
		});
	}
	if (typeof value === "number") {
		const { minimum, maximum } = schema as {
			minimum?: number;
			maximum?: number;
		};
		if (minimum !== undefined && value < minimum)
			found.push(
				bad(field, value, `should be greater than or equal to ${minimum}`),
			);
		if (maximum !== undefined && value > maximum)
			found.push(
				bad(field, value, `should be less than or equal to ${maximum}`),
			);
	}
	if (
		typeof value === "string" &&
		typeof schema.pattern === "string" &&
		!new RegExp(schema.pattern, "u").test(value)
	) {
		found.push(bad(field, value, `should match '${schema.pattern}'`));
	}
	return found;
}

function sizeFaults(value: unknown, schema: Dict, field: string): Cause[] {
	const found: Cause[] = [];
	const limit = (
		size: number,
		min: unknown,
		max: unknown,
		noun: string,
	): void => {
		if (typeof min === "number" && size < min)
			found.push(
				bad(field, value, `should ${noun} at least ${min}${unit(noun, min)}`),
			);
		if (typeof max === "number" && size > max) {
			const reason = noun === "be" ? "FieldValueTooLong" : "FieldValueTooMany";
			found.push({ reason, field, message: tooMuch(noun, size, max) });
		}
	};
	if (typeof value === "string")
		limit([...value].length, schema.minLength, schema.maxLength, "be");
	if (Array.isArray(value)) {
		limit(value.length, schema.minItems, schema.maxItems, "have");
		found.push(...duplicates(value, schema, field));
	}
	if (isDict(value)) {
		limit(
			Object.keys(value).length,
			schema.minProperties,
			schema.maxProperties,
			"have",
		);
		for (const key of list(schema.required) as string[]) {
			if (!(key in value))
				found.push({
					reason: "FieldValueRequired",
					field: field ? `${field}.${key}` : key,
					message: "Required value",
				});
		}
	}
	return found;
}

const unit = (noun: string, count: number): string =>
	noun === "be" ? " chars long" : count === 1 ? " item" : " items";

const tooMuch = (noun: string, size: number, max: number): string =>
	noun === "be"
		? `Too long: may not be more than ${max} bytes`
		: `Too many: ${size}: must have at most ${max} item${max === 1 ? "" : "s"}`;

function duplicates(
	value: readonly unknown[],
	schema: Dict,
	field: string,
): Cause[] {
	const type = schema["x-kubernetes-list-type"];
	if (type !== "map" && type !== "set") return [];
	const keys = list(schema["x-kubernetes-list-map-keys"]) as string[];
	const seen = new Set<string>();
	return value.flatMap((it, index): Cause[] => {
		const id = JSON.stringify(
			type === "set" ? it : keys.map((key) => at(it, key)),
		);
		if (!seen.has(id)) {
			seen.add(id);
			return [];
		}
		const shownKey =
			type === "set"
				? it
				: Object.fromEntries(keys.map((key) => [key, at(it, key)]));
		return [
			{
				reason: "FieldValueDuplicate",
				field: `${field}[${index}]`,
				message: `Duplicate value: ${shown(shownKey)}`,
			},
		];
	});
}
