/** What the behaviours are tried on, and the words they are written in. */

import type { Resource } from "../../src/api/kind.ts";
import { CRD, MANIFEST_KINDS, NAMESPACE } from "../../src/api/kind.ts";
import type { KubeObject } from "../../src/api/object.ts";
import type {
	Answer,
	Api,
	Call,
	ListBody,
	WatchEnd,
	WatchEvent,
} from "../../src/shell/port.ts";
import { until } from "../clusters/wait.ts";

export interface Subject {
	/** An administrator of the cluster. */
	readonly api: Api;
	/** With credentials that the cluster does not know. */
	readonly stranger: Api;
	close(): Promise<void>;
}

export type Ask = Omit<Call, "timeoutMs" | "resource">;

export const kind = (name: string): Resource => {
	const found = MANIFEST_KINDS.find((it) => it.kind === name);
	if (!found) throw new Error(`no kind ${name}`);
	return found;
};

export const CONFIG_MAP = kind("ConfigMap");
export const DEPLOYMENT = kind("Deployment");

export const MANAGER = "twin-operator";
export const FORCE = { fieldManager: MANAGER, force: "true" };

/** One request, whatever comes of it. */
export const ask = <T = KubeObject>(
	api: Api,
	resource: Resource,
	call: Ask,
): Promise<Answer<T>> =>
	api.request<T>({ timeoutMs: 20_000, resource, ...call });

/** One request that must succeed. */
export async function done<T = KubeObject>(
	api: Api,
	resource: Resource,
	call: Ask,
): Promise<T> {
	const answer = await ask<T>(api, resource, call);
	if (answer.kind === "ok") return answer.body;
	throw new Error(
		`${call.verb} ${resource.plural} ${call.name ?? ""}: ${JSON.stringify(answer)}`,
	);
}

/** The status code and reason of a refusal; of anything else its kind. */
export async function refusal(
	api: Api,
	resource: Resource,
	call: Ask,
): Promise<string> {
	const answer = await ask(api, resource, call);
	if (answer.kind !== "refused") {
		return answer.kind === "failing" ? `failing ${answer.status}` : answer.kind;
	}
	return `${answer.status} ${answer.reason}`;
}

/** The words of a refusal. */
export async function words(
	api: Api,
	resource: Resource,
	call: Ask,
): Promise<string> {
	const answer = await ask(api, resource, call);
	return "message" in answer ? answer.message : answer.kind;
}

export const get = (
	api: Api,
	resource: Resource,
	namespace: string | undefined,
	name: string,
): Promise<KubeObject> =>
	done(api, resource, {
		verb: "get",
		name,
		...(namespace ? { namespace } : {}),
	});

export const list = (
	api: Api,
	resource: Resource,
	namespace: string | undefined,
	query: Record<string, string> = {},
): Promise<ListBody> =>
	done<ListBody>(api, resource, {
		verb: "list",
		query,
		...(namespace ? { namespace } : {}),
	});

let spaces = 0;
const RUN = Date.now().toString(36);

/** A namespace of the test's own. */
export async function space(api: Api): Promise<string> {
	const name = `contract-${RUN}-${++spaces}`;
	const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
	await done(api, NAMESPACE, { verb: "create", body });
	return name;
}

export const configMap = (
	name: string,
	data: Record<string, string> = { a: "1" },
	more: object = {},
): KubeObject => ({
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: { name, ...more },
	data,
});

export const create = (
	api: Api,
	resource: Resource,
	namespace: string | undefined,
	body: KubeObject,
	query: Record<string, string> = { fieldManager: MANAGER },
): Promise<KubeObject> =>
	done(api, resource, {
		verb: "create",
		body,
		query,
		...(namespace ? { namespace } : {}),
	});

/** Forced server-side apply. */
export const apply = (
	api: Api,
	resource: Resource,
	namespace: string | undefined,
	body: KubeObject,
	query: Record<string, string> = FORCE,
): Promise<KubeObject> =>
	done(api, resource, {
		verb: "apply",
		name: body.metadata.name ?? "",
		body,
		query,
		...(namespace ? { namespace } : {}),
	});

export const remove = (
	api: Api,
	resource: Resource,
	namespace: string | undefined,
	name: string,
	body: object = {},
): Promise<KubeObject> =>
	done(api, resource, {
		verb: "delete",
		name,
		body: { apiVersion: "v1", kind: "DeleteOptions", ...body },
		...(namespace ? { namespace } : {}),
	});

export const gone = (
	api: Api,
	resource: Resource,
	namespace: string | undefined,
	name: string,
): Promise<unknown> =>
	until(`${resource.plural}/${name} to be gone`, async () => {
		const answer = await ask(api, resource, {
			verb: "get",
			name,
			...(namespace ? { namespace } : {}),
		});
		return answer.kind === "refused" && answer.status === 404;
	});

export interface Watching {
	readonly events: readonly WatchEvent[];
	readonly ended: Promise<WatchEnd>;
	/** `ADDED name` and so on; bookmarks as `BOOKMARK`. */
	readonly told: () => string[];
	stop(): void;
}

export function watching(
	api: Api,
	resource: Resource,
	options: {
		namespace?: string;
		labelSelector?: string;
		resourceVersion: string;
	},
): Watching {
	const events: WatchEvent[] = [];
	const controller = new AbortController();
	const ended = api.watch({
		resource,
		...options,
		signal: controller.signal,
		onEvent: (event) => events.push(event),
	});
	return {
		events,
		ended,
		told: () =>
			events
				.filter((it) => it.type !== "BOOKMARK")
				.map((it) =>
					"object" in it ? `${it.type} ${it.object.metadata.name}` : "",
				),
		stop: () => controller.abort(),
	};
}

/** A CRD is served a moment after it was written. */
export async function serve(
	api: Api,
	crds: readonly KubeObject[],
): Promise<void> {
	for (const crd of crds) await apply(api, CRD, undefined, crd);
	for (const crd of crds) {
		await until(`${crd.metadata.name} to be established`, async () => {
			const found = await get(api, CRD, undefined, crd.metadata.name ?? "");
			const { conditions = [] } = (found.status ?? {}) as {
				conditions?: { type: string; status: string }[];
			};
			return conditions.some(
				(it) => it.type === "Established" && it.status === "True",
			);
		});
	}
}
