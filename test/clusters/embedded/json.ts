/** Any JSON object. Objects in the store are never changed in place. */
export type Dict = Record<string, unknown>;

export const isDict = (value: unknown): value is Dict =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** The object there, or an empty one: for reading only. */
export const dict = (value: unknown): Dict => (isDict(value) ? value : {});

export const list = (value: unknown): readonly unknown[] =>
	Array.isArray(value) ? value : [];

export const text = (value: unknown): string =>
	typeof value === "string" ? value : "";

/** Value at a path of object keys; undefined where the path ends early. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
	path.reduce<unknown>(
		(here, key) => (isDict(here) ? here[key] : undefined),
		value,
	);

/** Plain recursion: several times faster than structuredClone on small objects. */
export function clone<T>(value: T): T {
	if (Array.isArray(value)) return value.map(clone) as T;
	if (!isDict(value)) return value;
	const copy: Dict = {};
	for (const key in value) {
		// Like JSON: a field without a value is not there.
		if (value[key] !== undefined) copy[key] = clone(value[key]);
	}
	return copy as T;
}

export function equal(a: unknown, b: unknown): boolean {
	if (a === b) return true;
	if (Array.isArray(a)) {
		return (
			Array.isArray(b) &&
			a.length === b.length &&
			a.every((it, index) => equal(it, b[index]))
		);
	}
	if (!isDict(a) || !isDict(b)) return false;
	const keys = Object.keys(a);
	if (keys.length !== Object.keys(b).length) return false;
	return keys.every((key) => key in b && equal(a[key], b[key]));
}

/** A copy without the keys named. */
export function without(value: Dict, ...keys: readonly string[]): Dict {
	const copy = { ...value };
	for (const key of keys) delete copy[key];
	return copy;
}
