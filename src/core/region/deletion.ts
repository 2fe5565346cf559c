/** A side goes: what has to happen to its workloads first. */
import {
	ADOPT,
	APPLIED,
	EPOCH,
	INSTALLATION,
	SIDE,
	SIDE_FINALIZER,
} from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { claimOf } from "./claim.ts";
import type { Observation } from "./observation.ts";
import type { SideView } from "./side.ts";

export type DeletionStep =
	| { readonly do: "nothing" }
	/** These objects lose owner, labels and annotations; read first, since garbage collection is not undone. */
	| { readonly do: "release"; readonly ids: readonly string[] }
	| { readonly do: "finalizers"; readonly finalizers: readonly string[] };

/** With `Delete` garbage collection does the work: workloads are owned, claims are not. */
export function deletionStep(seen: Observation): DeletionStep {
	const { side } = seen;
	if (!side.finalizers.includes(SIDE_FINALIZER)) return { do: "nothing" };
	const ids = seen.released ? [] : releasable(seen);
	if (ids.length > 0) return { do: "release", ids };
	return {
		do: "finalizers",
		finalizers: side.finalizers.filter((it) => it !== SIDE_FINALIZER),
	};
}

/** What others deliver stays as it is, with either policy. */
function releasable({ side, lives }: Observation): readonly string[] {
	if (!orphans(side))
		return side.parts.filter((it) => it.delivered).map((it) => it.id);
	return [...new Set([...side.parts.map((it) => it.id), ...lives.keys()])];
}

/** `kubectl delete --cascade=orphan` means the same as the policy. */
const orphans = (side: SideView): boolean =>
	side.deletionPolicy === "Orphan" || side.finalizers.includes("orphan");

/** The merge patch that lets an object go, or undefined when it is not held. */
export function release(
	object: KubeObject,
	side: SideView,
): Readonly<Record<string, unknown>> | undefined {
	const { metadata } = object;
	const labelled = metadata.labels?.[SIDE] === side.name;
	const others = (metadata.ownerReferences ?? []).filter(
		(it) => it.uid !== side.uid,
	);
	const owned = others.length < (metadata.ownerReferences?.length ?? 0);
	if (!owned && !(labelled && claimOf(object, side).kind === "ours")) {
		return undefined;
	}
	return {
		metadata: {
			uid: metadata.uid,
			resourceVersion: metadata.resourceVersion,
			ownerReferences: others.length > 0 ? others : null,
			labels: { [SIDE]: null, [INSTALLATION]: null },
			annotations: { [APPLIED]: null, [EPOCH]: null, [ADOPT]: null },
		},
	};
}
