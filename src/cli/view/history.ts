/** `kubectl twin history`: every move that the hub remembers, stage by stage. */

import { secondsBetween } from "../../api/time.ts";
import type { Transition, TwinService } from "../../api/types.ts";
import { table } from "./words.ts";

/** Newest first; `lastTransition` is the first of `history`. */
export const movesOf = ({ status }: TwinService): readonly Transition[] =>
	status?.history ?? (status?.lastTransition ? [status.lastTransition] : []);

export function historyLines(service: TwinService): string[] {
	const moves = movesOf(service);
	if (moves.length === 0) return ["It has not been placed yet."];
	return table(
		["WHEN", "KIND", "FROM", "TO", "EPOCH", "REASON", "SECONDS", "STAGES"],
		moves.map((it) => [
			beginOf(it) ?? "-",
			it.kind,
			it.from ?? "-",
			it.to,
			String(it.epoch),
			it.operation ? `${it.reason} (${it.operation})` : it.reason,
			it.recoverySeconds === undefined ? "-" : String(it.recoverySeconds),
			stagesOf(it),
		]),
	);
}

export const beginOf = (it: Transition): string | undefined =>
	it.lostAt ?? it.requestedAt ?? it.fencedAt ?? it.activatedAt;

/** Seconds since its begin at which each stage was passed. */
export function stagesOf(it: Transition): string {
	const begin = beginOf(it);
	if (begin === undefined) return "";
	const stages: readonly (readonly [string, string | undefined])[] = [
		["old side stopped", it.fencedAt],
		["activated", it.activatedAt],
		["ready", it.readyAt],
	];
	return stages
		.flatMap(([name, at]) =>
			at === undefined ? [] : [`${name} +${secondsBetween(begin, at)}`],
		)
		.join(", ");
}
