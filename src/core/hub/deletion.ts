/**
 * How a TwinService goes. Silence deletes nothing and releases nothing: a
 * region that does not answer holds the deletion until it is back, or until a
 * person lets go of it.
 */
import { LET_GO, SERVICE_FINALIZER } from "../../api/label.ts";
import type { PendingDeletion } from "../../api/types.ts";
import {
	isAlive,
	knownOf,
	type Observation,
	presentIn,
	type RegionSeen,
	type SeenSide,
} from "./observation.ts";

export interface DeletionStep {
	/** Sides to be deleted now. */
	readonly remove: readonly SeenSide[];
	/** Sides that have to know first that their objects are to run on. */
	readonly orphan: readonly SeenSide[];
	/** To be recorded in the TwinCluster before the service goes. */
	readonly pending: readonly {
		readonly cluster: string;
		readonly side: PendingDeletion;
	}[];
	/** No side is left that holds the service. */
	readonly release: boolean;
	readonly message: string;
}

type Fate =
	| { readonly kind: "gone" }
	| { readonly kind: "going"; readonly side: SeenSide }
	| { readonly kind: "orphan"; readonly side: SeenSide }
	| { readonly kind: "remove"; readonly side: SeenSide }
	| { readonly kind: "letGo"; readonly side?: PendingDeletion }
	| { readonly kind: "held"; readonly message: string };

export function deletionStep(seen: Observation): DeletionStep {
	const fates = seen.regions.map((it) => ({
		region: it,
		fate: fateOf(seen, it),
	}));
	const of = <K extends Fate["kind"]>(kind: K) =>
		fates.flatMap(({ region, fate }) =>
			fate.kind === kind
				? [{ region, fate: fate as Extract<Fate, { kind: K }> }]
				: [],
		);
	const held = of("held").map(({ fate }) => fate.message);
	const going = fates
		.filter(({ fate }) => !["gone", "letGo", "held"].includes(fate.kind))
		.map(({ region }) => region.name);
	return {
		remove: of("remove").map(({ fate }) => fate.side),
		orphan: of("orphan").map(({ fate }) => fate.side),
		pending: of("letGo").flatMap(({ region, fate }) =>
			fate.side ? [{ cluster: region.name, side: fate.side }] : [],
		),
		release: fates.every(({ fate }) => ["gone", "letGo"].includes(fate.kind)),
		message: [
			...held,
			...(going.length === 0
				? []
				: [`Its sides are being removed: ${going.join(", ")}.`]),
		].join(" "),
	};
}

function fateOf(seen: Observation, region: RegionSeen): Fate {
	const { service, installation } = seen;
	const side = presentIn(region);
	// Without the finalizer no side was ever created by this service.
	if (!service.finalizers.includes(SERVICE_FINALIZER)) return { kind: "gone" };
	if (!seen.isolated && isAlive(region)) {
		if (region.side.kind === "absent") return { kind: "gone" };
		if (side && side.installation !== installation) return { kind: "gone" };
		// Two TwinClusters lead to one cluster: the side belongs to the other one.
		if (side && side.region !== region.name) return { kind: "gone" };
		if (side?.deleting) return { kind: "going", side };
		if (side && side.deletionPolicy !== service.deletionPolicy)
			return { kind: "orphan", side };
		if (side) return { kind: "remove", side };
	}
	if (service.letGo.includes(region.name) && !isAlive(region)) {
		const left = leftBehind(seen, region);
		return { kind: "letGo", ...(left ? { side: left } : {}) };
	}
	return {
		kind: "held",
		message: `${region.name} does not answer, so its side may still run. Wait until it is back; or let go of it, and it is removed when the region is back: kubectl -n ${service.namespace} annotate tws ${service.name} ${LET_GO}=${region.name}.`,
	};
}

/**
 * What is deleted when the region is back. Not recorded where the objects are
 * to run on and the side may not know: it is then reported as unclaimed.
 */
function leftBehind(
	{ service }: Observation,
	region: RegionSeen,
): PendingDeletion | undefined {
	const uid = knownOf(region, service)?.uid;
	const last = region.side.kind === "unknown" ? region.side.last : undefined;
	const safe =
		service.deletionPolicy === "Delete" || last?.deletionPolicy === "Orphan";
	return uid !== undefined && safe
		? { namespace: service.namespace, name: service.name, uid }
		: undefined;
}
