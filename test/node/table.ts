import type { HandOver } from "../clusters/real/node/lines.ts";

/** A row for each name: how often, and min / median / max of both times. */
export function tableOf(
	figures: ReadonlyMap<string, readonly HandOver[]>,
): string {
	const width = Math.max(0, ...[...figures.keys()].map((it) => it.length));
	const rows = [...figures].map(([name, all]) =>
		[
			name.padEnd(width),
			String(all.length).padStart(3),
			spread(all.map((it) => it.stopSeconds)),
			spread(all.map((it) => it.startSeconds)),
		].join("  "),
	);
	const head = `${"".padEnd(width)}    n  seconds to the last line  to the first line`;
	return [head, ...rows].join("\n");
}

function spread(values: readonly number[]): string {
	const sorted = values.toSorted((a, b) => a - b);
	const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)];
	return [at(0), at(0.5), at(1)]
		.map((it) => (it ?? Number.NaN).toFixed(2).padStart(6))
		.join(" /");
}
