/**
 * What the shell needs from the outside world. The adapters implement these
 * over real clusters and clocks; the simulation implements them again in
 * virtual time, so that the same shell code runs in both.
 */

import type { Resource } from "../api/kind.ts";
import type { KubeObject } from "../api/object.ts";

export interface Clock {
	/** Milliseconds of monotonic time. Only differences mean anything. */
	now(): number;
	/** For timestamps that people read. Never used to decide anything. */
	wall(): Date;
	/** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One request to one API server. A path is built by the adapter. */
export interface Call {
	readonly verb:
		| "get"
		| "list"
		| "create"
		| "apply"
		| "merge"
		| "json"
		| "delete";
	readonly resource: Resource;
	readonly namespace?: string;
	readonly name?: string;
	readonly subresource?: "status" | "token";
	/** apply: the object; merge: an RFC 7386 patch; json: RFC 6902 operations; delete: DeleteOptions. */
	readonly body?: unknown;
	/** labelSelector, fieldSelector, limit, continue, resourceVersion, dryRun, fieldManager, force, propagationPolicy … */
	readonly query?: Readonly<Record<string, string>>;
	/** From sending to the last byte; waiting for a turn among the process's own requests is not counted. */
	readonly timeoutMs: number;
	/** Does not wait for that turn: probes, whose silence is a judgement on the region. */
	readonly urgent?: boolean;
	readonly signal?: AbortSignal;
}

/**
 * Everything that can come of a call, as a value: `request` never rejects.
 * `silent` means that nothing is known: a write may have been applied or may
 * still be.
 */
export type Answer<T = KubeObject> =
	| { readonly kind: "ok"; readonly status: number; readonly body: T }
	/** The API server answered and said no (4xx with a Status object). */
	| {
			readonly kind: "refused";
			readonly status: number;
			readonly reason: string;
			readonly message: string;
			readonly retryAfterMs?: number;
	  }
	/** 5xx: there, but not working. */
	| {
			readonly kind: "failing";
			readonly status: number;
			readonly message: string;
	  }
	/** An answer that no Kubernetes API server gives: HTML, cut JSON, too large. */
	| { readonly kind: "nonsense"; readonly message: string }
	| {
			readonly kind: "silent";
			readonly why: Silence;
			readonly message: string;
	  };

/** What can come of a call but success. */
export type Fault = Exclude<Answer, { kind: "ok" }>;

export type Silence = "timeout" | "refused" | "tls" | "network" | "aborted";

export interface ListBody<T = KubeObject> {
	readonly metadata: {
		readonly resourceVersion: string;
		readonly continue?: string;
	};
	readonly items: readonly T[];
}

export type WatchEvent =
	| {
			readonly type: "ADDED" | "MODIFIED" | "DELETED";
			readonly object: KubeObject;
	  }
	| { readonly type: "BOOKMARK"; readonly resourceVersion: string };

export interface WatchCall {
	readonly resource: Resource;
	readonly namespace?: string;
	readonly labelSelector?: string;
	readonly resourceVersion: string;
	/** Ends the stream; `watch` then resolves with `closed`. */
	readonly signal: AbortSignal;
	/** The server has accepted the watch. Not every Api says so. */
	readonly onOpen?: () => void;
	readonly onEvent: (event: WatchEvent) => void;
}

/** How a watch ended. `expired` is 410 Gone: list again. */
export type WatchEnd =
	| { readonly kind: "closed" }
	| { readonly kind: "expired" }
	| { readonly kind: "failed"; readonly answer: Answer<never> };

/** One API server, with credentials. */
export interface Api {
	request<T = KubeObject>(call: Call): Promise<Answer<T>>;
	watch(call: WatchCall): Promise<WatchEnd>;
	/** Ends every connection; later calls answer `silent`, `aborted`. */
	close(): void;
}

/** A token that this process renews. Never logged. */
export interface Credential {
	/** Whose it is, by its own words; undefined: no ServiceAccount's. */
	account(): { readonly namespace: string; readonly name: string } | undefined;
	/** From the next request on. */
	use(token: string): void;
	/** With the token in use; to be kept for another process. */
	kubeconfig(): string;
}

/** Of an API server. Nothing of it is secret. */
export interface Address {
	/** `https://HOST:PORT`, perhaps with a path. */
	readonly server: string;
	/** PEM; undefined: those that every machine trusts. */
	readonly authority?: string;
	/** That the certificate has, where it is not the address's. */
	readonly servername?: string;
}

/** Turns a region's credentials into an Api, or says what is wrong with them. Never executes, never reads a file. */
export interface Connector {
	connect(
		region: string,
		kubeconfig: string,
	):
		| {
				readonly api: Api;
				/** Undefined: nothing is known of it but that it is connected to. */
				readonly address?: Address;
				/** Undefined: they do not say. */
				readonly expiresAt?: Date;
		  }
		| { readonly fault: string };
}

/** One line per decision, in the words of the condition. Values are data, never secrets. */
export interface Log {
	info(fields: Readonly<Record<string, unknown>>, message: string): void;
	warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Counters and gauges by name; the names and labels are listed in docs/metrics.md. */
export interface Metrics {
	count(
		name: MetricName,
		labels?: Readonly<Record<string, string>>,
		by?: number,
	): void;
	set(
		name: MetricName,
		labels: Readonly<Record<string, string>>,
		value: number,
	): void;
	/** Takes one series away: what it tells of is gone. */
	drop(name: MetricName, labels: Readonly<Record<string, string>>): void;
	observe(
		name: MetricName,
		labels: Readonly<Record<string, string>>,
		value: number,
	): void;
}

export type MetricName = import("./metric.ts").MetricName;
