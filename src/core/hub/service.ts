/**
 * A TwinService as the hub remembers it: what is decided on, and its manifests
 * as text. What placing makes of them is computed once per generation.
 */
import { LET_GO } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import type {
	ClusterRef,
	DeletionPolicy,
	Policy,
	TwinServiceSpec,
	TwinServiceStatus,
} from "../../api/types.ts";
import type { Standby } from "../region/side.ts";
import { type Placement, place } from "./placement.ts";

export interface ServiceView {
	/** `namespace/name`. */
	readonly key: string;
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	readonly resourceVersion: string;
	readonly generation: number;
	readonly createdAt: string;
	readonly deleting: boolean;
	readonly finalizers: readonly string[];
	/** Clusters that a person lets go of (annotation). */
	readonly letGo: readonly string[];
	/** Names; the first is preferred. */
	readonly clusters: readonly [string, string];
	/** spec.manifests and spec.clusters, as JSON. */
	readonly text: string;
	/** By cluster: what its side is to have, or why it cannot. */
	readonly placements: ReadonlyMap<string, Placement>;
	readonly policy: Policy;
	readonly standby: Standby;
	readonly suspend: boolean;
	readonly deletionPolicy: DeletionPolicy;
	readonly status: TwinServiceStatus;
}

/** What rendering needs of a spec. */
export interface Source {
	readonly manifests: readonly KubeObject[];
	readonly clusters: readonly ClusterRef[];
}

export const sourceOf = (service: ServiceView): Source =>
	JSON.parse(service.text) as Source;

/** `before`: an earlier version, whose placements hold while the generation is the same. */
export function parseService(
	object: KubeObject,
	before?: ServiceView,
): ServiceView {
	const { metadata } = object;
	const spec = object.spec as TwinServiceSpec;
	const namespace = metadata.namespace ?? "";
	const name = metadata.name ?? "";
	const [first, second] = spec.clusters;
	if (!first || !second) throw new Error("spec.clusters has not two items");
	const standby: Standby = {
		mode: spec.standby?.mode ?? "Cold",
		...(spec.standby?.replicas === undefined
			? {}
			: { replicas: spec.standby.replicas }),
	};
	const same =
		before?.uid === metadata.uid && before?.generation === metadata.generation;
	return {
		key: `${namespace}/${name}`,
		namespace,
		name,
		uid: metadata.uid ?? "",
		resourceVersion: metadata.resourceVersion ?? "",
		generation: metadata.generation ?? 0,
		createdAt: metadata.creationTimestamp ?? "",
		deleting: metadata.deletionTimestamp !== undefined,
		finalizers: metadata.finalizers ?? [],
		letGo: (metadata.annotations?.[LET_GO] ?? "")
			.split(",")
			.map((it) => it.trim())
			.filter((it) => it !== ""),
		clusters: [first.name, second.name],
		...(same && before
			? { text: before.text, placements: before.placements }
			: placed(spec, standby)),
		policy: spec.promotion?.policy ?? "Exclusive",
		standby,
		suspend: spec.suspend === true,
		deletionPolicy: spec.deletionPolicy ?? "Delete",
		status: (object.status ?? {}) as TwinServiceStatus,
	};
}

function placed(
	spec: TwinServiceSpec,
	standby: Standby,
): Pick<ServiceView, "text" | "placements"> {
	const source: Source = { manifests: spec.manifests, clusters: spec.clusters };
	return {
		text: JSON.stringify(source),
		placements: new Map(
			spec.clusters.map(({ name }) => {
				const made = place(source, name, standby);
				return [
					name,
					"hash" in made
						? { hash: made.hash, count: made.objects.length }
						: made,
				];
			}),
		),
	};
}
