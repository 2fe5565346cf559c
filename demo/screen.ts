/** What the demo prints: timed lines, and a table of both regions. Plain text, so that it reads the same in a file. */
import type { TwinService } from "../src/api/types.ts";

const started = performance.now();

export const elapsed = (): number => (performance.now() - started) / 1000;

export function say(text: string): void {
	console.log(`${elapsed().toFixed(1).padStart(7)} s  ${text}`);
}

export function heading(text: string): void {
	console.log(`\n── ${text} ${"─".repeat(Math.max(2, 74 - text.length))}`);
}

export function command(text: string): void {
	console.log(`           $ ${text}`);
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): void {
	const widths = (rows[0] ?? []).map((_, at) =>
		Math.max(...rows.map((row) => (row[at] ?? "").length)),
	);
	for (const row of rows) {
		const cells = row.map((cell, at) => cell.padEnd(widths[at] ?? 0));
		console.log(`           ${cells.join("   ").trimEnd()}`);
	}
}

/** Both regions side by side, as the hub's status tells them. */
export function sides(service: TwinService): void {
	const clusters = service.status?.clusters ?? [];
	table([
		["REGION", "ANSWERS", "ROLE", "PODS READY", "EPOCH"],
		...clusters.map((it) => [
			it.name,
			it.reachable === undefined ? "?" : it.reachable ? "yes" : "no",
			it.role ?? "?",
			it.desired === undefined ? "?" : `${it.ready ?? 0}/${it.desired}`,
			String(it.epoch ?? "?"),
		]),
	]);
}
