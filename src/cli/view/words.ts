/** Times and tables as kubectl writes them. */

const UNITS: readonly (readonly [string, number])[] = [
	["d", 86_400],
	["h", 3_600],
	["m", 60],
	["s", 1],
];

/** `90s`, `12m`, `5h`, `3d`: two units while the greater one is small, as kubectl. */
export function age(from: string | undefined, now: Date): string {
	const ms = from === undefined ? Number.NaN : now.getTime() - Date.parse(from);
	if (Number.isNaN(ms)) return "<unknown>";
	const seconds = Math.max(0, Math.floor(ms / 1_000));
	if (seconds < 120) return `${seconds}s`;
	const at = UNITS.findIndex(([, size]) => seconds >= size);
	const [name, size] = UNITS[at] as readonly [string, number];
	const [small, smallSize] = UNITS[at + 1] ?? ["", 1];
	const count = Math.floor(seconds / size);
	const rest = Math.floor((seconds % size) / smallSize);
	return count < 10 && rest > 0
		? `${count}${name}${rest}${small}`
		: `${count}${name}`;
}

export interface Cell {
	readonly text: string;
	readonly paint?: (text: string) => string;
}

/** Columns as wide as their widest cell, three spaces apart; the last one is not padded. */
export function table(
	head: readonly string[],
	rows: readonly (readonly (string | Cell)[])[],
): string[] {
	const cells = [head, ...rows].map((row) =>
		row.map((it): Cell => (typeof it === "string" ? { text: it } : it)),
	);
	const widths = head.map((_, at) =>
		Math.max(...cells.map((row) => row[at]?.text.length ?? 0)),
	);
	return cells.map((row) =>
		row
			.map(({ text, paint }, at) => {
				const pad =
					at === row.length - 1
						? ""
						: " ".repeat((widths[at] ?? 0) - text.length + 3);
				return `${paint ? paint(text) : text}${pad}`;
			})
			.join("")
			.trimEnd(),
	);
}

/** Text in lines of at most `width` characters, each behind `indent`. */
export function wrap(text: string, indent: string, width = 100): string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(/\s+/).filter(Boolean)) {
		if (line && indent.length + line.length + 1 + word.length > width) {
			lines.push(indent + line);
			line = word;
		} else line = line ? `${line} ${word}` : word;
	}
	if (line) lines.push(indent + line);
	return lines;
}

/** `1 service`, `3 services`. */
export const counted = (count: number, noun: string): string =>
	`${count} ${noun}${count === 1 ? "" : "s"}`;
