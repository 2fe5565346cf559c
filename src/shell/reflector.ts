import type { Resource } from "../api/kind.ts";
import type { KubeObject } from "../api/object.ts";
import { asKind, listPages } from "./lister.ts";
import type { Api, Clock, Fault, Log, Metrics, WatchEvent } from "./port.ts";
import { type Backoff, backoffMs, untilQuiet } from "./retry.ts";
import { keyOf, Store, type StoreOptions } from "./store.ts";

export interface ReflectorOptions<T>
	extends Pick<StoreOptions<T>, "project" | "onChange"> {
	/** For logs and metrics: `hub`, or the region's name. */
	readonly cluster: string;
	readonly api: Api;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	readonly log: Log;
	readonly metrics?: Metrics;
	readonly resource: Resource;
	readonly namespace?: string;
	readonly labelSelector?: string;
	/** The server has begun to answer, or has stopped to. */
	readonly onConnected?: (connected: boolean) => void;
	readonly pageSize?: number;
	readonly listTimeoutMs?: number;
	/** A watch on which nothing came for so long is dropped; servers send a bookmark about once a minute. */
	readonly inactivityMs?: number;
	readonly backoff?: Backoff;
}

/** Short: a region that is back must be seen within seconds. */
const BACKOFF: Backoff = { firstMs: 200, maxMs: 5_000 };

/**
 * Keeps projections of one kind's objects as the server has them: lists,
 * watches from there, and lists again when history is lost. While the server
 * is silent the store stays as seen last. Nothing is concluded from silence.
 */
export class Reflector<T> {
	readonly #options: ReflectorOptions<T>;
	readonly #store: Store<T>;
	readonly #stop = new AbortController();
	/** Ends what is going on now: a list, a watch or a pause. */
	#step = new AbortController();
	#ended: Promise<void> | undefined;
	#connected = false;
	#synced = false;
	#stale = false;
	#listedMs = 0;
	#asOf: number | undefined;
	#fault: Fault | undefined;
	readonly #whenSynced = Promise.withResolvers<void>();

