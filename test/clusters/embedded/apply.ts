/** Server-side apply and the field owners of every other write. */
import {
	changed,
	claimed,
	existing,
	type FieldSet,
	intersect,
	isEmptySet,
	paths,
	remove,
	shrinks,
	subtract,
	union,
	withParents,
} from "./fields.ts";
import {
	at,
	type Dict,
	dict,
	equal,
	isDict,
	list,
	text,
	without,
} from "./json.ts";
import { itemKey, type Shape } from "./shape.ts";
import { Refusal } from "./status.ts";

interface Entry {
	readonly manager: string;
	readonly operation: "Apply" | "Update";
	readonly apiVersion: string;
	readonly time: string;
	readonly fieldsType: "FieldsV1";
	readonly fieldsV1: FieldSet;
	readonly subresource?: string;
}

export interface Writer {
	readonly manager: string;
	readonly apiVersion: string;
	readonly subresource: string | undefined;
	readonly time: string;
	readonly shape: Shape;
	/** Fields that this write cannot touch: `status` on the main resource, all else on status. */
	readonly hasStatus: boolean;
}

const OWN_META = [
	"name",
	"namespace",
	"uid",
	"resourceVersion",
	"generation",
	"creationTimestamp",
	"deletionTimestamp",
	"deletionGracePeriodSeconds",
	"generateName",
	"selfLink",
	"managedFields",
];

/** What field owners are kept for: server-owned fields left out. */
function tracked(object: Dict, writer: Writer): Dict {
	if (writer.subresource === "status") {
		return "status" in object ? { status: object.status } : {};
	}
	const metadata = without(dict(object.metadata), ...OWN_META);
	const rest = without(
		object,
		"apiVersion",
		"kind",
		"metadata",
		...(writer.hasStatus ? ["status"] : []),
	);
	return isEmptySet(metadata as FieldSet) ? rest : { metadata, ...rest };
}

const entriesOf = (object: Dict): Entry[] =>
	list(at(object, "metadata", "managedFields")) as Entry[];

const isOwn = (entry: Entry, writer: Writer, operation: string): boolean =>
	entry.manager === writer.manager &&
	entry.operation === operation &&
	text(entry.subresource) === text(writer.subresource);

function entryOf(
	writer: Writer,
	operation: "Apply" | "Update",
	fieldsV1: FieldSet,
	old: Entry | undefined,
): Entry {
	const same = old && equal(old.fieldsV1, fieldsV1);
	return {
		manager: writer.manager,
		operation,
		apiVersion: writer.apiVersion,
		time: same ? old.time : writer.time,
		fieldsType: "FieldsV1",
		fieldsV1,
		...(writer.subresource ? { subresource: writer.subresource } : {}),
	};
}

const withFields = (
	entries: readonly Entry[],
	map: (set: FieldSet) => FieldSet,
): Entry[] =>
	entries
		.map((it) => ({ ...it, fieldsV1: map(it.fieldsV1) }))
		.filter((it) => !isEmptySet(it.fieldsV1));

const withEntries = (object: Dict, entries: readonly Entry[]): Dict => {
	const metadata = without(dict(object.metadata), "managedFields");
	return {
		...object,
		metadata: entries.length
			? { ...metadata, managedFields: entries }
			: metadata,
	};
};

/** Field owners after a create, merge patch or JSON patch. `after` may carry managedFields of its own: they are taken. */
export function trackUpdate(before: Dict, after: Dict, writer: Writer): Dict {
	const old = tracked(before, writer);
	const now = tracked(after, writer);
	if (equal(old, now)) return after;
	const delta = changed(old, now, writer.shape);
	const entries = entriesOf(after);
	const mine = entries.find((it) => isOwn(it, writer, "Update"));
	const kept = shrinks(old, now, writer.shape)
		? (set: FieldSet) => existing(set, after, writer.shape)
		: (set: FieldSet) => set;
	const others = withFields(
		entries.filter((it) => it !== mine),
		(set) => kept(subtract(set, delta)),
	);
	const own = kept(union(mine?.fieldsV1 ?? {}, delta));
	const all = isEmptySet(own)
		? others
		: [...others, entryOf(writer, "Update", own, mine)];
	return withEntries(after, inOrder(all));
}

