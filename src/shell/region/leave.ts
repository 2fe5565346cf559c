/** A side goes: its workloads are released first where they shall stay. */
import { type Resource, TWIN_SIDE } from "../../api/kind.ts";
import {
	type DeletionStep,
	deletionStep,
	release,
} from "../../core/region/deletion.ts";
import type { Observation } from "../../core/region/observation.ts";
import type { Turn } from "../queue.ts";
import { REQUEST_TIMEOUT_MS, WRITE_TIMEOUT_MS } from "./context.ts";
import type { Writing } from "./write.ts";

export async function leave(to: Writing, seen: Observation): Promise<Turn> {
	let step: DeletionStep = deletionStep(seen);
	if (step.do === "release") {
		for (const id of step.ids) {
			if (!(await releaseOne(to, seen, id))) return "retry";
		}
		to.log.info(
			{ region: to.region, service: to.side.key, objects: step.ids.length },
			"the side's objects were released and run on without an owner",
		);
		step = deletionStep({ ...seen, released: true });
	}
	if (step.do !== "finalizers") return undefined;
	const answer = await to.api.request({
		verb: "merge",
		resource: TWIN_SIDE,
		namespace: to.side.namespace,
		name: to.side.name,
		body: {
			metadata: {
				resourceVersion: to.side.resourceVersion,
				finalizers: step.finalizers,
			},
		},
		timeoutMs: REQUEST_TIMEOUT_MS,
		signal: to.signal,
	});
	if (answer.kind === "ok") {
		to.noteSide(answer.body);
		return undefined;
	}
	if (answer.kind === "refused" && answer.status === 404) return undefined;
	to.memory.doubtsSide = true;
	return "retry";
}

async function releaseOne(
	to: Writing,
	seen: Observation,
	id: string,
): Promise<boolean> {
	const resource: Resource | undefined =
		seen.lives.get(id)?.resource ??
		to.side.parts.find((it) => it.id === id)?.resource;
	if (!resource) return true;
	const target = {
		resource,
		namespace: to.side.namespace,
		name: id.slice(id.indexOf("/") + 1),
		signal: to.signal,
	};
	const found = await to.api.request({
		...target,
		verb: "get",
		timeoutMs: REQUEST_TIMEOUT_MS,
	});
	if (found.kind === "refused" && found.status === 404) return true;
	if (found.kind !== "ok") return false;
	const body = release(found.body, to.side);
	if (!body) return true;
	const answer = await to.api.request({
		...target,
		verb: "merge",
		body,
		timeoutMs: WRITE_TIMEOUT_MS,
	});
	return (
		answer.kind === "ok" || (answer.kind === "refused" && answer.status === 404)
	);
}
