/** What a DELETE does to an object. */
import { at, type Dict, dict, list } from "./json.ts";
import type { Kind } from "./kinds.ts";

export function success(kind: Kind, object: Dict): Dict {
	const { name, uid } = dict(object.metadata);
	return {
		kind: "Status",
		apiVersion: "v1",
		metadata: {},
		status: "Success",
		details: {
			name,
			...(kind.group ? { group: kind.group } : {}),
			kind: kind.plural,
			uid,
		},
	};
}

/** The object marked for deletion, or undefined when nothing holds it. */
export function leaving(
	kind: Kind,
	object: Dict,
	policy: string,
	grace: number,
	time: string,
): Dict | undefined {
	const metadata = dict(object.metadata);
	const held = list(metadata.finalizers) as string[];
	const policed = held.filter(
		(it) => it !== "foregroundDeletion" && it !== "orphan",
	);
	const extra =
		policy === "Foreground"
			? ["foregroundDeletion"]
			: policy === "Orphan"
				? ["orphan"]
				: [];
	const finalizers =
		metadata.deletionTimestamp && extra.length === 0
			? held
			: [...policed, ...extra];
	const waits =
		kind.kind === "Namespace" ||
		(kind.kind === "Pod" &&
			grace !== 0 &&
			at(object, "spec", "nodeName") !== undefined);
	if (finalizers.length === 0 && !waits) return undefined;
	const seconds =
		kind.kind === "Pod"
			? Number.isNaN(grace)
				? at(object, "spec", "terminationGracePeriodSeconds")
				: grace
			: 0;
	const marked = {
		...metadata,
		deletionTimestamp: metadata.deletionTimestamp ?? time,
		...(kind.kind === "Namespace"
			? {}
			: {
					deletionGracePeriodSeconds:
						metadata.deletionGracePeriodSeconds ?? seconds,
				}),
		...(kind.generation && !metadata.deletionTimestamp
			? { generation: Number(metadata.generation ?? 0) + 1 }
			: {}),
		...(finalizers.length ? { finalizers } : {}),
	};
	if (metadata.deletionTimestamp && finalizers.length === held.length)
		return object;
	const phase =
		kind.kind === "Namespace"
			? { status: { ...dict(object.status), phase: "Terminating" } }
			: {};
	return { ...object, metadata: marked, ...phase };
}
