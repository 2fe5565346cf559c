/** The shell's Api over an embedded cluster: no network, any clock. */
import { isUnfit } from "../../../src/adapters/answer.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import type {
	Answer,
	Api,
	Call,
	Clock,
	WatchCall,
	WatchEnd,
	WatchEvent,
} from "../../../src/shell/port.ts";
import type { ControlPlane } from "./control-plane.ts";
import { at, clone, type Dict, text } from "./json.ts";
import type { Fate, Link } from "./link.ts";
import type { Ask, Reply } from "./server.ts";
import { Refusal } from "./status.ts";
import { type Event, openWatch, type Watch } from "./watch.ts";

/** How long the opening of a watch waits for an answer. */
const OPEN_TIMEOUT_MS = 5_000;

export interface ApiOptions {
	readonly cluster: ControlPlane;
	readonly clock: Clock;
	readonly link: Link;
	/** First part of the user agent: the field manager where none is named. */
	readonly agent: string;
}

const silent = (
	why: "timeout" | "refused" | "network" | "aborted",
	message: string,
): Answer<never> => ({ kind: "silent", why, message });

export class EmbeddedApi implements Api {
	readonly #options: ApiOptions;
	/** Of everything under way: aborted when the connection is closed. */
	readonly #open = new Set<AbortController>();
	#closed = false;

	constructor(options: ApiOptions) {
		this.#options = options;
	}

	request<T = KubeObject>(call: Call): Promise<Answer<T>> {
		return this.#until(call.signal, (signal) => this.#request<T>(call, signal));
	}

	watch(call: WatchCall): Promise<WatchEnd> {
		return this.#until(call.signal, (signal) => this.#watch(call, signal));
	}

	close(): void {
		this.#closed = true;
		for (const it of this.#open) it.abort("closed");
	}

	/** Until the caller gives up, or the connection is closed: by hand, for signals combined by the platform outlive what they were for. */
	async #until<T>(
		given: AbortSignal | undefined,
		work: (signal: AbortSignal) => Promise<T>,
	): Promise<T> {
		const own = new AbortController();
		const abort = (): void => own.abort("given up");
		if (this.#closed || given?.aborted) abort();
		given?.addEventListener("abort", abort);
		this.#open.add(own);
		try {
			return await work(own.signal);
		} finally {
			this.#open.delete(own);
			given?.removeEventListener("abort", abort);
		}
	}

	async #request<T>(call: Call, signal: AbortSignal): Promise<Answer<T>> {
		const { clock, link } = this.#options;
		const end = clock.now() + call.timeoutMs;
		const ask = askOf(call, this.#options.agent);
		const fate = link.fate(call);
		const inTime = await this.#pause(fate.thereMs, end, signal);
		if (!inTime) this.#late(ask, fate, clock.now() - (end - call.timeoutMs));
		const answer = inTime ? this.#arrive(ask, fate) : undefined;
		const back =
			answer !== undefined && (await this.#pause(fate.backMs, end, signal));
		if (back && link.up) return answer as Answer<T>;
		await this.#pause(Number.POSITIVE_INFINITY, end, signal);
		if (signal.aborted) return silent("aborted", "the request was given up");
		return silent("timeout", `no answer within ${call.timeoutMs} ms`);
	}

	async #watch(call: WatchCall, signal: AbortSignal): Promise<WatchEnd> {
		const { clock, link, cluster } = this.#options;
		const end = clock.now() + OPEN_TIMEOUT_MS;
		const fate = link.fate({
			verb: "watch",
			resource: call.resource,
			...(call.namespace ? { namespace: call.namespace } : {}),
		});
		const inTime = await this.#pause(fate.thereMs, end, signal);
		if (signal.aborted) return { kind: "closed" };
		if (fate.instead) return { kind: "failed", answer: fate.instead };
		if (!inTime || fate.lost || !link.up || !cluster.alive) {
			await this.#pause(Number.POSITIVE_INFINITY, end, signal);
			return signal.aborted
				? { kind: "closed" }
				: {
						kind: "failed",
						answer: silent("timeout", "no answer to the watch"),
					};
		}
		return new Stream(this.#options, call, signal).run();
	}

	/** Sleeps `ms`, or until `end`: then false. False too when given up. */
	async #pause(ms: number, end: number, signal: AbortSignal): Promise<boolean> {
		const { clock } = this.#options;
		const left = end - clock.now();
		if (signal.aborted) return false;
		if (ms > 0) await clock.sleep(Math.min(ms, left), signal);
		return !signal.aborted && ms <= left;
	}

	#arrive(ask: Ask, fate: Fate): Answer<unknown> | undefined {
		const { cluster, link } = this.#options;
		if (fate.instead) return fate.instead;
		if (fate.lost === "request" || !link.up || !cluster.alive) return undefined;
		const answer = answerOf(cluster.server.handle(ask));
		return fate.lost === "answer" ? undefined : answer;
	}

