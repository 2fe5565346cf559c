/**
 * A TwinService is read. What placing makes of its manifests is computed once
 * per generation.
 */
import { LET_GO } from "../../api/label.ts";
import { identityOf, type KubeObject } from "../../api/object.ts";
import type { TwinServiceSpec, TwinServiceStatus } from "../../api/types.ts";
import type { Standby } from "../region/side.ts";
import { fenceProblems } from "./fence.ts";
import { objectsFor, place, type Rendered, targetsOf } from "./placement.ts";
import type { ServiceView, Source } from "./service-view.ts";

export const sourceOf = (service: ServiceView): Source =>
	JSON.parse(service.text) as Source;

/** What a side is to have, made again from the text; its hash is known since the service was read. */
export function renderedFor(
	service: ServiceView,
	cluster: string,
): Rendered | undefined {
	const placement = service.placements.get(cluster);
	if (!placement || !("hash" in placement)) return undefined;
	const source = sourceOf(service);
	const objects = objectsFor(source, cluster);
	return "reason" in objects
		? undefined
		: { objects, ...targetsOf(source), hash: placement.hash };
}

/** `before`: an earlier version, whose placements hold while the generation is the same. */
export function parseService(
	object: KubeObject,
	before?: ServiceView,
): ServiceView {
	const { metadata } = object;
	const spec = object.spec as TwinServiceSpec;
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
		...identityOf(object),
		letGo: (metadata.annotations?.[LET_GO] ?? "")
			.split(",")
			.map((it) => it.trim())
			.filter((it) => it !== ""),
		clusters: [first.name, second.name],
		...(same && before
			? { text: before.text, placements: before.placements }
			: placed(spec, standby)),
		policy: spec.promotion?.policy ?? "Exclusive",
		gate: spec.promotion?.gate ?? "Kill",
		failback: {
			mode: spec.promotion?.failback?.mode ?? "Manual",
			stableSeconds: spec.promotion?.failback?.stableSeconds ?? 600,
		},
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
	const { manifests = [], targets, clusters } = spec;
	const source: Source = {
		manifests,
		...targetsOf({ targets }),
		clusters,
	};
	return {
		text: JSON.stringify(source),
		placements: new Map(
			clusters.map(({ name }) => {
				const made = place(source, name, standby);
				return [
					name,
					"hash" in made
						? {
								hash: made.hash,
								count: made.objects.length + (targets?.length ?? 0),
								...fenceOf(spec, made.objects),
							}
						: made,
				];
			}),
		),
	};
}

/** With other policies nothing counts on the time in which pods stop. */
const fenceOf = (
	{ promotion = {} }: TwinServiceSpec,
	objects: readonly KubeObject[],
) =>
	(promotion.policy ?? "Exclusive") === "Exclusive"
		? { fence: fenceProblems(objects, promotion.gate ?? "Kill") }
		: {};
