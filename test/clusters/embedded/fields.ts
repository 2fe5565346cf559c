/**
 * Sets of field paths in the form of metadata.managedFields' fieldsV1. An
 * empty node means "this field"; a node with children means the field itself
 * only when it also has ".".
 */
import { type Dict, equal, isDict } from "./json.ts";
import { itemKey, type Shape } from "./shape.ts";

export type FieldSet = { readonly [key: string]: FieldSet };

const SELF = ".";
const self = (node: FieldSet): boolean =>
	SELF in node || Object.keys(node).length === 0;
const children = (node: FieldSet): [string, FieldSet][] =>
	Object.entries(node).filter(([key]) => key !== SELF);

export const isEmptySet = (set: FieldSet): boolean =>
	Object.keys(set).length === 0;

function nodeOf(
	owned: boolean,
	below: readonly [string, FieldSet][],
): FieldSet | undefined {
	if (below.length === 0) return owned ? {} : undefined;
	return Object.fromEntries(owned ? [[SELF, {}], ...below] : below);
}

/** Sub-values with their keys and shapes, or undefined when the value is one whole. */
function parts(
	value: unknown,
	shape: Shape,
): [string, unknown, Shape][] | undefined {
	if (isDict(value)) {
		if (shape.map === "atomic") return undefined;
		return Object.keys(value).map((key) => [
			`f:${key}`,
			value[key],
			shape.child(key),
		]);
	}
	if (Array.isArray(value) && shape.list !== "atomic") {
		const item = shape.item();
		return value.map((it) => [itemKey(shape, it), it, item]);
	}
	return undefined;
}

/** Items of keyed lists are fields of their own; maps only where `maps` says so. */
function fieldsAt(
	value: unknown,
	shape: Shape,
	isItem: boolean,
	maps: boolean,
): FieldSet {
	const below = parts(value, shape);
	if (!below) return {};
	const nodes = below.map(([key, it, of]): [string, FieldSet] => [
		key,
		fieldsAt(it, of, !key.startsWith("f:"), maps),
	]);
	return nodeOf(isItem || maps, nodes) ?? {};
}

/** What an applied configuration claims. */
export function claimed(value: Dict, shape: Shape): FieldSet {
	return Object.fromEntries(
		Object.keys(value).map((key) => [
			`f:${key}`,
			fieldsAt(value[key], shape.child(key), false, false),
		]),
	);
}

/** Fields that are new or have another value in `after`. */
export function changed(
	before: unknown,
	after: unknown,
	shape: Shape,
): FieldSet {
	const old = parts(before, shape);
	const now = parts(after, shape);
	if (!old || !now) return {};
	const values = new Map(old.map(([key, it]) => [key, it]));
	const nodes: [string, FieldSet][] = [];
	for (const [key, it, of] of now) {
		if (!values.has(key)) {
			nodes.push([key, fieldsAt(it, of, true, true)]);
			continue;
		}
		const was = values.get(key);
		if (equal(was, it)) continue;
		if (!parts(was, of) || !parts(it, of)) nodes.push([key, {}]);
		else {
			const below = changed(was, it, of);
			if (!isEmptySet(below)) nodes.push([key, below]);
		}
	}
	return Object.fromEntries(nodes);
}

/** Whether `before` has a field that `after` has not. */
export function shrinks(
	before: unknown,
	after: unknown,
	shape: Shape,
): boolean {
	if (before === after) return false;
	const old = parts(before, shape);
	const now = parts(after, shape);
	if (!old || !now) return false;
	const values = new Map(now.map(([key, it]) => [key, it]));
	return old.some(
		([key, it, of]) => !values.has(key) || shrinks(it, values.get(key), of),
	);
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
	const join = (x: FieldSet, y: FieldSet): FieldSet =>
		nodeOf(self(x) || self(y), children(union(x, y))) ?? {};
	const result: Record<string, FieldSet> = {};
	for (const [key, node] of [...children(a), ...children(b)]) {
		const there = result[key];
		result[key] = there ? join(there, node) : node;
	}
	return result;
}

function combine(
	a: FieldSet,
	b: FieldSet,
	keep: (inB: boolean) => boolean,
): FieldSet {
	const nodes: [string, FieldSet][] = [];
	for (const [key, node] of children(a)) {
		const other = b[key];
		if (!other) {
			if (keep(false)) nodes.push([key, node]);
			continue;
		}
		const rest = nodeOf(
			self(node) && keep(self(other)),
			children(combine(node, other, keep)),
		);
		if (rest) nodes.push([key, rest]);
	}
	return Object.fromEntries(nodes);
}

export const subtract = (a: FieldSet, b: FieldSet): FieldSet =>
	combine(a, b, (inB) => !inB);
export const intersect = (a: FieldSet, b: FieldSet): FieldSet =>
	combine(a, b, (inB) => inB);

/** The set with every named field on the way to a member as a member too. */
export const withParents = (set: FieldSet): FieldSet => {
	const nodes = children(set).map(([key, node]): [string, FieldSet] => {
		const below = children(node);
		if (below.length === 0) return [key, node];
		const owned = key.startsWith("f:") || self(node);
		return [key, nodeOf(owned, children(withParents(node))) ?? {}];
	});
	return Object.fromEntries(nodes);
};

/** The part of a set that `value` still has. */
export function existing(
	set: FieldSet,
	value: unknown,
	shape: Shape,
): FieldSet {
	const there = new Map(
		(parts(value, shape) ?? []).map(([key, it, of]) => [
			key,
			[it, of] as const,
		]),
	);
	const nodes: [string, FieldSet][] = [];
	for (const [key, node] of children(set)) {
		const found = there.get(key);
		if (!found) continue;
		const rest = nodeOf(self(node), children(existing(node, ...found)));
		if (rest) nodes.push([key, rest]);
	}
	return Object.fromEntries(nodes);
}

/** `value` without the fields of the set. */
export function remove(value: unknown, set: FieldSet, shape: Shape): unknown {
	const below = parts(value, shape);
	if (!below) return value;
	const kept = below.flatMap(([key, it, of]): [string, unknown][] => {
		const node = set[key];
		if (!node) return [[key, it]];
		return self(node) ? [] : [[key, remove(it, node, of)]];
	});
	if (Array.isArray(value)) return kept.map(([, it]) => it);
	return Object.fromEntries(kept.map(([key, it]) => [key.slice(2), it]));
}

/** `.spec.containers[name="web"].image` of each field, as conflicts are worded. */
export function paths(set: FieldSet, prefix = ""): string[] {
	return children(set).flatMap(([key, node]) => {
		const here = prefix + step(key);
		const rest = paths(node, here);
		return self(node) ? [here, ...rest] : rest;
	});
}

function step(key: string): string {
	if (key.startsWith("f:")) return `.${key.slice(2)}`;
	if (key.startsWith("v:")) return `[=${key.slice(2)}]`;
	const keys = JSON.parse(key.slice(2)) as Dict;
	return `[${Object.entries(keys)
		.map(([name, it]) => `${name}=${JSON.stringify(it)}`)
		.join(",")}]`;
}
