/**
 * In which order objects are written. Kinds of one rank may go in parallel:
 * four steps instead of one per kind, since over a long line each step costs a
 * round trip.
 */

/** What pods need at their start comes before the pods; what sends load to them, or can wait, comes after. */
const RANKS: readonly (readonly string[])[] = [
	[
		"ServiceAccount",
		"Role",
		"NetworkPolicy",
		"ConfigMap",
		"Secret",
		"PersistentVolumeClaim",
		"Service",
		"PodDisruptionBudget",
	],
	// A binding is accepted only when the role it names can be read.
	["RoleBinding"],
	["Deployment", "StatefulSet"],
	["CronJob", "HorizontalPodAutoscaler", "Ingress", "HTTPRoute", "GRPCRoute"],
];

/** Up to here it is what a service runs by. */
export const WORKLOADS = RANKS.findIndex((it) => it.includes("Deployment"));

/** Before everything else: an autoscaler that outlives the role would start pods again. */
export const FIRST = -1;
/** After everything else, so that a replaced object is there before the old one goes. */
export const LAST = RANKS.length;

export function rankOf(kind: string): number {
	const rank = RANKS.findIndex((it) => it.includes(kind));
	return rank === -1 ? RANKS.length - 1 : rank;
}

/** Groups of equal rank, lowest first. */
export function inRanks<T extends { readonly rank: number }>(
	items: readonly T[],
): readonly (readonly T[])[] {
	const groups = new Map<number, T[]>();
	for (const it of items) {
		const group = groups.get(it.rank);
		if (group) group.push(it);
		else groups.set(it.rank, [it]);
	}
	return [...groups.entries()].sort(([a], [b]) => a - b).map(([, it]) => it);
}
