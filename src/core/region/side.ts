/**
 * A TwinSide as this process remembers it: everything that is decided on, and
 * its manifests as text. Whole objects of 1,600 services would be several
 * times as large.
 */
import type { Condition } from "../../api/condition.ts";
import { INSTALLATION } from "../../api/label.ts";
import {
	type Identity,
	identityOf,
	type KubeObject,
} from "../../api/object.ts";
import type { Target } from "../../api/types.ts";
import type { GateAsked, GateSettings } from "./gate.ts";
import { type Part, parseParts, targetParts } from "./part.ts";

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
	readonly mode: "Cold" | "Warm" | "Hot";
	readonly replicas?: number | string;
}

export interface LastActive {
	readonly kind: string;
	readonly name: string;
	readonly replicas: number;
}

/** The other side as it was read last. */
export interface Peer {
	readonly uid: string;
	/** The greatest that was read of this uid. */
	readonly epoch: number;
}

export interface SideStatus {
	readonly role: Role;
	readonly epoch: number;
	/** Rule 13: `uid/epoch` of the side that this one has given way to. */
	readonly offeredTo?: string;
	readonly peer?: Peer;
	readonly supersedes?: string;
	readonly podsGoneEpoch?: number;
	readonly hash?: string;
	readonly observedGeneration?: number;
	readonly ready?: number;
	readonly desired?: number;
	readonly lastActive?: readonly LastActive[];
	readonly conditions?: readonly Condition[];
}

export interface SideView extends Identity {
	readonly installation: string;
	readonly region: string;
	readonly twin: string;
	readonly home: string;
	readonly policy: Policy;
	readonly standby: Standby;
	readonly gate?: "Kill" | "Exit" | "None";
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
	gate?: "Kill" | "Exit" | "None";
	objects?: readonly unknown[];
	targets?: readonly Target[];
	hash?: string;
	suspend?: boolean;
	deletionPolicy?: "Delete" | "Orphan";
	wish?: Wish;
}

/**
 * The CRD's schema has checked types; what it cannot promise has a harmless
 * default here. `before`: the view of an earlier version, whose parts are taken
 * over while the generation is the same. `settings`: undefined where no agent
 * answers gates; nothing is gated then.
 */
export function parseSide(
	object: KubeObject,
	before?: SideView,
	settings?: GateSettings,
): SideView {
	const { metadata } = object;
	const spec = (object.spec ?? {}) as Spec;
	const status = (object.status ?? {}) as Partial<SideStatus>;
	const identity = identityOf(object);
	const { namespace, name } = identity;
	const gate = gateAsked(spec, { namespace, name }, settings);
	const installation =
		metadata.labels?.[INSTALLATION] ?? spec.installation ?? "";
	const home = { namespace, name, installation };
	return {
		...identity,
		installation,
		region: spec.region ?? "",
		twin: spec.twin ?? "",
		home: spec.home ?? "",
		policy: spec.policy ?? "Exclusive",
		standby: spec.standby ?? { mode: "Cold" },
		...(spec.gate ? { gate: spec.gate } : {}),
		hash: spec.hash ?? "",
		suspend: spec.suspend === true,
		deletionPolicy: spec.deletionPolicy ?? "Delete",
		...(spec.wish ? { wish: spec.wish } : {}),
		parts:
			before?.uid === metadata.uid &&
			before?.generation === metadata.generation &&
			before?.installation === installation
				? before.parts
				: [
						...parseParts(spec.objects ?? [], {
							...home,
							...(gate ? { gate } : {}),
						}),
						...targetParts(spec.targets ?? [], home),
					],
		status: {
			...status,
			role: status.role ?? "Standby",
			epoch: status.epoch ?? 0,
		},
	};
}

/**
 * Which gate the pods of this side get. None with `Hot`: such a service runs in
 * both regions by its own wish, and its template cannot differ by role.
 */
function gateAsked(
	{ policy, standby, gate = "Kill" }: Spec,
	of: { readonly namespace: string; readonly name: string },
	settings: GateSettings | undefined,
): GateAsked | undefined {
	if (!settings || gate === "None" || standby?.mode === "Hot") return undefined;
	if ((policy ?? "Exclusive") !== "Exclusive") return undefined;
	return { settings, form: gate, ...of, warm: standby?.mode === "Warm" };
}
