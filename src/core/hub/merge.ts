/** From the status that is there to the one that should be, as a merge patch. */
import type { TwinServiceStatus } from "../../api/types.ts";
import { canonical } from "../region/part.ts";

type Dict = Readonly<Record<string, unknown>>;

/** Undefined: nothing to write. */
export function statusPatch(before: object, next: object): Dict | undefined {
	const old = before as Dict;
	const now = next as Dict;
	const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
	const changed = [...keys].filter((key) => !isEqual(old[key], now[key]));
	if (changed.length === 0) return undefined;
	return Object.fromEntries(
		changed.map((key) => [key, replacing(old[key], now[key])]),
	);
}

/** Fields in which a change of counts or wording shows. */
const MINOR = new Set(["clusters", "conditions", "epoch"]);

/**
 * Only counts and wording change: nobody waits for it, and nothing that was
 * begun has to be remembered by it. Roles, and the status of a condition, are
 * what people and tools wait for.
 */
export function isMinor(
	before: TwinServiceStatus,
	next: TwinServiceStatus,
	patch: object,
): boolean {
	const placing = isPlacing(before);
	return (
		before.conditions !== undefined &&
		Object.keys(patch).every((it) => MINOR.has(it)) &&
		isEqual(skeleton(before, placing), skeleton(next, placing))
	);
}

/** No side has ever been active: what is told of progress leads to a status that tells all of it. */
export const isPlacing = ({ decisions = [] }: TwinServiceStatus): boolean =>
	decisions.length === 0;

/** What tools go by to tell whether it is under way, done or stuck, and what a person is called by. */
const VERDICTS = new Set([
	"Ready",
	"Reconciling",
	"Stalled",
	"PromotionNeeded",
]);

const skeleton = (
	{ clusters = [], conditions = [] }: TwinServiceStatus,
	placing: boolean,
) => ({
	clusters: clusters.map(({ name, role, epoch = 0, reachable }) => ({
		name,
		// A side that has just come into being has no role to speak of.
		role: role === "Standby" && epoch === 0 ? undefined : role,
		reachable,
	})),
	conditions: conditions
		.filter(({ type }) => !placing || VERDICTS.has(type))
		.map(({ type, status }) => ({ type, status })),
});

const isEqual = (a: unknown, b: unknown): boolean =>
	a === b || canonical(a ?? null) === canonical(b ?? null);

/** A merge patch leaves what it does not name: what is gone has to be null. */
function replacing(before: unknown, now: unknown): unknown {
	if (now === undefined) return null;
	if (!isDict(before) || !isDict(now)) return now;
	const gone = Object.keys(before).filter((key) => now[key] === undefined);
	return { ...now, ...Object.fromEntries(gone.map((key) => [key, null])) };
}

const isDict = (it: unknown): it is Dict =>
	it !== null && typeof it === "object" && !Array.isArray(it);