	/** The caller has given up, but the request is still on its way. */
	#late(ask: Ask, fate: Fate, passedMs: number): void {
		if (fate.lost === "request" || fate.instead) return;
		const life = this.#options.cluster.life;
		void this.#options.clock
			.sleep(Math.max(0, fate.thereMs - passedMs))
			.then(() => {
				if (life === this.#options.cluster.life) this.#arrive(ask, fate);
			});
	}
}

function askOf(call: Call, agent: string): Ask {
	const { group, version, plural } = call.resource;
	const { verb, namespace, name, subresource } = call;
	return {
		verb,
		group,
		version,
		plural,
		namespace,
		name,
		subresource,
		body: clone(call.body),
		query: call.query ?? {},
		agent,
	};
}

function answerOf({ status, body }: Reply): Answer<unknown> {
	if (status < 300) return { kind: "ok", status, body };
	const message = text(body.message);
	if (isUnfit(message))
		return { kind: "refused", status: 422, reason: "Invalid", message };
	if (status >= 500) return { kind: "failing", status, message };
	return { kind: "refused", status, reason: text(body.reason), message };
}

/** One open watch. Events arrive in order, later when the link is slow or cut. */
class Stream {
	readonly #options: ApiOptions;
	readonly #call: WatchCall;
	readonly #signal: AbortSignal;
	readonly #queue: Event[] = [];
	#watch: Watch | undefined;
	#delivering = false;
	#end: ((end: WatchEnd) => void) | undefined;

	constructor(options: ApiOptions, call: WatchCall, signal: AbortSignal) {
		this.#options = options;
		this.#call = call;
		this.#signal = signal;
	}

	run(): Promise<WatchEnd> {
		const { cluster } = this.#options;
		const { resource, namespace, labelSelector, resourceVersion } = this.#call;
		return new Promise((resolve) => {
			const over = (): void => this.#finish({ kind: "closed" });
			const broken = cluster.onBreak(() =>
				this.#finish({
					kind: "failed",
					answer: silent("network", "the connection was closed"),
				}),
			);
			this.#end = (end) => {
				this.#signal.removeEventListener("abort", over);
				broken();
				resolve(end);
			};
			this.#signal.addEventListener("abort", over);
			try {
				const kind = cluster.server.kind(resource);
				const query = {
					resourceVersion,
					...(labelSelector ? { labelSelector } : {}),
				};
				this.#watch = openWatch(
					cluster.store,
					{ kind, namespace, query },
					(event) => this.#push(event),
				);
				this.#call.onOpen?.();
				this.#bookmarks();
			} catch (error) {
				if (!(error instanceof Refusal)) throw error;
				this.#finish({
					kind: "failed",
					answer: answerOf({
						status: error.code,
						body: error.body,
					}) as Answer<never>,
				});
			}
		});
	}

	#finish(end: WatchEnd): void {
		this.#watch?.stop();
		this.#end?.(end);
		this.#end = undefined;
	}

	#bookmarks(): void {
		void this.#options.clock
			.sleep(this.#options.cluster.bookmarkMs, this.#signal)
			.then(() => {
				if (!this.#end || this.#signal.aborted) return;
				if (this.#options.cluster.alive) this.#watch?.bookmark();
				this.#bookmarks();
			});
	}

	#push(event: Event): void {
		this.#queue.push(event);
		if (!this.#delivering) void this.#deliver();
	}

	async #deliver(): Promise<void> {
		const { clock, link } = this.#options;
		this.#delivering = true;
		const delay = link.delay();
		// Even without latency an event is never delivered inside the write that made it.
		await (delay > 0 ? clock.sleep(delay) : Promise.resolve());
		this.#delivering = false;
		if (!link.up) {
			link.whenMended(() => void this.#deliver());
			return;
		}
		const due = this.#queue.splice(0);
		for (const event of due) {
			if (!this.#end) return;
			if (event.type === "ERROR") this.#finish({ kind: "expired" });
			else this.#call.onEvent(seen(event));
		}
	}
}

function seen({ type, object }: Event): WatchEvent {
	if (type === "BOOKMARK")
		return {
			type,
			resourceVersion: text(at(object, "metadata", "resourceVersion")),
		};
	return {
		type: type as "ADDED" | "MODIFIED" | "DELETED",
		object: clone(object) as Dict as KubeObject,
	};
}
