/** Rules that every stored object has been through: what etcd is given, and when. */

import { trackUpdate, type Writer } from "./apply.ts";
import { builtInSchema } from "./built-in-schema.ts";
import { builtInFaults, defaulted, withoutNulls } from "./defaults.ts";
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
import { apiVersionOf, type Kind } from "./kinds.ts";
import { established } from "./registry.ts";
import { faultsOfRules } from "./rules.ts";
import { faults, shaped } from "./schema.ts";
import {
	type Cause,
	conflict,
	forbidden,
	invalid,
	MODIFIED,
} from "./status.ts";

/** What a write needs to know besides the object. */
export interface Intent {
	readonly kind: Kind;
	readonly manager: string;
	readonly subresource: string | undefined;
	/** RFC 3339, whole seconds. */
	readonly time: string;
	/** Server-side apply has kept the field owners itself. */
	readonly tracked?: boolean;
}

export const writerOf = (intent: Intent): Writer => ({
	manager: intent.manager,
	apiVersion: apiVersionOf(intent.kind),
	subresource: intent.subresource,
	time: intent.time,
	shape: intent.kind.shape,
	hasStatus: intent.kind.status,
});

const metaOf = (object: Dict): Dict => dict(object.metadata);

/** A new object as it would be stored, without a resource version. */
export function created(object: Dict, intent: Intent, uid: string): Dict {
	const { kind, time } = intent;
	const metadata = tidyMeta({
		...without(
			metaOf(object),
			"resourceVersion",
			"deletionTimestamp",
			"deletionGracePeriodSeconds",
			"selfLink",
			"managedFields",
		),
		uid,
		creationTimestamp: time,
		...(kind.generation ? { generation: 1 } : {}),
	});
	const entries = intent.tracked
		? { managedFields: metaOf(object).managedFields }
		: {};
	const base = kind.status ? without(object, "status") : object;
	const whole = prepared(
		{ ...base, metadata: { ...metadata, ...entries } },
		intent,
	);
	check(whole, undefined, kind);
	return intent.tracked ? whole : trackUpdate({}, whole, writerOf(intent));
}

/** The object after an update, or the very same one when nothing changes. */
export function updated(before: Dict, after: Dict, intent: Intent): Dict {
	const { kind } = intent;
	preconditions(kind, before, metaOf(after));
	const old = metaOf(before);
	const metadata = tidyMeta({
		...metaOf(after),
		name: old.name,
		...(old.namespace ? { namespace: old.namespace } : {}),
		uid: old.uid,
		creationTimestamp: old.creationTimestamp,
		resourceVersion: old.resourceVersion,
		...(old.generation === undefined ? {} : { generation: old.generation }),
		...(old.deletionTimestamp
			? {
					deletionTimestamp: old.deletionTimestamp,
					deletionGracePeriodSeconds: old.deletionGracePeriodSeconds,
				}
			: {}),
	});
	const whole = prepared(
		separated(before, { ...after, metadata }, intent),
		intent,
	);
	// The status of built-in kinds is written by the stand-in's own controllers.
	if (kind.custom || intent.subresource !== "status")
		check(whole, before, kind);
	const grown =
		kind.generation && !equal(counted(before, kind), counted(whole, kind));
	const counting = grown
		? {
				...whole,
				metadata: {
					...metaOf(whole),
					generation: Number(old.generation ?? 1) + 1,
				},
			}
		: whole;
	const final = intent.tracked
		? counting
		: trackUpdate(before, counting, writerOf(intent));
	return equal(before, final) ? before : final;
}

/** resourceVersion and uid in the body are compare-and-swap; a wrong uid is called an attempt to change it. */
export function preconditions(kind: Kind, before: Dict, given: Dict): void {
	const old = metaOf(before);
	const name = text(old.name);
	if (given.resourceVersion && given.resourceVersion !== old.resourceVersion) {
		throw conflict(kind, name, MODIFIED);
	}
	if (given.uid && given.uid !== old.uid) {
		throw invalid(kind, name, [
			{
				reason: "FieldValueInvalid",
				field: "metadata.uid",
				message: `Invalid value: ${JSON.stringify(given.uid)}: field is immutable`,
			},
		]);
	}
}

