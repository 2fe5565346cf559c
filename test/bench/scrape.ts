/** Counting what API servers were asked, from `apiserver_request_total`. */
import type { Raw } from "./raw.ts";

const MUTATING = new Set(["POST", "PUT", "PATCH", "APPLY", "DELETE"]);

/** "resource/subresource" → requests so far. Leases and dry runs are not counted: the one is a heartbeat, the other writes nothing. */
export type Writes = ReadonlyMap<string, number>;

export async function scrapeWrites(raw: Raw): Promise<Writes> {
	const text = await raw.send("GET", "/metrics");
	const writes = new Map<string, number>();
	for (const line of text.split("\n")) {
		if (!line.startsWith("apiserver_request_total{")) continue;
		const labels = new Map(
			[...line.matchAll(/([a-z_]+)="([^"]*)"/g)].map((it) => [it[1], it[2]]),
		);
		if (!MUTATING.has(labels.get("verb") ?? "")) continue;
		if (labels.get("resource") === "leases" || labels.get("dry_run")) continue;
		const sub = labels.get("subresource");
		const key = `${labels.get("resource")}${sub ? `/${sub}` : ""}`;
		const value = Number(line.slice(line.lastIndexOf(" ") + 1));
		writes.set(key, (writes.get(key) ?? 0) + value);
	}
	return writes;
}

/** Requests between two scrapes, by resource, without the zeros. */
export function between(before: Writes, after: Writes): Record<string, number> {
	return Object.fromEntries(
		[...after]
			.map(([key, value]): [string, number] => [
				key,
				value - (before.get(key) ?? 0),
			])
			.filter(([, value]) => value > 0)
			.sort(([a], [b]) => a.localeCompare(b)),
	);
}

export const total = (writes: Record<string, number>): number =>
	Object.values(writes).reduce((sum, it) => sum + it, 0);
