import { placeOf, textOf } from "./log.ts";
import type { Clock, Log, Metrics } from "./port.ts";
import { type Backoff, backoffMs } from "./retry.ts";

/**
 * What a turn answers. Nothing: settled until something changes, and the key's
 * back-off is reset. `retry`: come back with back-off; throwing does the same.
 * `afterMs`: settled, and look again after that time.
 */
export type Turn = undefined | "retry" | { readonly afterMs: number };

export interface QueueOptions {
	/** For logs and metrics. */
	readonly name: string;
	readonly clock: Clock;
	/** In [0, 1): Math.random, or a seed in simulation. */
	readonly random: () => number;
	readonly log: Log;
	readonly metrics?: Metrics;
	/** How many keys may have their turn at the same time. */
	readonly concurrency: number;
	/** `signal` aborts when stopping has taken too long. */
	readonly handle: (key: string, signal: AbortSignal) => Promise<Turn>;
	readonly backoff?: Backoff;
}

const BACKOFF: Backoff = { firstMs: 250, maxMs: 30_000 };

/**
 * Turns by key: never two of one key at the same time; a key added again while
 * it waits counts once, while it has its turn gets one more. Lower priority
 * numbers go first. What a handler throws is logged and retried, and stops
 * nobody else.
 */
export class Queue {
	readonly #options: QueueOptions;
	/** Waiting keys by priority; a Set keeps the order of their coming. */
	readonly #ready = new Map<number, Set<string>>();
	readonly #priorities = new Map<string, number>();
	readonly #running = new Set<string>();
	/** Added while having their turn: once more, with that priority. */
	readonly #again = new Map<string, number>();
	readonly #timers = new Map<string, Timer>();
	readonly #failures = new Map<string, number>();
	readonly #abort = new AbortController();
	#stopping = false;
	#pumping = false;
	#onIdle: (() => void)[] = [];

	constructor(options: QueueOptions) {
		this.#options = options;
	}

	/** Gives the key a turn as soon as possible, back-off or not: something has changed. */
	add(key: string, priority = 0): void {
		if (this.#stopping) return;
		if (this.#running.has(key)) {
			const before = this.#again.get(key) ?? priority;
			this.#again.set(key, Math.min(before, priority));
			return;
		}
		const before = this.#priorities.get(key);
		if (before !== undefined && before <= priority) return;
		if (before !== undefined) this.#ready.get(before)?.delete(key);
		this.#priorities.set(key, priority);
		const same = this.#ready.get(priority);
		if (same) same.add(key);
		else this.#ready.set(priority, new Set([key]));
		this.#measure();
		this.#pumpSoon();
	}

	/** One delay is kept for each key: the one that ends first. */
	addAfter(key: string, ms: number, priority = 0): void {
		if (this.#stopping) return;
		// Up to a whole one: a rest too small for the clock to show would come due at
		// once, find that it is not time yet, and come back for ever.
		const delayMs = Math.ceil(Math.max(0, ms));
		const due = this.#options.clock.now() + delayMs;
		const before = this.#timers.get(key);
		if (before && before.due <= due) return;
		before?.abort.abort();
		const timer = { due, abort: new AbortController() };
		this.#timers.set(key, timer);
		void this.#options.clock.sleep(delayMs, timer.abort.signal).then(() => {
			if (timer.abort.signal.aborted) return;
			this.#timers.delete(key);
			this.add(key, priority);
		});
	}

	/** Forgets the key's back-off and delay: what it named is gone. */
	forget(key: string): void {
		this.#failures.delete(key);
		this.#timers.get(key)?.abort.abort();
		this.#timers.delete(key);
	}

	/** Keys waiting for a turn; those waiting for a delay are not counted. */
	get depth(): number {
		return this.#priorities.size;
	}

	/** Keys having their turn. */
	get running(): number {
		return this.#running.size;
	}

	/**
	 * Begins no further turn and waits for those that run. After `deadlineMs`
	 * their signal aborts and they are left alone: the answer is then false.
	 */
	async stop(deadlineMs: number): Promise<boolean> {
		this.#stopping = true;
		for (const timer of this.#timers.values()) timer.abort.abort();
		this.#timers.clear();
		this.#ready.clear();
		this.#priorities.clear();
		this.#again.clear();
		this.#measure();
		const over = new AbortController();
		const idle = new Promise<void>((resolve) => {
			if (this.#running.size === 0) resolve();
			else this.#onIdle.push(resolve);
		});
		await Promise.race([
			idle,
			this.#options.clock.sleep(deadlineMs, over.signal),
		]);
		over.abort();
		const drained = this.#running.size === 0;
		this.#abort.abort();
		return drained;
	}

	/** Not at once: the caller may be in the middle of a change of its own. */
	#pumpSoon(): void {
		if (this.#pumping) return;
		this.#pumping = true;
		queueMicrotask(() => {
			this.#pumping = false;
			while (this.#running.size < this.#options.concurrency) {
				const key = this.#next();
				if (key === undefined) break;
				void this.#turn(key);
			}
		});
	}

	#next(): string | undefined {
		if (this.#priorities.size === 0) return undefined;
		let least: number | undefined;
		for (const [priority, keys] of this.#ready) {
			if (keys.size === 0) this.#ready.delete(priority);
			else if (least === undefined || priority < least) least = priority;
		}
		const keys = least === undefined ? undefined : this.#ready.get(least);
		const [key] = keys ?? [];
		if (key === undefined) return undefined;
		keys?.delete(key);
		this.#priorities.delete(key);
		return key;
	}

	async #turn(key: string): Promise<void> {
		this.#running.add(key);
		this.#measure();
		let turn: Turn;
		try {
			turn = await this.#options.handle(key, this.#abort.signal);
		} catch (thrown) {
			this.#options.log.warn(
				{ loop: this.#options.name, key, place: placeOf(thrown) },
				`a turn failed and is tried again: ${textOf(thrown)}`,
			);
			turn = "retry";
		}
		this.#running.delete(key);
		this.#after(key, turn);
		if (this.#running.size === 0) {
			for (const resolve of this.#onIdle.splice(0)) resolve();
		}
		this.#pumpSoon();
	}

	#after(key: string, turn: Turn): void {
		if (turn === "retry") {
			const failures = this.#failures.get(key) ?? 0;
			this.#failures.set(key, failures + 1);
			const { random, backoff = BACKOFF } = this.#options;
			this.addAfter(key, backoffMs(failures, random, backoff));
		} else {
			this.#failures.delete(key);
			if (turn) this.addAfter(key, turn.afterMs);
		}
		const again = this.#again.get(key);
		this.#again.delete(key);
		if (again !== undefined) this.add(key, again);
	}

	#measure(): void {
		this.#options.metrics?.set(
			"twin_operator_queue_depth",
			{ loop: this.#options.name },
			this.#priorities.size,
		);
	}
}

interface Timer {
	readonly due: number;
	readonly abort: AbortController;
}
