/**
 * Which rules hold for a service: those of grants, where the two agents decide
 * and the hub writes creations and wishes only (rules 13-17), or those without.
 *
 * With grants is a fact of the pair: both regions have agents, and an agent has
 * renewed each grant at the hub at some time, or a side's status names its peer.
 * "Renewed in the last 3R" was rejected: it would end with the loss of a region,
 * the very moment for which it matters. An error is harmless either way: agents
 * with grants do not obey wishes beyond rule 13, and without grants nothing is
 * wished until this says so.
 */
import {
	type Observation,
	presentIn,
	type RegionSeen,
	type SeenSide,
} from "./observation.ts";

export type Grants = "yes" | "no" | "unknown";

export function grantsOf({ regions }: Observation): Grants {
	if (regions.some((it) => !it.hasAgent)) return "no";
	if (regions.some((it) => lastOf(it)?.status.peer !== undefined)) return "yes";
	if (regions.every((it) => it.grant?.spoken)) return "yes";
	return regions.some((it) => (it.grant?.kind ?? "Unknown") === "Unknown")
		? "unknown"
		: "no";
}

/** `Unclear`: a side is Exclusive, and whether there are grants is not known yet. */
export type Rules = "Wishes" | "Grants" | "Unclear";

/** What the sides carry counts, not what the service asks for: agents go by the sides (rule 22). */
export function rulesOf(seen: Observation): Rules {
	const { service, regions } = seen;
	const grants = grantsOf(seen);
	if (grants === "no") return "Wishes";
	const policies = regions.flatMap((it) => {
		if (it.side.kind === "absent") return [];
		return [lastOf(it)?.policy ?? service.policy];
	});
	const exclusive =
		policies.length === 0
			? service.policy === "Exclusive"
			: policies.includes("Exclusive");
	if (!exclusive) return "Wishes";
	return grants === "yes" ? "Grants" : "Unclear";
}

/** One side is Exclusive and the other is not: a change of the policy is half done. */
export function isHalfway(seen: Observation): boolean {
	const exclusive = seen.regions.flatMap((it) => {
		const side = lastOf(it);
		return side ? [side.policy === "Exclusive"] : [];
	});
	return exclusive.includes(true) && exclusive.includes(false);
}

/** As it is, or as this process saw it last. */
export const lastOf = (region: RegionSeen): SeenSide | undefined =>
	region.side.kind === "unknown" ? region.side.last : presentIn(region);

export const isTaken = (region: RegionSeen): boolean =>
	region.grant?.kind === "Taken";

/**
 * Both sides are active as far as is known: the one that lost its grant is not.
 * Where both grants were seen and neither is taken, a side that is read now
 * counts before one that is remembered.
 */
export function unseatedRegion(
	regions: readonly [RegionSeen, RegionSeen],
): RegionSeen | undefined {
	const [a, b] = regions;
	if (isTaken(a) !== isTaken(b)) return isTaken(a) ? a : b;
	if (
		isTaken(a) ||
		regions.some((it) => !it.grant || it.grant.kind === "Unknown")
	)
		return undefined;
	const silent = regions.filter((it) => it.side.kind === "unknown");
	return silent.length === 1 ? silent[0] : undefined;
}
