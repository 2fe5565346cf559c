/** What of a side's status is to be written, and whether it can wait for company. */
import { type Condition, mergeConditions } from "../../api/condition.ts";
import type { SideStatus } from "./side.ts";
import type { StatusDraft } from "./status.ts";

export interface StatusPatch {
	readonly status: Readonly<Record<string, unknown>>;
	/** More than counts: not to be kept back. */
	readonly urgent: boolean;
}

/** The merge patch from the status that is there to the one that should be; undefined: nothing to write. */
export function statusPatch(
	before: SideStatus,
	draft: StatusDraft,
	wall: string,
): StatusPatch | undefined {
	const { findings, ...rest } = draft;
	const conditions = mergeConditions(
		before.conditions,
		findings,
		draft.observedGeneration,
		wall,
	);
	const next: Record<string, unknown> = { ...rest, conditions };
	const old: Record<string, unknown> = { ...before };
	const keys = new Set([...Object.keys(next), ...Object.keys(old)]);
	const changed = [...keys].filter(
		(key) => JSON.stringify(next[key]) !== JSON.stringify(old[key]),
	);
	if (changed.length === 0) return undefined;
	const urgent =
		changed.some((it) => !COUNTS.includes(it)) ||
		conditions.some((it) => isNews(it, before.conditions));
	return {
		status: Object.fromEntries(changed.map((it) => [it, next[it] ?? null])),
		urgent,
	};
}

const COUNTS = ["ready", "desired", "lastActive", "conditions"];

function isNews(
	now: Condition,
	before: readonly Condition[] | undefined,
): boolean {
	const old = before?.find((it) => it.type === now.type);
	return old?.status !== now.status || old.reason !== now.reason;
}
