import { apiVersionOf, type Resource } from "../api/kind.ts";
import type { KubeObject } from "../api/object.ts";
import type { Answer, Api, Call, Fault, ListBody } from "./port.ts";

export interface ListOptions
	extends Pick<Call, "resource" | "namespace" | "query" | "signal"> {
	/** For each page. */
	readonly timeoutMs: number;
	readonly pageSize?: number;
}

/**
 * Lists page by page, so that a large list is never whole in memory. Answers
 * with what went wrong, if anything did; pages seen until then are then not the
 * whole list. A page may come twice, when the rest of the list had expired and
 * the list was taken again in one piece.
 */
export async function listPages(
	api: Api,
	options: ListOptions,
	onPage: (items: KubeObject[], version: string) => void,
): Promise<Fault | undefined> {
	const { pageSize = 500, query, ...call } = options;
	let limit: Record<string, string> = { limit: String(pageSize) };
	let next: string | undefined;
	for (;;) {
		const answer: Answer<ListBody> = await api.request<ListBody>({
			...call,
			verb: "list",
			query: { ...query, ...limit, ...(next ? { continue: next } : {}) },
		});
		if (answer.kind === "refused" && answer.status === 410 && next) {
			limit = {};
			next = undefined;
			continue;
		}
		if (answer.kind !== "ok") return answer;
		const { metadata, items } = answer.body ?? {};
		if (!metadata?.resourceVersion || !Array.isArray(items))
			return { kind: "nonsense", message: "the answer is no list" };
		const named = items.map((it) => asKind(it, call.resource));
		onPage(named, metadata.resourceVersion);
		next = metadata.continue;
		if (!next) return undefined;
	}
}

/** Items of a list do not say what they are. */
export function asKind(object: KubeObject, resource: Resource): KubeObject {
	if (object === null || typeof object !== "object")
		return { apiVersion: "", kind: "", metadata: {} };
	object.apiVersion ??= apiVersionOf(resource);
	object.kind ??= resource.kind;
	object.metadata ??= {};
	return object;
}
