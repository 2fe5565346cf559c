/**
 * Events (core/v1), one for each thing said of an object: said again, the same
 * Event counts up instead of being another one.
 */
import { createHash } from "node:crypto";
import { EVENT } from "../../api/kind.ts";
import { FIELD_MANAGER } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import type { News } from "../../core/hub/rollup.ts";
import type { Api, Clock, Log } from "../port.ts";
import { Lane } from "./lane.ts";

export interface EventTarget {
	readonly apiVersion: string;
	readonly kind: string;
	/** Empty for what has none: such Events lie in `default`. */
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	/** `namespace/name` of the TwinService that it is about: the thread through the logs of hub and agents. */
	readonly service?: string;
}

const CONCURRENCY = 8;
const TIMEOUT_MS = 10_000;

export class Events {
	readonly #api: Api;
	readonly #clock: Clock;
	readonly #log: Log;
	readonly #lane = new Lane(CONCURRENCY);

	constructor(api: Api, clock: Clock, log: Log) {
		this.#api = api;
		this.#clock = clock;
		this.#log = log;
	}

	/** Logs it at once, in the same words; the Event follows. */
	tell(target: EventTarget, news: News): void {
		const { kind, namespace, name, service } = target;
		const { reason } = news;
		const fields = {
			kind,
			namespace,
			name,
			reason,
			...(service ? { service } : {}),
		};
		if (news.type === "Warning") this.#log.warn(fields, news.message);
		else this.#log.info(fields, news.message);
		const hash = createHash("sha256")
			.update(`${target.uid} ${news.reason} ${news.message}`)
			.digest("hex")
			.slice(0, 16);
		this.#lane.add(`${namespace}/${name}.${hash}`, false, () =>
			this.#write(target, news, `${name}.${hash}`),
		);
	}

	stop(): void {
		this.#lane.stop();
	}

	async #write(target: EventTarget, news: News, name: string): Promise<void> {
		const namespace = target.namespace || "default";
		const at = this.#clock
			.wall()
			.toISOString()
			.replace(/\.\d+Z$/, "Z");
		const where = { resource: EVENT, namespace, timeoutMs: TIMEOUT_MS };
		const { apiVersion, kind, uid } = target;
		const body: KubeObject = {
			apiVersion: "v1",
			kind: "Event",
			metadata: { name, namespace },
			involvedObject: {
				apiVersion,
				kind,
				name: target.name,
				uid,
				...(target.namespace ? { namespace } : {}),
			},
			type: news.type,
			reason: news.reason,
			message: news.message.slice(0, 1_000),
			source: { component: FIELD_MANAGER },
			reportingComponent: FIELD_MANAGER,
			reportingInstance: FIELD_MANAGER,
			firstTimestamp: at,
			lastTimestamp: at,
			count: 1,
		};
		const made = await this.#api.request({ ...where, verb: "create", body });
		if (made.kind !== "refused" || made.status !== 409) return;
		const there = await this.#api.request({ ...where, verb: "get", name });
		if (there.kind !== "ok") return;
		await this.#api.request({
			...where,
			verb: "merge",
			name,
			body: { count: Number(there.body.count ?? 1) + 1, lastTimestamp: at },
		});
	}
}
