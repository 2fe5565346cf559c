/** Counting what API servers were asked, from `apiserver_request_total`. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Raw } from "./raw.ts";

const MUTATING = new Set(["POST", "PUT", "PATCH", "APPLY", "DELETE"]);

/** "resource/subresource" → requests so far. */
export type Writes = ReadonlyMap<string, number>;

/** Leases and dry runs are not counted: the one is a heartbeat, the other writes nothing. */
export async function scrapeWrites(raw: Raw): Promise<Writes> {
	const all = new Map(await scrapeAllWrites(raw));
	all.delete(LEASES);
	return all;
}

/** Of Leases alone. */
export const scrapeLeaseWrites = async (raw: Raw): Promise<number> =>
	(await scrapeAllWrites(raw)).get(LEASES) ?? 0;

const LEASES = "leases";

async function scrapeAllWrites(raw: Raw): Promise<Writes> {
	const text = await raw.send("GET", "/metrics");
	const writes = new Map<string, number>();
	for (const line of text.split("\n")) {
		if (!line.startsWith("apiserver_request_total{")) continue;
		const labels = new Map(
			[...line.matchAll(/([a-z_]+)="([^"]*)"/g)].map((it) => [it[1], it[2]]),
		);
		if (!MUTATING.has(labels.get("verb") ?? "")) continue;
		if (labels.get("dry_run")) continue;
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

/** Cluster → resource → requests. */
export type PerCluster = Record<string, Record<string, number>>;

export const scrapeAll = async (
	raws: Record<string, Raw>,
): Promise<Record<string, Writes>> =>
	Object.fromEntries(
		await Promise.all(
			Object.entries(raws).map(
				async ([name, raw]) => [name, await scrapeWrites(raw)] as const,
			),
		),
	);

export const difference = (
	before: Record<string, Writes>,
	after: Record<string, Writes>,
): PerCluster =>
	Object.fromEntries(
		Object.entries(after).map(([name, writes]) => [
			name,
			between(before[name] ?? new Map(), writes),
		]),
	);

/** Until no cluster has seen a write for three seconds: late status roll-ups belong to the placing, not to the rest. */
export async function quiet(raws: Record<string, Raw>): Promise<void> {
	let before = JSON.stringify(difference({}, await scrapeAll(raws)));
	for (let same = 0; same < 3; ) {
		await sleep(1_000);
		const now = JSON.stringify(difference({}, await scrapeAll(raws)));
		same = now === before ? same + 1 : 0;
		before = now;
	}
}
