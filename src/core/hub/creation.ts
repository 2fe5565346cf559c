/** The birth of a service: rules 16 and 17, without grants carried out by the hub. */
import type { Policy } from "../region/side.ts";
import type { Election } from "./elected.ts";
import {
	isAlive,
	type Observation,
	presentIn,
	type RegionSeen,
	regionNamed,
	type SeenSide,
} from "./observation.ts";

export interface Creation {
	readonly region: string;
	readonly home: string;
	/** That of the other side, if there is one: a change of the policy goes in steps (rule 22). */
	readonly policy: Policy;
}

/**
 * Rule 17: if one side exists, the other gets its home; if none, the one in the
 * first region by name is created and read back before the other. A side is
 * created only when the other one could be read: unknown is not absent.
 */
export function creation(seen: Observation): Creation | undefined {
	const { service, regions } = seen;
	if (service.deleting || service.suspend || seen.isolated) return undefined;
	if (!regions.every((it) => isAlive(it) && !it.problem)) return undefined;
	if (regions.some((it) => it.side.kind === "unknown")) return undefined;
	const missing = regions.filter((it) => it.side.kind === "absent");
	const [one] = regions.flatMap((it) => presentIn(it) ?? []);
	const [first] = missing.toSorted((a, b) => (a.name < b.name ? -1 : 1));
	if (!first || one?.deleting) return undefined;
	return {
		region: first.name,
		home: one?.home ?? service.clusters[0],
		policy: one?.policy ?? service.policy,
	};
}

/** Rule 16: both are standby. The home side starts; if exactly one has epoch 0, the other one. */
export function creationWish(seen: Observation): Election | undefined {
	const sides = seen.regions.map(presentIn);
	const [a, b] = sides;
	if (!a || !b || !seen.regions.every(isAlive)) return undefined;
	if (sides.some((it) => it?.status.role !== "Standby" || it.deleting))
		return undefined;
	const region = decidingRegion(seen, a, b);
	const side = region && presentIn(region);
	if (!region || !side) return undefined;
	const other = side === a ? b : a;
	if (other.status.podsGoneEpoch !== other.status.epoch) {
		return {
			kind: "wait",
			reason: "Stopping",
			message: `${region.name} starts when the pods of the standby side in ${other.region} are seen to be gone.`,
		};
	}
	return {
		kind: "wish",
		region: region.name,
		wish: { to: region.name, ifEpoch: side.status.epoch },
		why: "Creation",
		message: `Both sides are standby: ${region.name} starts.`,
	};
}

function decidingRegion(
	seen: Observation,
	a: SeenSide,
	b: SeenSide,
): RegionSeen | undefined {
	if (a.status.epoch === 0 && b.status.epoch > 0)
		return regionNamed(seen, b.region);
	if (b.status.epoch === 0 && a.status.epoch > 0)
		return regionNamed(seen, a.region);
	// Home was replaced by another region: one of the two has to start all the same.
	const [first] = seen.regions.toSorted((x, y) => (x.name < y.name ? -1 : 1));
	return regionNamed(seen, a.home) ?? first;
}