	constructor(options: ReflectorOptions<T>) {
		this.#options = options;
		this.#store = new Store({
			...options,
			onFault: (key) => this.#countFault(key),
		});
	}

	start(): this {
		this.#ended ??= this.#run();
		return this;
	}

	/** Resolves when the watch has ended. The store stays readable. */
	async stop(): Promise<void> {
		this.#stop.abort();
		this.#step.abort("stopped");
		await this.#ended;
	}

	/**
	 * Somebody knows that the server answers again: sits out neither a back-off
	 * nor a connection from before, whose packets may be minutes away.
	 */
	nudge(reason = "nudged"): void {
		this.#stale = this.#synced;
		this.#step.abort(reason);
	}

	/**
	 * The server is known to be another one now, empty or rebuilt: a watch from an
	 * old version would be silent on it for as long as versions take to catch up.
	 */
	renew(): void {
		this.nudge("expired");
	}

	/** The whole list has been seen at least once. */
	get synced(): boolean {
		return this.#synced;
	}

	/** Nudged and not listed since: what is kept may be that of a server that is another one now. */
	get stale(): boolean {
		return this.#stale;
	}

	get whenSynced(): Promise<void> {
		return this.#whenSynced.promise;
	}

	/** The last attempt was answered. */
	get connected(): boolean {
		return this.#connected;
	}

	/** Monotonic time of the last word from the server. */
	get asOf(): number | undefined {
		return this.#asOf;
	}

	/** Why the last attempt failed, while not connected. */
	get fault(): Fault | undefined {
		return this.#fault;
	}

	/** Objects that `project` could not understand, by key. */
	get unreadable(): ReadonlyMap<string, string> {
		return this.#store.faults;
	}

	get(key: string): T | undefined {
		return this.#store.get(key);
	}

	entries(): Generator<[string, T]> {
		return this.#store.entries();
	}

	*values(): Generator<T> {
		for (const [, value] of this.entries()) yield value;
	}

	/** Takes the answer of an own write, so that the next look sees it. */
	note(object: KubeObject): void {
		if (this.#synced) this.#store.note(asKind(object, this.#options.resource));
	}

	async #run(): Promise<void> {
		let failures = 0;
		let fresh = false;
		while (!this.#stop.signal.aborted) {
			const signal = this.#begin();
			if (this.#stale) fresh = false;
			if (!fresh) fresh = await this.#list(signal);
			if (fresh) {
				const { heard, end } = await this.#watch(signal);
				if (heard) failures = 0;
				// What brought nothing, or answers after a broken connection, may be a
				// server that was replaced: only a list can tell.
				fresh = heard && end === "closed";
				// History is compacted every few minutes; sooner, the server is spared.
				const listedForMs = this.#options.clock.now() - this.#listedMs;
				if (end === "expired" && listedForMs > 60_000) continue;
			}
			if (signal.aborted) failures = 0;
			await this.#pause(failures++);
		}
	}

	#begin(): AbortSignal {
		this.#step = new AbortController();
		if (this.#stop.signal.aborted) this.#step.abort("stopped");
		return this.#step.signal;
	}

	async #pause(failures: number): Promise<void> {
		const { clock, random, backoff = BACKOFF } = this.#options;
		await clock.sleep(backoffMs(failures, random, backoff), this.#begin());
	}

	async #list(signal: AbortSignal): Promise<boolean> {
		const { api, resource, namespace, labelSelector, pageSize } = this.#options;
		const taking = this.#store.replace();
		const fault = await listPages(
			api,
			{
				resource,
				...(namespace ? { namespace } : {}),
				query: labelSelector ? { labelSelector } : {},
				...(pageSize ? { pageSize } : {}),
				timeoutMs: this.#options.listTimeoutMs ?? 30_000,
				signal,
			},
			taking.page,
		);
		if (signal.aborted) return false;
		if (fault) this.#failed(fault);
		if (fault) return false;
		taking.end();
		this.#synced = true;
		this.#listedMs = this.#options.clock.now();
		const wasStale = this.#stale;
		this.#stale = false;
		this.#heard();
		if (wasStale) this.#options.onConnected?.(true);
		this.#whenSynced.resolve();
		return true;
	}

	async #watch(step: AbortSignal): Promise<{ heard: boolean; end: string }> {
		const { api, clock, cluster, resource, namespace, labelSelector } =
			this.#options;
		const { inactivityMs = 90_000 } = this.#options;
		const abort = new AbortController();
		const signal = AbortSignal.any([abort.signal, step]);
		let heard = false;
		let lastMs = clock.now();
		let why: string | undefined;
		const drop = (reason: string): void => {
			why ??= reason;
			abort.abort();
		};
		void untilQuiet(clock, inactivityMs, () => lastMs, signal).then(
			(quiet) => quiet && drop("inactive"),
		);
		const end = await api.watch({
			resource,
			...(namespace ? { namespace } : {}),
			...(labelSelector ? { labelSelector } : {}),
			resourceVersion: this.#store.seen,
			signal,
			onOpen: () => {
				lastMs = clock.now();
				this.#heard();
			},
			onEvent: (event) => {
				if (signal.aborted) return;
				lastMs = clock.now();
				this.#heard();
				if (this.#take(event)) heard = true;
				else drop("expired");
			},
		});
		abort.abort();
		const how = why ?? (step.aborted ? String(step.reason) : end.kind);
		if (how === "failed" && end.kind === "failed" && end.answer.kind !== "ok")
			this.#failed(end.answer);
		this.#options.metrics?.count("twin_operator_watches_ended_total", {
			cluster,
			resource: resource.plural,
			how,
		});
		return { heard, end: how };
	}

	#take(event: WatchEvent): boolean {
		if (event.type === "BOOKMARK")
			return this.#store.advance(event.resourceVersion);
		const object = asKind(event.object, this.#options.resource);
		const version = object.metadata.resourceVersion;
		if (!object.metadata.name || !version) {
			this.#countFault("?");
			return true;
		}
		if (!this.#store.advance(version)) return false;
		if (event.type === "DELETED") this.#store.delete(keyOf(object));
		else this.#store.put(object);
		return true;
	}

	#heard(): void {
		this.#asOf = this.#options.clock.now();
		this.#fault = undefined;
		this.#say(true);
	}

	#failed(answer: Fault): void {
		if (this.#connected || this.#fault === undefined) {
			const { cluster, resource, log } = this.#options;
			log.warn(
				{ cluster, resource: resource.plural, answer: answer.kind },
				`${resource.kind} objects cannot be watched and are kept as seen last: ${answer.message}`,
			);
		}
		this.#fault = answer;
		this.#say(false);
	}

	#say(connected: boolean): void {
		if (this.#connected === connected) return;
		this.#connected = connected;
		this.#options.onConnected?.(connected);
	}

	#countFault(key: string): void {
		const { cluster, resource, log, metrics } = this.#options;
		const why = this.#store.faults.get(key) ?? "it has no name or version";
		log.warn(
			{ cluster, resource: resource.plural, key },
			`${resource.kind} ${key} cannot be understood and is left as it was: ${why}`,
		);
		metrics?.count("twin_operator_unreadable_objects_total", {
			cluster,
			resource: resource.plural,
		});
	}
}
