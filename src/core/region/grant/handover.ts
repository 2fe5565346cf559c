/**
 * Rule 14: what a region offers its twin, carried by its renewals; rule 15
 * reads it. A renewal has room for a window of the entries, which moves on in
 * a circle: a fixed order would never reach the last ones.
 */
import type { Offer } from "../authority.ts";
import { heldMs, type Instant } from "./instant.ts";
import { staleMs, type Timing } from "./timing.ts";

/** Of one renewal. 2,400 make a Lease that the API server refuses. */
export const WINDOW = 200;
/** More than 200 entries with the longest names there are. */
const LONGEST = 200_000;

export interface Entry extends Offer {
	/** `namespace/name` of the side, the same in both regions. */
	readonly key: string;
	readonly tier: number;
}

/** Where the window stands: it begins with the first entry after `after`. */
export interface Window {
	readonly after?: Pick<Entry, "tier" | "key">;
	readonly since: Instant;
}

export const inWindow = (
	entries: readonly Entry[],
	{ after }: Window,
): readonly Entry[] => {
	const sorted = [...entries].sort(order);
	if (sorted.length <= WINDOW) return sorted;
	const first = after ? sorted.findIndex((it) => order(after, it) < 0) : 0;
	const from = Math.max(0, first);
	return [...sorted.slice(from), ...sorted.slice(0, from)].slice(0, WINDOW);
};

/** Once per 3R, so that the twin reads each window, in one place or the other. */
export function moved(
	window: Window,
	entries: readonly Entry[],
	timing: Timing,
	now: Instant,
): Window {
	if (heldMs(window.since, now) < staleMs(timing)) return window;
	const last = inWindow(entries, window).at(-1);
	return { since: now, ...(last ? { after: last } : {}) };
}

/** Empty when nothing is offered: the annotation then goes. */
export const print = (entries: readonly Entry[]): string =>
	entries.length === 0
		? ""
		: JSON.stringify(
				Object.fromEntries(
					entries.map(({ key, side, from }) => [key, { side, from }]),
				),
			);

const KEY = /^[a-z0-9-]{1,63}\/[a-z0-9.-]{1,253}$/;
const SIDE = /^[^/\s]{1,64}\/(0|[1-9]\d{0,15})$/;
const UID = /^[^/\s]{1,64}$/;

/** What makes no sense is no offer: nothing is ever activated by a guess. */
export function parse(text: string): ReadonlyMap<string, Offer> {
	const offers = new Map<string, Offer>();
	for (const [key, value] of entriesOf(text).slice(0, WINDOW)) {
		const { side, from } = (value ?? {}) as Record<string, unknown>;
		if (typeof side !== "string" || typeof from !== "string") continue;
		if (KEY.test(key) && SIDE.test(side) && UID.test(from))
			offers.set(key, { side, from });
	}
	return offers;
}

function entriesOf(text: string): [string, unknown][] {
	if (text === "" || text.length > LONGEST) return [];
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null
			? Object.entries(value)
			: [];
	} catch {
		return [];
	}
}

function order(
	a: Pick<Entry, "tier" | "key">,
	b: Pick<Entry, "tier" | "key">,
): number {
	if (a.tier !== b.tier) return a.tier - b.tier;
	return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
