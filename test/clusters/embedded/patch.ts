import { applyPatch } from "rfc6902";
import { at, clone, type Dict, dict, isDict, list } from "./json.ts";
import { itemKey, type Shape } from "./shape.ts";
import { badRequest, Refusal } from "./status.ts";

/** RFC 7386. */
export function mergePatch(value: unknown, patch: unknown): unknown {
	if (!isDict(patch)) return patch;
	const result: Dict = { ...dict(value) };
	for (const [key, it] of Object.entries(patch)) {
		if (it === null) delete result[key];
		else result[key] = mergePatch(result[key], it);
	}
	return result;
}

/** RFC 6902, all or nothing; a test that fails is 422. */
export function jsonPatch(value: Dict, operations: unknown): Dict {
	if (!Array.isArray(operations))
		throw badRequest(
			"error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch",
		);
	const copy = clone(value);
	const errors = applyPatch(copy, operations);
	const failed = errors.find((it) => it !== null);
	if (failed)
		throw new Refusal(
			422,
			"Invalid",
			"the server rejected our request due to an error in our request",
			{},
		);
	return copy;
}

/** What kubectl sends for built-in kinds: a merge patch that knows keyed lists. */
export function strategicPatch(
	value: unknown,
	patch: unknown,
	shape: Shape,
): unknown {
	if (!isDict(patch)) return patch;
	if (patch.$patch === "replace")
		return Object.fromEntries(
			Object.entries(patch).filter(([key]) => key !== "$patch"),
		);
	const result: Dict = { ...dict(value) };
	for (const [key, it] of Object.entries(patch)) {
		if (key.startsWith("$")) continue;
		const child = shape.child(key);
		if (it === null) delete result[key];
		else if (Array.isArray(it) && Array.isArray(child.list))
			result[key] = mergeItems(list(result[key]), it, child);
		else result[key] = strategicPatch(result[key], it, child);
	}
	return result;
}

function mergeItems(
	live: readonly unknown[],
	patch: readonly unknown[],
	shape: Shape,
): unknown[] {
	const changes = new Map(patch.map((it) => [itemKey(shape, it), it]));
	const kept = live.flatMap((it) => {
		const change = changes.get(itemKey(shape, it));
		changes.delete(itemKey(shape, it));
		if (at(change, "$patch") === "delete") return [];
		return [
			change === undefined ? it : strategicPatch(it, change, shape.item()),
		];
	});
	return [
		...kept,
		...[...changes.values()].filter((it) => at(it, "$patch") !== "delete"),
	];
}
