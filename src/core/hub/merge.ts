/** From the status that is there to the one that should be, as a merge patch. */
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
