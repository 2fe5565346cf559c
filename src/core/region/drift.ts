/**
 * Where a live object differs from what is desired. Only what is desired is
 * compared: fields, map keys and keyed items that others added are theirs.
 * Returns paths, never values: a Secret's contents must not reach a log.
 */

type Dict = Record<string, unknown>;
const isDict = (it: unknown): it is Dict =>
	it !== null && typeof it === "object" && !Array.isArray(it);

/** Enough to be named in a message; the repair is the same for one or for all. */
const LIMIT = 20;

export function driftOf(desired: unknown, live: unknown): readonly string[] {
	const paths: string[] = [];
	compare(desired, live, "", "", paths);
	return paths.slice(0, LIMIT);
}

/** `field` is the name of the nearest map key, which says how a list or a number is meant. */
function compare(
	desired: unknown,
	live: unknown,
	path: string,
	field: string,
	out: string[],
): void {
	if (isNothing(desired) && isNothing(live)) return;
	if (isDict(desired) && isDict(live)) {
		const below = IS_QUANTITIES.has(field) ? field : undefined;
		for (const key of Object.keys(desired)) {
			const at = path === "" ? key : `${path}.${key}`;
			compare(desired[key], live[key], at, below ?? key, out);
		}
		return;
	}
	if (Array.isArray(desired) && Array.isArray(live)) {
		compareLists(desired, live, path, field, out);
		return;
	}
	if (!sameScalar(desired, live, field)) out.push(path);
}

/** Keys by which the API merges lists of objects; any other list is one value. */
const KEYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
	containers: [["name"]],
	initContainers: [["name"]],
	env: [["name"]],
	volumes: [["name"]],
	volumeMounts: [["mountPath"]],
	volumeDevices: [["devicePath"]],
	imagePullSecrets: [["name"]],
	secrets: [["name"]],
	hostAliases: [["ip"]],
	topologySpreadConstraints: [["topologyKey", "whenUnsatisfiable"]],
	// Of a container, then of a Service.
	ports: [
		["containerPort", "protocol"],
		["port", "protocol"],
	],
};

function compareLists(
	desired: readonly unknown[],
	live: readonly unknown[],
	path: string,
	field: string,
	out: string[],
): void {
	const first = desired.find(isDict);
	const keys = KEYS[field]?.find((it) => first && it[0] && it[0] in first);
	if (!keys) {
		if (desired.length !== live.length) out.push(path);
		else
			desired.forEach((it, at) => {
				compare(it, live[at], `${path}[${at}]`, field, out);
			});
		return;
	}
	const keyOf = (it: unknown): string =>
		keys
			.map((k) => (isDict(it) ? it[k] : undefined) ?? DEFAULT_KEY[k] ?? "")
			.join("/");
	for (const it of desired) {
		const key = keyOf(it);
		const there = live.find((other) => keyOf(other) === key);
		const at = `${path}[${key}]`;
		if (there === undefined) out.push(at);
		else compare(it, there, at, "", out);
	}
}

const DEFAULT_KEY: Readonly<Record<string, string>> = { protocol: "TCP" };

/** The API server leaves out empty values, or puts them in: both mean the same. */
function isNothing(it: unknown): boolean {
	if (it === undefined || it === null || it === "" || it === false || it === 0)
		return true;
	if (Array.isArray(it)) return it.length === 0;
	return isDict(it) && Object.values(it).every(isNothing);
}

/** Fields whose values are quantities, which the API server writes anew: 0.5 as 500m. */
const IS_QUANTITIES = new Set(["requests", "limits", "overhead", "target"]);
const IS_QUANTITY = new Set(["sizeLimit", "divisor", ...IS_QUANTITIES]);

function sameScalar(desired: unknown, live: unknown, field: string): boolean {
	if (desired === live) return true;
	const scalar = (it: unknown) =>
		typeof it === "string" || typeof it === "number";
	if (!scalar(desired) || !scalar(live)) return false;
	// An int-or-string: 80 and "80" name the same port.
	if (String(desired) === String(live)) return true;
	if (!IS_QUANTITY.has(field)) return false;
	const wanted = quantity(desired as string | number);
	return wanted !== undefined && wanted === quantity(live as string | number);
}

const SUFFIX: Readonly<Record<string, number>> = {
	n: 1e-9,
	u: 1e-6,
	m: 1e-3,
	"": 1,
	k: 1e3,
	M: 1e6,
	G: 1e9,
	T: 1e12,
	P: 1e15,
	E: 1e18,
	Ki: 2 ** 10,
	Mi: 2 ** 20,
	Gi: 2 ** 30,
	Ti: 2 ** 40,
	Pi: 2 ** 50,
	Ei: 2 ** 60,
};

/** Value of a Kubernetes quantity in its unit, or undefined. Rounded, so that 0.1 and 100m are one. */
export function quantity(text: string | number): number | undefined {
	const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(
		String(text),
	);
	const factor = SUFFIX[match?.[2] ?? "?"];
	if (!match || factor === undefined) return undefined;
	return Number((Number(match[1]) * factor).toPrecision(12));
}
