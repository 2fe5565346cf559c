/**
 * Which of two sides gives way: the one that the other took over from, by
 * `supersedes` in its status (PROTOCOL "Available and Manual").
 */
import { rulesOf, unseatedRegion } from "./exclusive.ts";
import {
	type Known,
	knownOf,
	type Observation,
	type RegionSeen,
} from "./observation.ts";

/** Named where the lost side was never read: a hub rebuilt after the loss. */
export const UNSEEN = "unseen";

export const nameOf = (side: Known | undefined): string =>
	`${side?.uid ?? UNSEEN}/${side?.epoch ?? 0}`;

interface Naming {
	/** `by` took over from `side`. */
	readonly named: boolean;
	/** At exactly the epoch it has. */
	readonly exact: boolean;
}

function naming(by: Known, side: Known): Naming {
	const [uid, epoch] = by.supersedes?.split("/") ?? [];
	const named =
		by.role === "Active" &&
		uid !== undefined &&
		(uid === side.uid || uid === UNSEEN);
	return {
		named,
		exact: named && uid === side.uid && Number(epoch) === side.epoch,
	};
}

/**
 * The region whose side has been superseded; with grants, the one that lost its
 * grant. A name at an older epoch counts
 * too (the lost region became active unseen), unless the other one is named
 * exactly: then that was the later decision.
 */
export function supersededRegion(seen: Observation): RegionSeen | undefined {
	const [a, b] = seen.regions;
	const sideA = knownOf(a, seen.service);
	const sideB = knownOf(b, seen.service);
	if (sideA?.role !== "Active" || sideB?.role !== "Active") return undefined;
	if (rulesOf(seen) !== "Wishes") return unseatedRegion(seen.regions);
	const ofA = naming(sideB, sideA);
	const ofB = naming(sideA, sideB);
	if (ofA.named && (!ofB.named || (ofA.exact && !ofB.exact))) return a;
	if (ofB.named && (!ofA.named || (ofB.exact && !ofA.exact))) return b;
	return bySilence(seen, a, b);
}

/** The winner is silent again, and this hub only has its own record that it took over. */
function bySilence(
	{ service }: Observation,
	a: RegionSeen,
	b: RegionSeen,
): RegionSeen | undefined {
	const last = service.status.lastTransition;
	if (last?.kind !== "Failover" || last.activatedAt === undefined)
		return undefined;
	if (a.side.kind === "unknown" && b.side.kind === "present")
		return last.to === a.name ? b : undefined;
	if (b.side.kind === "unknown" && a.side.kind === "present")
		return last.to === b.name ? a : undefined;
	return undefined;
}

/** Both are active, and nothing says which one gives way. */
export function areTwoActive(seen: Observation): boolean {
	return (
		seen.regions.every((it) => knownOf(it, seen.service)?.role === "Active") &&
		seen.regions.every((it) => it.side.kind === "present") &&
		supersededRegion(seen) === undefined
	);
}

/** The region that serves, as far as is known. */
export function activeRegion(seen: Observation): RegionSeen | undefined {
	const active = seen.regions.filter(
		(it) => knownOf(it, seen.service)?.role === "Active",
	);
	if (active.length < 2) return active[0];
	const loser = supersededRegion(seen);
	if (loser) return active.find((it) => it !== loser);
	return (
		active.find((it) => it.name === seen.service.status.activeCluster) ??
		active[0]
	);
}
