/**
 * A TwinSide as this process remembers it: everything that is decided on, and
 * its manifests as text. Whole objects of 1,600 services would be several
 * times as large.
 */
import type { Condition } from "../../api/condition.ts";
import { INSTALLATION } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { type Part, parseParts } from "./part.ts";

export type Role = "Active" | "Standby";
export type Policy = "Exclusive" | "Available" | "Manual";

export interface Wish {
	/** Region that shall be active. */
	readonly to: string;
	readonly ifEpoch: number;
	/** `uid/epoch` of the side that this one takes over from without its consent. */
	readonly supersedes?: string;
	/** Of the side that was active before: what a promotion starts with. */
	readonly lastActive?: readonly LastActive[];
}

export interface Standby {
	readonly mode: "Cold" | "Hot";
	readonly replicas?: number | string;
}

export interface LastActive {
	readonly kind: string;
	readonly name: string;
	readonly replicas: number;
}

export interface SideStatus {
	readonly role: Role;
	readonly epoch: number;
	readonly supersedes?: string;
	readonly podsGoneEpoch?: number;
	readonly hash?: string;
	readonly observedGeneration?: number;
	readonly ready?: number;
	readonly desired?: number;
	readonly lastActive?: readonly LastActive[];
	readonly conditions?: readonly Condition[];
}

export interface SideView {
	/** `namespace/name`. */
	readonly key: string;
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	readonly resourceVersion: string;
	readonly generation: number;
	readonly deleting: boolean;
	readonly finalizers: readonly string[];
	readonly installation: string;
	readonly region: string;
	readonly twin: string;
	readonly home: string;
	readonly policy: Policy;
	readonly standby: Standby;
	readonly hash: string;
	readonly suspend: boolean;
	readonly deletionPolicy: "Delete" | "Orphan";
	readonly wish?: Wish;
	readonly parts: readonly Part[];
	readonly status: SideStatus;
}

interface Spec {
	installation?: string;
	region?: string;
	twin?: string;
	home?: string;
	policy?: Policy;
	standby?: Standby;
	objects?: readonly unknown[];
	hash?: string;
	suspend?: boolean;
	deletionPolicy?: "Delete" | "Orphan";
	wish?: Wish;
}

/**
 * The CRD's schema has checked types; what it cannot promise has a harmless
 * default here. `before`: the view of an earlier version, whose parts are taken
 * over while the generation is the same.
 */
export function parseSide(object: KubeObject, before?: SideView): SideView {
	const { metadata } = object;
	const spec = (object.spec ?? {}) as Spec;
	const status = (object.status ?? {}) as Partial<SideStatus>;
	const namespace = metadata.namespace ?? "";
	const name = metadata.name ?? "";
	const installation =
		metadata.labels?.[INSTALLATION] ?? spec.installation ?? "";
	return {
		key: `${namespace}/${name}`,
		namespace,
		name,
		uid: metadata.uid ?? "",
		resourceVersion: metadata.resourceVersion ?? "",
		generation: metadata.generation ?? 0,
		deleting: metadata.deletionTimestamp !== undefined,
		finalizers: metadata.finalizers ?? [],
		installation,
		region: spec.region ?? "",
		twin: spec.twin ?? "",
		home: spec.home ?? "",
		policy: spec.policy ?? "Exclusive",
		standby: spec.standby ?? { mode: "Cold" },
		hash: spec.hash ?? "",
		suspend: spec.suspend === true,
		deletionPolicy: spec.deletionPolicy ?? "Delete",
		...(spec.wish ? { wish: spec.wish } : {}),
		parts:
			before?.uid === metadata.uid &&
			before?.generation === metadata.generation &&
			before?.installation === installation
				? before.parts
				: parseParts(spec.objects ?? [], { namespace, name, installation }),
		status: {
			...status,
			role: status.role ?? "Standby",
			epoch: status.epoch ?? 0,
		},
	};
}
