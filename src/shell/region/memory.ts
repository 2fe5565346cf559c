/**
 * What a process remembers of a side beyond what the API server shows: answers
 * to its own writes, and when to try again. Losing it (a restart) costs a
 * request or two, never an error.
 */
import type { Settled } from "../../core/region/observation.ts";
import type { Said } from "../../core/region/problem.ts";
import type { SideStatus } from "../../core/region/side.ts";
import { type Backoff, backoffMs } from "../retry.ts";

/** A refused object is tried again by itself: quotas and webhooks change without telling. */
const RETRY: Backoff = { firstMs: 1_000, maxMs: 30_000 };
/** Pods take their grace period to go: look often first, then seldom. */
const POLL: Backoff = { firstMs: 400, maxMs: 3_000 };
/** What waits for the twin is woken by its watch; this is for when there is none. */
const ASK: Backoff = { firstMs: 1_000, maxMs: 30_000 };

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
	/** Rule 18: writes wait for the region's proof. */
	isWithheld = false;
	#polls = { epoch: -1, count: 0 };
	#standby: { readonly epoch: number; readonly atMs: number } | undefined;
	#gatedAtMs: number | undefined;
	#asks = 0;

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

	/**
	 * Rule 14: since this process first saw the side standby in this epoch. Seen
	 * is here later than received, which is the safe way round.
	 */
	standbyForMs({ role, epoch }: SideStatus, now: number): number {
		if (role !== "Standby") this.#standby = undefined;
		else this.#gatedAtMs = undefined;
		if (role === "Standby" && this.#standby?.epoch !== epoch)
			this.#standby = { epoch, atMs: now };
		return this.#standby ? now - this.#standby.atMs : 0;
	}

	/** Rule 22: what a list of the pods showed. Undefined: it could not be made. */
	sawUngated(count: number | undefined, now: number): void {
		if (count === undefined) return;
		this.#gatedAtMs = count > 0 ? undefined : (this.#gatedAtMs ?? now);
	}

	forgetGates(): void {
		this.#gatedAtMs = undefined;
	}

	gatedForMs(now: number): number | undefined {
		return this.#gatedAtMs === undefined ? undefined : now - this.#gatedAtMs;
	}

	/** The twin's side was in the way of a rule. */
	askMs(random: () => number): number {
		return backoffMs(this.#asks++, random, ASK);
	}

	get isAsking(): boolean {
		return this.#asks > 0;
	}

	stopAsking(): void {
		this.#asks = 0;
	}

	pollMs(epoch: number, random: () => number): number {
		const count = this.#polls.epoch === epoch ? this.#polls.count + 1 : 0;
		this.#polls = { epoch, count };
		return backoffMs(count, random, POLL);
	}
}
