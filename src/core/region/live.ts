/** A live object as this process remembers it: what decisions need, and no more. */
import type { Resource } from "../../api/kind.ts";
import {
	APPLIED,
	EPOCH,
	FIELD_MANAGER,
	GROUP,
	INSTALLATION,
	SIDE,
} from "../../api/label.ts";
import type { KubeObject, OwnerReference } from "../../api/object.ts";
import { driftOf } from "./drift.ts";
import { idOf, type Part } from "./part.ts";
import { selectorText } from "./selector.ts";

export interface LiveView {
	/** `Kind/name`. */
	readonly id: string;
	readonly resource: Resource;
	readonly name: string;
	readonly uid: string;
	readonly resourceVersion: string;
	/** The side named by the label. */
	readonly side: string;
	readonly installation: string;
	readonly ownerUid?: string;
	readonly deleting: boolean;
	readonly applied?: string;
	readonly epoch?: number;
	/** Paths that differ from the part with this hash; undefined: no such part was known. */
	readonly drift?: { readonly of: string; readonly paths: readonly string[] };
	readonly replicas?: number;
	readonly suspended?: boolean;
	/** Of its rolling updates (Deployment). */
	readonly maxUnavailable?: number | string;
	/** How its pods are found; only where somebody else delivers it, and they carry no label of ours. */
	readonly selector?: string;
	/** Pods of it that exist, and those that are ready. */
	readonly pods: number;
	readonly ready: number;
	/** Its controller has seen the latest spec. */
	readonly observed: boolean;
	/** Where the managedFields entry of our POST stands, while it is there. */
	readonly posted?: number;
	/** A managedFields entry of our server-side apply is there as well. */
	readonly owned: boolean;
}

interface WorkloadSpec {
	replicas?: number;
	suspend?: boolean;
	strategy?: { rollingUpdate?: { maxUnavailable?: number | string } | null };
}
interface WorkloadStatus {
	replicas?: number;
	readyReplicas?: number;
	observedGeneration?: number;
}

const isTwinSide = (it: OwnerReference): boolean =>
	it.kind === "TwinSide" && it.apiVersion.startsWith(`${GROUP}/`);

export const ownerOf = (object: KubeObject): OwnerReference | undefined =>
	object.metadata.ownerReferences?.find(isTwinSide);

/** `part`: what the side that its label names wants of it, when that is known. */
export function parseLive(
	object: KubeObject,
	resource: Resource,
	part: Part | undefined,
): LiveView {
	const { metadata } = object;
	const { annotations = {}, labels = {}, name = "" } = metadata;
	const ownerUid = ownerOf(object)?.uid;
	const applied = annotations[APPLIED];
	const epoch = Number(annotations[EPOCH]);
	return {
		id: idOf(resource.kind, name),
		resource,
		name,
		uid: metadata.uid ?? "",
		resourceVersion: metadata.resourceVersion ?? "",
		side: labels[SIDE] ?? "",
		installation: labels[INSTALLATION] ?? "",
		...(ownerUid === undefined ? {} : { ownerUid }),
		deleting: metadata.deletionTimestamp !== undefined,
		...(applied === undefined ? {} : { applied }),
		...(annotations[EPOCH] === undefined || !Number.isFinite(epoch)
			? {}
			: { epoch }),
		...(part
			? { drift: { of: part.hash, paths: driftFrom(part, object) } }
			: {}),
		...(part?.delivered ? selectorOf(object) : {}),
		...runningOf(object, resource.kind),
		...managed(object),
	};
}

function driftFrom(part: Part, object: KubeObject): readonly string[] {
	return driftOf(JSON.parse(part.json), object);
}

function selectorOf(object: KubeObject) {
	const { selector } = (object.spec ?? {}) as { selector?: unknown };
	const text = selectorText(selector);
	return text === undefined ? {} : { selector: text };
}

function runningOf(object: KubeObject, kind: string) {
	const spec = (object.spec ?? {}) as WorkloadSpec;
	const status = (object.status ?? {}) as WorkloadStatus;
	const scaled = kind === "Deployment" || kind === "StatefulSet";
	const maxUnavailable = spec.strategy?.rollingUpdate?.maxUnavailable;
	return {
		...(scaled ? { replicas: spec.replicas ?? 1 } : {}),
		...(kind === "CronJob" ? { suspended: spec.suspend === true } : {}),
		...(maxUnavailable === undefined ? {} : { maxUnavailable }),
		pods: scaled ? (status.replicas ?? 0) : 0,
		ready: scaled ? (status.readyReplicas ?? 0) : 0,
		observed:
			(status.observedGeneration ?? 0) >= (object.metadata.generation ?? 0),
	};
}

function managed(object: KubeObject) {
	const entries = object.metadata.managedFields ?? [];
	const ours = (operation: string) => (it: (typeof entries)[number]) =>
		it.manager === FIELD_MANAGER &&
		it.operation === operation &&
		(it.subresource ?? "") === "";
	const posted = entries.findIndex(ours("Update"));
	return {
		...(posted === -1 ? {} : { posted }),
		owned: entries.some(ours("Apply")),
	};
}

/**
 * The JSON patch that makes the field manager's POST count as an apply. Else
 * fields dropped from the manifest would stay for ever: an apply takes away
 * only what an earlier apply has set.
 */
export function migration(live: LiveView): readonly unknown[] {
	const at = `/metadata/managedFields/${live.posted}`;
	return [
		{ op: "test", path: "/metadata/uid", value: live.uid },
		{
			op: "test",
			path: "/metadata/resourceVersion",
			value: live.resourceVersion,
		},
		{ op: "test", path: `${at}/manager`, value: FIELD_MANAGER },
		{ op: "test", path: `${at}/operation`, value: "Update" },
		live.owned
			? { op: "remove", path: at }
			: { op: "replace", path: `${at}/operation`, value: "Apply" },
	];
}
