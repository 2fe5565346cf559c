/**
 * What a process remembers of a side beyond what the API server shows: answers
 * to its own writes, and when to try again. Losing it (a restart) costs a
 * request or two, never an error.
 */
import type { Said, Settled } from "../../core/region/observation.ts";
import { type Backoff, backoffMs } from "../retry.ts";

/** A refused object is tried again by itself: quotas and webhooks change without telling. */
const RETRY: Backoff = { firstMs: 1_000, maxMs: 30_000 };
/** Pods take their grace period to go: look often first, then seldom. */
const POLL: Backoff = { firstMs: 400, maxMs: 3_000 };

interface Hold {
	readonly failures: number;
	readonly untilMs: number;
	/** What was tried: another version of the object is tried at once. */
	readonly version: string;
}

export class Memory {
	readonly uid: string;
	readonly said = new Map<string, Said>();
	readonly settled = new Map<string, Settled>();
	/** Objects whose last write got no answer. */
	readonly doubts = new Set<string>();
	/** The last write to the TwinSide got no answer, or met another one. */
	doubtsSide = false;
	statusAtMs = Number.NEGATIVE_INFINITY;
	readonly #holds = new Map<string, Hold>();
	#polls = { epoch: -1, count: 0 };

	constructor(uid: string) {
		this.uid = uid;
	}

	get inDoubt(): boolean {
		return this.doubtsSide || this.doubts.size > 0;
	}

	/** Milliseconds until a write of this version may be tried; 0: now. */
	heldMs(id: string, version: string, now: number): number {
		const hold = this.#holds.get(id);
		if (!hold || hold.version !== version) return 0;
		return Math.max(0, hold.untilMs - now);
	}

	hold(id: string, version: string, now: number, random: () => number): void {
		const before = this.#holds.get(id);
		const failures = before?.version === version ? before.failures + 1 : 0;
		const untilMs = now + backoffMs(failures, random, RETRY);
		this.#holds.set(id, { failures, untilMs, version });
	}

	/** The write went through. */
	clear(id: string): void {
		this.said.delete(id);
		this.doubts.delete(id);
		this.#holds.delete(id);
	}

	pollMs(epoch: number, random: () => number): number {
		const count = this.#polls.epoch === epoch ? this.#polls.count + 1 : 0;
		this.#polls = { epoch, count };
		return backoffMs(count, random, POLL);
	}
}
