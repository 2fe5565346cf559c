/** Timestamps as Kubernetes writes them. */

/** Seconds from one to the other, to the millisecond; never less than zero. */
export function secondsBetween(from: string, to: string): number {
	const ms = Date.parse(to) - Date.parse(from);
	return Number.isFinite(ms) ? Math.max(0, ms) / 1_000 : 0;
}
