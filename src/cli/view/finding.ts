/** What `check` has found, in the order in which it should be looked at. */
import type { Palette } from "../terminal.ts";
import { wrap } from "./words.ts";

export interface CheckFinding {
	readonly level: "ok" | "warning" | "fault";
	readonly what: string;
	/** What to do about it. */
	readonly next?: string;
}

const MARKS = { ok: "ok     ", warning: "warning", fault: "fault  " } as const;

export function findingLines(
	findings: readonly CheckFinding[],
	colour: Palette,
): string[] {
	const paint = {
		ok: colour.good,
		warning: colour.doubtful,
		fault: colour.bad,
	};
	return findings.flatMap(({ level, what, next }) => {
		const [first = "", ...rest] = wrap(what, "         ");
		return [
			`${paint[level](MARKS[level])}  ${first.trimStart()}`,
			...rest,
			...(next ? wrap(`Next: ${next}`, "         ") : []),
		];
	});
}