/** Apply entries first, then by time, as the API server sorts them. */
function inOrder(entries: readonly Entry[]): Entry[] {
	const key = (it: Entry): string =>
		`${it.operation === "Apply" ? 0 : 1} ${it.subresource ? 1 : 0} ${it.time} ${it.manager}`;
	return [...entries].sort((a, b) =>
		key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0,
	);
}

function merge(live: unknown, applied: unknown, shape: Shape): unknown {
	if (isDict(live) && isDict(applied) && shape.map === "granular") {
		const result: Dict = { ...live };
		for (const key of Object.keys(applied)) {
			result[key] =
				key in live
					? merge(live[key], applied[key], shape.child(key))
					: applied[key];
		}
		return result;
	}
	if (
		Array.isArray(live) &&
		Array.isArray(applied) &&
		shape.list !== "atomic"
	) {
		const wanted = new Map(applied.map((it) => [itemKey(shape, it), it]));
		const kept = live.map((it) => {
			const key = itemKey(shape, it);
			if (!wanted.has(key)) return it;
			const merged = merge(it, wanted.get(key), shape.item());
			wanted.delete(key);
			return merged;
		});
		return [...kept, ...wanted.values()];
	}
	return applied;
}

function conflictOf(
	lost: readonly { entry: Entry; fields: FieldSet }[],
): Refusal {
	const causes = lost.flatMap(({ entry, fields }) =>
		paths(fields).map((field) => ({
			reason: "FieldManagerConflict",
			message: `conflict with "${entry.manager}" using ${entry.apiVersion}`,
			field,
		})),
	);
	const s = causes.length === 1 ? "" : "s";
	const first = causes[0];
	const body =
		causes.length === 1
			? `${first?.message}: ${first?.field}`
			: `conflicts with ${lost.map((it) => `"${it.entry.manager}"`).join(", ")}:\n${causes.map((it) => `- ${it.field}`).join("\n")}`;
	return new Refusal(
		409,
		"Conflict",
		`Apply failed with ${causes.length} conflict${s}: ${body}`,
		{ causes },
	);
}

/** Server-side apply: the object after it, with its field owners. */
export function applied(
	live: Dict,
	configuration: Dict,
	writer: Writer,
	force: boolean,
): Dict {
	const config = tracked(configuration, writer);
	const before = tracked(live, writer);
	const claim = claimed(config, writer.shape);
	const entries = entriesOf(live);
	const mine = entries.find((it) => isOwn(it, writer, "Apply"));
	const others = entries.filter((it) => it !== mine);

	const merged = dict(merge(before, config, writer.shape));
	const delta = changed(before, merged, writer.shape);
	const lost = others
		.map((entry) => ({ entry, fields: intersect(entry.fieldsV1, delta) }))
		.filter((it) => !isEmptySet(it.fields));
	if (lost.length && !force) throw conflictOf(lost);

	const held = others.reduce<FieldSet>(
		(sum, it) => union(sum, it.fieldsV1),
		{},
	);
	// What was claimed and is no more, unless it is claimed by somebody else:
	// emptied parents go too.
	const still = union(withParents(claim), withParents(held));
	const dropped = subtract(withParents(mine?.fieldsV1 ?? {}), still);
	const result = dict(remove(merged, dropped, writer.shape));
	const rest = withFields(others, (set) =>
		existing(subtract(set, delta), { ...live, ...result }, writer.shape),
	);
	const own = isEmptySet(claim) ? [] : [entryOf(writer, "Apply", claim, mine)];
	return withEntries(
		putBack(live, configuration, result, writer),
		inOrder([...rest, ...own]),
	);
}

/** Tracked fields go back into the whole object. */
function putBack(
	live: Dict,
	configuration: Dict,
	result: Dict,
	writer: Writer,
): Dict {
	if (writer.subresource === "status")
		return { ...live, status: result.status };
	const head = {
		apiVersion: configuration.apiVersion,
		kind: configuration.kind,
	};
	const server = Object.fromEntries(
		Object.entries(dict(live.metadata)).filter(([key]) =>
			OWN_META.includes(key),
		),
	);
	const named = dict(configuration.metadata);
	const metadata = {
		...server,
		name: named.name,
		...(named.namespace ? { namespace: named.namespace } : {}),
		...dict(result.metadata),
	};
	const status =
		writer.hasStatus && "status" in live ? { status: live.status } : {};
	return { ...head, ...without(result, "metadata"), metadata, ...status };
}
