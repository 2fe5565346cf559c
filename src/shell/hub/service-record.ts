/** What a service's turn writes down on the hub before it does anything. */
import { TWIN_SERVICE } from "../../api/kind.ts";
import type { PendingDeletion } from "../../api/types.ts";
import type { Decision } from "../../core/hub/decide.ts";
import { isMinor, isPlacing, statusPatch } from "../../core/hub/merge.ts";
import type { Observation } from "../../core/hub/observation.ts";
import { operationStatus } from "../../core/hub/operation-status.ts";
import type { ServiceView } from "../../core/hub/service-view.ts";
import type { Turn } from "../queue.ts";
import type { HubContext } from "./context.ts";
import { operationNews, waitingOperations } from "./operation-turn.ts";
import {
	recordCluster,
	recordFinalizers,
	recordOperation,
	recordService,
} from "./record.ts";

/** Counts and wording alone are not worth a write each: they wait for company. */
const MINOR_MS = 1_500;
/** Until a side is active one such thing follows the other, and the next status that counts tells of all. */
const PLACING_MS = 5_000;

/** What a service's turns remember of each other. Nothing that a restart may not lose. */
export interface ServiceMemory {
	writtenMs?: number;
	/** Since when this process has known the region to be the active one. */
	active?: { readonly region: string | undefined; readonly sinceMs: number };
	refusedSinceMs?: number;
	failures: number;
}

/** Everything that must survive, before anything is done. */
export async function recordAll(
	hub: HubContext,
	seen: Observation,
	decision: Decision,
	memory: ServiceMemory,
): Promise<"done" | Exclude<Turn, undefined>> {
	const { service } = seen;
	if (!(await recordPending(hub, decision))) return "retry";
	const patch = statusPatch(service.status, decision.status);
	const pauseMs = isPlacing(service.status) ? PLACING_MS : MINOR_MS;
	const waitMs = (memory.writtenMs ?? -pauseMs) + pauseMs - hub.clock.now();
	const later =
		waitMs > 0 && patch && isMinor(service.status, decision.status, patch);
	if (later && decision.actions.length === 0) return { afterMs: waitMs };
	const status = later
		? "same"
		: await recordService(hub, service, decision.status);
	if (status === "retry") return "retry";
	if (status === "written") {
		memory.writtenMs = hub.clock.now();
		tell(hub, service, decision);
	}
	if (!(await recordStep(hub, seen, decision))) return "retry";
	// The object has a new version now.
	const now = hub.services.get(service.key);
	if (!decision.finalizers || !now) return "done";
	const finalizers = await recordFinalizers(
		hub,
		TWIN_SERVICE,
		now,
		decision.finalizers,
	);
	return finalizers === "retry" ? "retry" : "done";
}

async function recordStep(
	hub: HubContext,
	{ operation, wall }: Observation,
	{ plan }: Decision,
): Promise<boolean> {
	if (!operation || !plan.step) return true;
	const status = operationStatus(operation, plan.step, wall);
	const written = await recordOperation(hub, operation, status);
	if (written === "retry") return false;
	if (written === "written") operationNews(hub, operation, plan.step);
	return waitingOperations(hub, operation);
}

/** Let go: the side's uid is kept with its region before the service forgets it. */
async function recordPending(
	hub: HubContext,
	{ pending }: Decision,
): Promise<boolean> {
	for (const { cluster: name, side } of pending) {
		const cluster = hub.clusters.get(name);
		if (!cluster) continue;
		const before: readonly PendingDeletion[] =
			cluster.status.pendingDeletions ?? [];
		if (before.some((it) => it.uid === side.uid)) continue;
		const written = await recordCluster(hub, cluster, {
			...cluster.status,
			pendingDeletions: [...before, side],
		});
		if (written === "retry") return false;
	}
	return true;
}

function tell(hub: HubContext, service: ServiceView, decision: Decision): void {
	const { namespace, name, uid, key } = service;
	const target = {
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinService",
		...{ namespace, name, uid },
		service: key,
	};
	for (const news of decision.news) hub.events.tell(target, news);
	hub.gauges.recorded(service, decision.status);
}
