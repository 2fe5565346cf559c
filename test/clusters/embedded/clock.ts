import { setTimeout as later } from "node:timers/promises";
import type { Clock } from "../../../src/shell/port.ts";

/** The machine's own time. Its sleeps never keep the process alive. */
export const realClock: Clock = {
	now: () => performance.now(),
	wall: () => new Date(),
	sleep: (ms, signal) =>
		later(Math.min(ms, 2 ** 31 - 1), undefined, {
			ref: false,
			...(signal ? { signal } : {}),
		}).catch(() => {}),
};

interface Sleeper {
	readonly due: number;
	readonly serial: number;
	readonly wake: () => void;
}

/** Time that moves only when told to; sleepers wake in order of their time, then of their coming. */
export class VirtualClock implements Clock {
	#now = 0;
	#serial = 0;
	/** A heap by `due`, then `serial`. */
	readonly #sleepers: Sleeper[] = [];
	readonly #start: number;

	constructor(start = Date.UTC(2030, 0, 1)) {
		this.#start = start;
	}

	now(): number {
		return this.#now;
	}

	wall(): Date {
		return new Date(this.#start + this.#now);
	}

	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) return Promise.resolve();
		return new Promise((resolve) => {
			const over = (): void => {
				signal?.removeEventListener("abort", over);
				resolve();
			};
			signal?.addEventListener("abort", over);
			if (ms === Number.POSITIVE_INFINITY) return;
			this.#push({
				due: this.#now + Math.max(0, ms),
				serial: ++this.#serial,
				wake: over,
			});
		});
	}

	/** Lets `ms` pass; everything that follows from it is done when this resolves. */
	async advance(ms: number): Promise<void> {
		await this.advanceUntil(() => false, ms);
	}

	/** Lets time pass until the condition holds, or for `ms`: then false. */
	async advanceUntil(condition: () => boolean, ms: number): Promise<boolean> {
		const end = this.#now + ms;
		await settle();
		for (;;) {
			if (condition()) return true;
			const next = this.#sleepers[0];
			if (!next || next.due > end) break;
			this.#now = Math.max(this.#now, next.due);
			while (this.#sleepers[0] && this.#sleepers[0].due <= this.#now)
				this.#pop()?.wake();
			await settle();
		}
		this.#now = end;
		return condition();
	}

	#push(sleeper: Sleeper): void {
		const heap = this.#sleepers;
		let at = heap.push(sleeper) - 1;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!before(heap[at], heap[parent])) break;
			this.#swap(at, parent);
			at = parent;
		}
	}

	#pop(): Sleeper | undefined {
		const heap = this.#sleepers;
		const first = heap[0];
		const last = heap.pop();
		if (heap.length === 0 || !last) return first;
		heap[0] = last;
		for (let at = 0; ; ) {
			const left = 2 * at + 1;
			const right = left + 1;
			let least = at;
			if (before(heap[left], heap[least])) least = left;
			if (before(heap[right], heap[least])) least = right;
			if (least === at) return first;
			this.#swap(at, least);
			at = least;
		}
	}

	#swap(a: number, b: number): void {
		const heap = this.#sleepers;
		[heap[a], heap[b]] = [heap[b] as Sleeper, heap[a] as Sleeper];
	}
}

function before(a: Sleeper | undefined, b: Sleeper | undefined): boolean {
	if (!a || !b) return false;
	return a.due < b.due || (a.due === b.due && a.serial < b.serial);
}

/** All promises that can go on have gone on when the event loop comes round. */
const settle = (): Promise<void> =>
	new Promise((resolve) => setImmediate(resolve));
