/** Reading and writing one API server in the demo's own words. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Resource } from "../src/api/kind.ts";
import type { KubeObject } from "../src/api/object.ts";
import type { Api } from "../src/shell/port.ts";

const TIMEOUT_MS = 10_000;

export interface Where {
	readonly resource: Resource;
	readonly namespace?: string;
	readonly name: string;
}

/** What `kubectl apply --server-side` does. */
export async function apply(
	api: Api,
	resource: Resource,
	object: KubeObject,
): Promise<void> {
	const { name, namespace } = object.metadata;
	if (!name) throw new Error(`a ${object.kind} without metadata.name`);
	const answer = await api.request({
		verb: "apply",
		resource,
		name,
		...(namespace ? { namespace } : {}),
		body: object,
		query: { fieldManager: "demo", force: "true" },
		timeoutMs: TIMEOUT_MS,
	});
	if (answer.kind !== "ok") {
		throw new Error(
			`${object.kind} ${name}: ${answer.kind}: ${answer.kind === "silent" ? answer.why : ""} ${answer.message}`,
		);
	}
}

export async function get<T extends KubeObject>(
	api: Api,
	where: Where,
): Promise<T | undefined> {
	const answer = await api.request<T>({
		verb: "get",
		...where,
		timeoutMs: TIMEOUT_MS,
	});
	return answer.kind === "ok" ? answer.body : undefined;
}

/**
 * Waits until `done` says so and returns the object; `seen` is called with
 * every version on the way. Throws with the last version after the time given:
 * the demo fails when something does not happen.
 */
export async function waitFor<T extends KubeObject>(
	api: Api,
	where: Where,
	what: string,
	seconds: number,
	done: (object: T) => boolean,
	seen: (object: T) => void = () => {},
): Promise<T> {
	const end = performance.now() + seconds * 1000;
	let version: string | undefined;
	let last: T | undefined;
	while (performance.now() < end) {
		const object = await get<T>(api, where);
		if (object && object.metadata.resourceVersion !== version) {
			version = object.metadata.resourceVersion;
			last = object;
			seen(object);
		}
		if (object && done(object)) return object;
		await sleep(100);
	}
	const status = JSON.stringify(last?.status, undefined, 2) ?? "none";
	throw new Error(
		`waited ${seconds} s for: ${what}. It did not happen. Status seen last: ${status}`,
	);
}
