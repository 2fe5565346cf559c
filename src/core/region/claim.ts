/** An object of a desired name is there already: whose is it? */
import { ADOPT, INSTALLATION, SIDE } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { ownerOf } from "./live.ts";
import type { SideView } from "./side.ts";

export type Claim =
	| { readonly kind: "ours" }
	/** Of an earlier side of this name: garbage collection takes it, or has still to release it. */
	| { readonly kind: "leaving" }
	| { readonly kind: "foreign"; readonly message: string };

const OURS: Claim = { kind: "ours" };

export function claimOf(
	object: KubeObject,
	side: Pick<SideView, "uid" | "name" | "namespace" | "installation">,
	/** A target: that somebody else made it is as it should be. */
	delivered = false,
): Claim {
	const { labels = {}, annotations = {} } = object.metadata;
	const owner = ownerOf(object);
	const what = `${object.kind} ${object.metadata.name}`;
	if (owner) {
		if (owner.uid === side.uid) return OURS;
		if (owner.name === side.name) return { kind: "leaving" };
		return foreign(
			`${what} belongs to TwinSide ${owner.name}: two TwinServices want one object. Rename it in one of them.`,
		);
	}
	const other = object.metadata.ownerReferences?.find((it) => it.controller);
	if (other) {
		return foreign(
			`${what} belongs to ${other.kind} ${other.name}, which would undo every change. ${delivered ? "Take it out of spec.targets." : "Rename it in spec.manifests."}`,
		);
	}
	if (annotations[ADOPT] === side.name) return OURS;
	const labelled = labels[SIDE];
	if (labelled !== undefined) {
		if (labelled === side.name && labels[INSTALLATION] === side.installation) {
			return OURS;
		}
		return foreign(
			`${what} belongs to TwinSide ${labelled} of installation ${labels[INSTALLATION] ?? "?"}. Rename it in one of them, or hand it over: ${handOver(object, side)}`,
		);
	}
	if (delivered) return OURS;
	return foreign(
		`${what} exists and is not managed by this TwinService. Delete or rename it, or hand it over: ${handOver(object, side)}`,
	);
}

const foreign = (message: string): Claim => ({ kind: "foreign", message });

const handOver = (
	object: KubeObject,
	side: Pick<SideView, "name" | "namespace">,
): string =>
	`kubectl annotate -n ${side.namespace} ${object.kind.toLowerCase()} ${object.metadata.name} ${ADOPT}=${side.name}`;
