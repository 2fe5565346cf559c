/** Writes on the hub. Each one holds only for the version that was decided on. */
import {
	type Resource,
	TWIN_CLUSTER,
	TWIN_OPERATION,
	TWIN_SERVICE,
} from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import type { ClusterView } from "../../core/hub/cluster-view.ts";
import { statusPatch } from "../../core/hub/merge.ts";
import type { OperationView } from "../../core/hub/operation-view.ts";
import type { ServiceView } from "../../core/hub/service-view.ts";
import type { Answer } from "../port.ts";
import type { HubContext } from "./context.ts";
import { REQUEST_TIMEOUT_MS } from "./request.ts";

type Recorded = Pick<
	ServiceView | ClusterView | OperationView,
	"name" | "uid" | "resourceVersion"
> & { readonly namespace?: string; readonly status: object };

/** What became of a write: nothing to write, written, or to be decided again. */
export type Written = "same" | "written" | "retry";

export function recordService(
	hub: HubContext,
	service: ServiceView,
	status: object,
): Promise<Written> {
	return record(hub, TWIN_SERVICE, service, status, (it) =>
		hub.services.note(it),
	);
}

export function recordCluster(
	hub: HubContext,
	cluster: ClusterView,
	status: object,
): Promise<Written> {
	return record(hub, TWIN_CLUSTER, cluster, status, (it) =>
		hub.clusters.note(it),
	);
}

export function recordOperation(
	hub: HubContext,
	operation: OperationView,
	status: object,
): Promise<Written> {
	return record(hub, TWIN_OPERATION, operation, status, (it) =>
		hub.operations.note(it),
	);
}

async function record(
	hub: HubContext,
	resource: Resource,
	of: Recorded,
	status: object,
	note: (object: KubeObject) => void,
): Promise<Written> {
	const patch = statusPatch(of.status, status);
	if (!patch) return "same";
	const answer = await hub.api.request({
		verb: "merge",
		resource,
		...(of.namespace ? { namespace: of.namespace } : {}),
		name: of.name,
		subresource: "status",
		body: { metadata: versionOf(of), status: patch },
		timeoutMs: REQUEST_TIMEOUT_MS,
	});
	return taken(answer, note, hub, `${resource.kind} ${of.name}`);
}

/** With the uid: a hub that was wiped counts its versions from the start again. */
const versionOf = ({ uid, resourceVersion }: Recorded) => ({
	uid,
	resourceVersion,
});

export async function recordFinalizers(
	hub: HubContext,
	resource: Resource,
	of: Recorded,
	finalizers: readonly string[],
): Promise<Written> {
	const answer = await hub.api.request({
		verb: "merge",
		resource,
		...(of.namespace ? { namespace: of.namespace } : {}),
		name: of.name,
		body: { metadata: { ...versionOf(of), finalizers } },
		timeoutMs: REQUEST_TIMEOUT_MS,
	});
	const note = (object: KubeObject): void => {
		// The last finalizer is off: the object is gone, and its watch event says so.
		if (object.metadata.deletionTimestamp && finalizers.length === 0) return;
		if (resource === TWIN_SERVICE) hub.services.note(object);
		else hub.clusters.note(object);
	};
	return taken(answer, note, hub, `${resource.kind} ${of.name}`);
}

function taken(
	answer: Answer,
	note: (object: KubeObject) => void,
	hub: HubContext,
	what: string,
): Written {
	if (answer.kind === "ok") {
		note(answer.body);
		return "written";
	}
	// 409: somebody wrote meanwhile. 404: it is gone. The watch tells of both.
	const usual =
		answer.kind === "refused" &&
		(answer.status === 409 || answer.status === 404);
	if (!usual) {
		hub.log.warn(
			{ answer: answer.kind },
			`the status of ${what} could not be written: ${answer.message}`,
		);
	}
	return "retry";
}
