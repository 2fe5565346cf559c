import type { ConnectionOptions } from "node:tls";
import { buildConnector, Client } from "undici";
import type {
	Answer,
	Api,
	Call,
	Fault,
	Metrics,
	WatchCall,
	WatchEnd,
} from "../shell/port.ts";
import { answerOf } from "./answer.ts";
import { Connections } from "./connections.ts";
import { exchange } from "./exchange.ts";
import { contentTypeOf, methodOf, pathOf } from "./path.ts";
import { endOf, WatchStream } from "./watch.ts";

/** Where an API server is and how it is spoken to. */
export interface Credentials {
	/** https, with a path where the server has one. */
	readonly server: URL;
	readonly tls: Pick<
		ConnectionOptions,
		"ca" | "cert" | "key" | "servername" | "rejectUnauthorized"
	>;
	/** Value of the Authorization header; asked for before each request, because tokens are renewed. */
	readonly authorization?: () =>
		| string
		| undefined
		| Promise<string | undefined>;
}

export interface ApiOptions {
	/** For metrics: `hub`, or the region's name. */
	readonly cluster: string;
	/** For the user agent: `hub` or `agent`. */
	readonly component: string;
	readonly version: string;
	readonly metrics?: Metrics;
	/** Requests under way at the same time, watches apart. */
	readonly inFlight?: number;
	/** Longest body of an answer. */
	readonly bodyBytes?: number;
	/** Longest event of a watch. */
	readonly eventBytes?: number;
	/** Asked at the last moment before a write leaves, after its turn has come; no: it is not sent. */
	readonly mayWrite?: () => boolean;
	/** Sees every request that is sent. */
	readonly onCall?: (call: Call | WatchCall) => void;
}

const IN_FLIGHT = 32;
const BODY_BYTES = 64 * 1024 * 1024;
const EVENT_BYTES = 8 * 1024 * 1024;
const CONNECT_MS = 5_000;
const WATCH_HEAD_MS = 15_000;

/** One API server over HTTP/1.1 and connections that are kept alive. */
export class HttpApi implements Api {
	readonly #credentials: Credentials;
	readonly #options: ApiOptions;
	readonly #base: string;
	readonly #userAgent: string;
	readonly #connect: buildConnector.connector;
	readonly #connections: Connections;
	/** Apart: watches last, and must not take the places of requests. */
	readonly #watches = new Set<Client>();
	#closed = false;

