/**
 * A manifest becomes the object that is written: first without its role (what
 * is hashed and compared), then with role, epoch and owner.
 *
 * Role and epoch never enter a pod template: they would restart every pod at
 * promotion.
 */
import { APPLIED, EPOCH, GROUP, INSTALLATION, SIDE } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { type GateAsked, withGate } from "./gate.ts";
import type { TemplateKind } from "./gate-form.ts";
import type { Template } from "./gate-pod.ts";
import type { Part } from "./part.ts";
import type { SideView } from "./side.ts";

export interface Home {
	readonly namespace: string;
	readonly name: string;
	readonly installation: string;
	/** Undefined: its pods are not gated. */
	readonly gate?: GateAsked;
}

/** What the role makes of one part. */
export interface Form {
	/** False: the role wants no such object (an autoscaler on the standby side). */
	readonly wanted: boolean;
	readonly replicas?: number;
	readonly suspended?: boolean;
	readonly maxUnavailable?: number | string;
}

type Dict = Record<string, unknown>;

/** Kinds whose spec depends on the role: they carry the epoch (rule 18). */
const ROLE_KINDS = new Set([
	"Deployment",
	"StatefulSet",
	"CronJob",
	"HorizontalPodAutoscaler",
]);

export const hasRole = (kind: string): boolean => ROLE_KINDS.has(kind);

/** Data outlives the service: claims have no owner and are never deleted. Nor has what others deliver. */
export const isOwned = (it: Pick<Part, "kind" | "delivered">): boolean =>
	it.kind !== "PersistentVolumeClaim" && !it.delivered;

const isDict = (it: unknown): it is Dict =>
	it !== null && typeof it === "object" && !Array.isArray(it);
const dict = (it: unknown): Dict => (isDict(it) ? it : {});

/** Without role, owner and annotations of ours. */
export function render(manifest: KubeObject, home: Home): KubeObject {
	const { status: _, ...object } = withoutNulls(manifest) as KubeObject;
	const mark = { [SIDE]: home.name };
	const { annotations, labels } = object.metadata;
	const rendered: KubeObject = {
		...object,
		metadata: {
			...object.metadata,
			namespace: home.namespace,
			...(annotations ? { annotations: unmarked(annotations) } : {}),
			labels: {
				...unmarked(labels),
				...mark,
				[INSTALLATION]: home.installation,
			},
		},
	};
	const template = (it: unknown, kind: TemplateKind) => {
		const made = labelled(it, mark);
		return home.gate ? withGate(made as Template, home.gate, kind) : made;
	};
	switch (manifest.kind) {
		case "Deployment":
		case "StatefulSet": {
			const { replicas: _, ...spec } = dict(object.spec);
			return {
				...rendered,
				spec: {
					...(isReplacedByRole(manifest, home)
						? withMaxUnavailable(spec, undefined)
						: spec),
					template: template(spec.template, manifest.kind),
				},
			};
		}
		case "CronJob": {
			const { suspend: _, ...spec } = dict(object.spec);
			const job = labelled(spec.jobTemplate, mark);
			const jobSpec = dict(job.spec);
			return {
				...rendered,
				spec: {
					...spec,
					jobTemplate: {
						...job,
						spec: {
							...jobSpec,
							template: template(jobSpec.template, "CronJob"),
						},
					},
				},
			};
		}
		case "Secret":
			return encoded(rendered);
		default:
			return rendered;
	}
}

/**
 * Whether the role says how a new version replaces the old one. A pod that waits
 * at its gate never becomes ready, so that a rolling update of waiting pods would
 * not end: one of the old version waited beside the new ones, and ran again when
 * its side was promoted.
 */
export const isReplacedByRole = (
	{ kind, spec }: KubeObject,
	{ gate }: Pick<Home, "gate">,
): boolean =>
	kind === "Deployment" &&
	gate?.warm === true &&
	dict(dict(spec).strategy).type !== "Recreate";

function withMaxUnavailable(spec: Dict, maxUnavailable: unknown): Dict {
	const strategy = dict(spec.strategy);
	const rollingUpdate = { ...dict(strategy.rollingUpdate), maxUnavailable };
	return { ...spec, strategy: { ...strategy, rollingUpdate } };
}

/** Marks are the operator's to make: an epoch that a user wrote would keep the object from every later write. */
const unmarked = (marks: Readonly<Record<string, string>> = {}) =>
	Object.fromEntries(
		Object.entries(marks).filter(([key]) => !key.startsWith(`${GROUP}/`)),
	);

/** The pod template of a manifest, as its user wrote it. */
export function templateOf(
	manifest: KubeObject,
): { readonly of: unknown; readonly kind: TemplateKind } | undefined {
	const spec = dict(manifest.spec);
	switch (manifest.kind) {
		case "Deployment":
		case "StatefulSet":
			return { of: dict(spec.template), kind: manifest.kind };
		case "CronJob": {
			const { template } = dict(dict(spec.jobTemplate).spec);
			return { of: dict(template), kind: manifest.kind };
		}
		default:
			return undefined;
	}
}

/** The object as it is written: with role, epoch, hash and owner. */
export function withRole(part: Part, side: SideView, form: Form): KubeObject {
	const object = JSON.parse(part.json) as KubeObject;
	const annotations = {
		...object.metadata.annotations,
		[APPLIED]: part.hash,
		...(hasRole(part.kind) ? { [EPOCH]: String(side.status.epoch) } : {}),
	};
	const owner = {
		apiVersion: `${GROUP}/v1alpha1`,
		kind: "TwinSide",
		name: side.name,
		uid: side.uid,
		controller: true,
		blockOwnerDeletion: true,
	};
	const { maxUnavailable } = form;
	const spec = {
		...(maxUnavailable === undefined
			? dict(object.spec)
			: withMaxUnavailable(dict(object.spec), maxUnavailable)),
		...(form.replicas === undefined ? {} : { replicas: form.replicas }),
		...(form.suspended === undefined ? {} : { suspend: form.suspended }),
	};
	return {
		...object,
		metadata: {
			...object.metadata,
			annotations,
			...(isOwned(part) ? { ownerReferences: [owner] } : {}),
		},
		...(object.spec === undefined ? {} : { spec }),
	};
}

function labelled(template: unknown, labels: Record<string, string>): Dict {
	const { metadata, ...rest } = dict(template);
	const meta = dict(metadata);
	return {
		...rest,
		metadata: { ...meta, labels: { ...dict(meta.labels), ...labels } },
	};
}

/** stringData is write-only in the API: only as data can it be compared with what is there. */
function encoded(secret: KubeObject): KubeObject {
	const { stringData, ...rest } = secret;
	if (!isDict(stringData)) return secret;
	const data = Object.entries(stringData).map(([key, it]) => [
		key,
		Buffer.from(String(it)).toString("base64"),
	]);
	return { ...rest, data: { ...dict(rest.data), ...Object.fromEntries(data) } };
}

/** `creationTimestamp: null`, as printed by kubectl, means nothing to a server-side apply. */
function withoutNulls(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutNulls);
	if (!isDict(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, it]) => it !== null)
			.map(([key, it]) => [key, withoutNulls(it)]),
	);
}
