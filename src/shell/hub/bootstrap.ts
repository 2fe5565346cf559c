/**
 * What a region needs before the hub can carry out sides there: the operator's
 * namespace and the TwinSide definition. For `agent: External` whoever installs
 * the agent brings both; for `Managed` the hub does, before the agent.
 */
import { CRD, NAMESPACE } from "../../api/kind.ts";
import { APPLIED, CREATED_BY, FIELD_MANAGER } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { canonical, hashOf } from "../../core/region/part.ts";
import type { Api } from "../port.ts";
import { REQUEST_TIMEOUT_MS, WRITE_TIMEOUT_MS } from "./request.ts";

/** Answers with what went wrong, if anything did. */
export async function prepareRegion(
	api: Api,
	namespace: string,
	sideCrd: KubeObject | undefined,
): Promise<string | undefined> {
	const crdFault = sideCrd && (await ensureCrd(api, sideCrd));
	return crdFault ?? (await ensureNamespace(api, namespace));
}

/** Labelled, so that people know where it came from; never deleted. */
export async function ensureNamespace(
	api: Api,
	name: string,
): Promise<string | undefined> {
	const there = await api.request({
		verb: "get",
		resource: NAMESPACE,
		name,
		timeoutMs: REQUEST_TIMEOUT_MS,
	});
	if (there.kind === "ok") return undefined;
	if (there.kind !== "refused" || there.status !== 404) {
		// Whoever may not read namespaces may still be allowed to write into one.
		if (there.kind === "refused" && there.status === 403) return undefined;
		return `namespace ${name} cannot be read: ${there.message}`;
	}
	const made = await api.request({
		verb: "create",
		resource: NAMESPACE,
		body: {
			apiVersion: "v1",
			kind: "Namespace",
			metadata: { name, labels: { [CREATED_BY]: FIELD_MANAGER } },
		},
		timeoutMs: WRITE_TIMEOUT_MS,
	});
	if (made.kind === "ok") return undefined;
	if (made.kind === "refused" && made.status === 409) return undefined;
	return `namespace ${name} cannot be created: ${made.message}`;
}

async function ensureCrd(
	api: Api,
	crd: KubeObject,
): Promise<string | undefined> {
	const name = crd.metadata.name ?? "";
	const hash = hashOf(canonical(crd));
	const there = await api.request({
		verb: "get",
		resource: CRD,
		name,
		timeoutMs: REQUEST_TIMEOUT_MS,
	});
	if (
		there.kind === "ok" &&
		there.body.metadata.annotations?.[APPLIED] === hash
	)
		return undefined;
	if (there.kind !== "ok" && there.kind !== "refused")
		return `CustomResourceDefinition ${name} cannot be read: ${there.message}`;
	const { metadata } = crd;
	const made = await api.request({
		verb: "apply",
		resource: CRD,
		name,
		body: {
			...crd,
			metadata: {
				...metadata,
				annotations: { ...metadata.annotations, [APPLIED]: hash },
			},
		},
		query: { fieldManager: FIELD_MANAGER, force: "true" },
		timeoutMs: WRITE_TIMEOUT_MS,
	});
	return made.kind === "ok"
		? undefined
		: `CustomResourceDefinition ${name} cannot be applied: ${made.message}`;
}