	constructor(credentials: Credentials, options: ApiOptions) {
		this.#credentials = credentials;
		this.#options = options;
		this.#base = credentials.server.pathname.replace(/\/+$/, "");
		this.#userAgent = `twin-operator/${options.version} (${options.component})`;
		this.#connect = connector(credentials.tls);
		this.#connections = new Connections(options.inFlight ?? IN_FLIGHT, () =>
			this.#open(),
		);
	}

	async request<T>(call: Call): Promise<Answer<T>> {
		const client = await this.#connections.take(call.urgent);
		let sound = false;
		try {
			if (this.#closed) return CLOSED;
			const contentType =
				call.body === undefined ? undefined : contentTypeOf(call.verb);
			const headers = await this.#headers(contentType);
			if (isFault(headers)) return headers;
			if (isWrite(call) && this.#options.mayWrite?.() === false)
				return NOT_LEADING;
			this.#options.onCall?.(call);
			const sentMs = performance.now();
			const outcome = await exchange({
				dispatcher: client,
				request: {
					method: methodOf(call.verb),
					path: pathOf(this.#base, call),
					headers,
					...(contentType ? { body: JSON.stringify(call.body) } : {}),
				},
				deadlineMs: call.timeoutMs,
				signal: call.signal,
				limitBytes: this.#options.bodyBytes ?? BODY_BYTES,
			});
			sound = outcome.kind === "answered";
			const answer = answerOf<T>(outcome, call.timeoutMs);
			this.#measure(call, answer.kind, performance.now() - sentMs);
			return answer;
		} finally {
			this.#connections.give(client, sound && !this.#closed);
		}
	}

	async watch(call: WatchCall): Promise<WatchEnd> {
		if (this.#closed || call.signal.aborted) return { kind: "closed" };
		const { resource, namespace, labelSelector, resourceVersion } = call;
		const headers = await this.#headers();
		if (isFault(headers)) return endOf(headers);
		this.#options.onCall?.(call);
		const limitBytes = this.#options.eventBytes ?? EVENT_BYTES;
		const stream = new WatchStream(limitBytes, call.onEvent);
		const client = this.#open();
		this.#watches.add(client);
		const outcome = await exchange({
			dispatcher: client,
			request: {
				method: "GET",
				path: pathOf(this.#base, {
					resource,
					...(namespace === undefined ? {} : { namespace }),
					query: {
						watch: "1",
						allowWatchBookmarks: "true",
						resourceVersion,
						...(labelSelector ? { labelSelector } : {}),
					},
				}),
				headers,
			},
			deadlineMs: WATCH_HEAD_MS,
			limitBytes,
			signal: AbortSignal.any([call.signal, stream.signal]),
			onOpen: () => call.onOpen?.(),
			onChunk: (chunk) => stream.push(chunk),
		});
		this.#watches.delete(client);
		void client.destroy();
		if (stream.end) return stream.end;
		if (call.signal.aborted) return { kind: "closed" };
		if (outcome.kind === "answered" && outcome.status === 200)
			return { kind: "closed" };
		const answer = answerOf(outcome, WATCH_HEAD_MS);
		return answer.kind === "ok" ? { kind: "closed" } : endOf(answer);
	}

	close(): void {
		this.#closed = true;
		this.#connections.destroy();
		for (const client of this.#watches) void client.destroy();
	}

	async #headers(
		contentType?: string,
	): Promise<Record<string, string> | Fault> {
		const headers: Record<string, string> = {
			accept: "application/json",
			"user-agent": this.#userAgent,
		};
		if (contentType) headers["content-type"] = contentType;
		try {
			const value = await this.#credentials.authorization?.();
			if (value) headers.authorization = value;
			return headers;
		} catch {
			// What was thrown may hold the credentials.
			return {
				kind: "refused",
				status: 401,
				reason: "Unauthorized",
				message: "the credentials for this cluster cannot be obtained",
			};
		}
	}

	#measure(call: Call, outcome: string, ms: number): void {
		const { cluster, metrics } = this.#options;
		const { verb, resource } = call;
		metrics?.count("twin_operator_api_requests_total", {
			cluster,
			verb,
			resource: resource.plural,
			outcome,
		});
		metrics?.observe(
			"twin_operator_api_request_seconds",
			{ cluster, verb },
			ms / 1000,
		);
	}

	#open(): Client {
		const client = new Client(this.#credentials.server.origin, {
			pipelining: 1,
			// The deadline of each exchange is the one that counts.
			headersTimeout: 0,
			bodyTimeout: 0,
			keepAliveTimeout: 60_000,
			connect: this.#connect,
		});
		const { cluster, metrics } = this.#options;
		client.on("connect", () =>
			metrics?.count("twin_operator_api_connections_total", { cluster }),
		);
		return client;
	}
}

/** One for all connections of a cluster, so that they share TLS sessions. */
const connector = (tls: Credentials["tls"]): buildConnector.connector =>
	buildConnector({
		...tls,
		// Said explicitly: an environment variable could turn it off.
		rejectUnauthorized: tls.rejectUnauthorized ?? true,
		allowH2: false,
		timeout: CONNECT_MS,
		keepAlive: true,
		keepAliveInitialDelay: 15_000,
	});

const isFault = (it: Record<string, string> | Fault): it is Fault =>
	"kind" in it;

const isWrite = ({ verb }: Call): boolean => verb !== "get" && verb !== "list";

const NOT_LEADING: Fault = {
	kind: "silent",
	why: "aborted",
	message: "this process leads no more, so nothing was written",
};

const CLOSED: Fault = {
	kind: "silent",
	why: "aborted",
	message: "the connection to this cluster was closed",
};
