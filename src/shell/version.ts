/**
 * Which resourceVersion is newer: below zero when `a` is older than `b`. They
 * are decimal numbers without leading zeros and may exceed 2^53, so that length
 * and then text decide; BigInt would do the same more slowly.
 */
export function compareVersions(a: string, b: string): number {
	if (a.length !== b.length) return a.length - b.length;
	return a < b ? -1 : a > b ? 1 : 0;
}