/** Preconditions of a delete. */
export function sameVersion(kind: Kind, before: Dict, given: Dict): void {
	const old = metaOf(before);
	const differs = (what: string, key: "uid" | "resourceVersion"): void => {
		if (!given[key] || given[key] === old[key]) return;
		throw conflict(
			kind,
			text(old.name),
			`Precondition failed: ${what} in precondition: ${given[key]}, ${what} in object meta: ${old[key]}`,
		);
	};
	differs("UID", "uid");
	differs("ResourceVersion", "resourceVersion");
}

/** On the main resource status is the old one; on the status subresource everything else is. */
function separated(
	before: Dict,
	after: Dict,
	{ kind, subresource }: Intent,
): Dict {
	if (subresource === "status") {
		const kept = {
			...metaOf(before),
			managedFields: metaOf(after).managedFields,
		};
		const status = after.status === undefined ? {} : { status: after.status };
		return {
			...without(before, "status"),
			metadata: tidyMeta(kept),
			...status,
		};
	}
	if (!kind.status) return after;
	const status = before.status === undefined ? {} : { status: before.status };
	return { ...without(after, "status"), ...status };
}

function prepared(object: Dict, { kind, time, subresource }: Intent): Dict {
	if (kind.custom) return shaped(object, kind.custom.schema, true) as Dict;
	if (subresource === "status") {
		const status = withoutNulls(object.status);
		return status === undefined ? object : { ...object, status };
	}
	const typed = defaulted(kind, withoutNulls(object) as Dict);
	if (kind.kind !== "CustomResourceDefinition") return typed;
	return isDict(typed.status)
		? { ...established(typed, time), status: typed.status }
		: established(typed, time);
}

const counted = (object: Dict, { custom, status }: Kind): unknown => {
	if (!custom) return object.spec;
	return without(object, "metadata", ...(status ? ["status"] : []));
};

const EMPTY_IS_ABSENT = [
	"labels",
	"annotations",
	"finalizers",
	"ownerReferences",
	"managedFields",
];

function tidyMeta(metadata: Dict): Dict {
	const kept = Object.entries(metadata).filter(([key, it]) => {
		if (it === undefined || it === null) return false;
		const empty = Array.isArray(it)
			? it.length === 0
			: isDict(it) && Object.keys(it).length === 0;
		return !(empty && EMPTY_IS_ABSENT.includes(key));
	});
	return Object.fromEntries(kept);
}

const SUBDOMAIN =
	/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const ANY_NAME = new Set([
	"Role",
	"RoleBinding",
	"ClusterRole",
	"ClusterRoleBinding",
]);

function check(object: Dict, before: Dict | undefined, kind: Kind): void {
	const name = text(metaOf(object).name);
	const found: Cause[] = [];
	if (!SUBDOMAIN.test(name) && !ANY_NAME.has(kind.kind)) {
		found.push({
			reason: "FieldValueInvalid",
			field: "metadata.name",
			message: `Invalid value: ${JSON.stringify(name)}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
		});
	}
	const schema = kind.custom?.schema ?? builtInSchema(kind);
	const structural = faults(object, schema, "", true);
	found.push(...structural, ...builtInFaults(kind, object, before));
	// Rules are only looked at in objects that fit the schema.
	if (kind.custom && structural.length === 0)
		found.push(...faultsOfRules(object, before, kind.custom.schema));
	if (found.length) throw invalid(kind, name, found);
	newFinalizers(object, before, kind);
}

function newFinalizers(
	object: Dict,
	before: Dict | undefined,
	kind: Kind,
): void {
	if (!before || !metaOf(before).deletionTimestamp) return;
	const old = list(at(before, "metadata", "finalizers"));
	const added = list(at(object, "metadata", "finalizers")).filter(
		(it) => !old.includes(it),
	);
	if (added.length === 0) return;
	const shown = added.map((it) => `"${it}"`).join(", ");
	throw invalid(kind, text(metaOf(object).name), [
		{
			reason: "FieldValueForbidden",
			field: "metadata.finalizers",
			message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${shown}}`,
		},
	]);
}

/** Namespaces must exist before anything is created in them, and not be on their way out. */
export function roomFor(kind: Kind, name: string, namespace: Dict): void {
	if (!at(namespace, "metadata", "deletionTimestamp")) return;
	const space = text(at(namespace, "metadata", "name"));
	throw forbidden(
		kind,
		name,
		`unable to create new content in namespace ${space} because it is being terminated`,
		[
			{
				reason: "NamespaceTerminating",
				message: `namespace ${space} is being terminated`,
				field: "metadata.namespace",
			},
		],
	);
}
