/** Carries out one write of a workload, and remembers what was answered. */

import type { Resource } from "../../api/kind.ts";
import { FIELD_MANAGER } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { claimOf } from "../../core/region/claim.ts";
import type { Write } from "../../core/region/diff.ts";
import type { LiveView } from "../../core/region/live.ts";
import {
	refused,
	targetMissing,
	unknownOutcome,
} from "../../core/region/refusal.ts";
import type { SideView } from "../../core/region/side.ts";
import type { Answer, Call } from "../port.ts";
import {
	type Context,
	REQUEST_TIMEOUT_MS,
	WRITE_TIMEOUT_MS,
} from "./context.ts";
import type { Memory } from "./memory.ts";

export interface Writing extends Context {
	side: SideView;
	readonly memory: Memory;
	/** Objects read in this turn; undefined: seen to be absent. */
	readonly found: Map<string, LiveView | undefined>;
	readonly signal: AbortSignal;
}

type Target = Pick<Call, "resource" | "namespace" | "name">;

/** `done`: seen to be carried out. `seen`: not carried out, but more is known now. */
export type Outcome = "done" | "seen" | "failed";

export const versionOf = (write: Write, side: SideView): string =>
	"hash" in write ? `${write.hash}/${side.status.epoch}` : write.do;

export async function carryOut(to: Writing, write: Write): Promise<Outcome> {
	const name = write.id.slice(write.id.indexOf("/") + 1);
	const { resource } = write;
	const target = { resource, namespace: to.side.namespace, name };
	if (write.do === "read") return find(to, target, write);
	const answer = await send(to, target, write);
	if (answer.kind === "ok") {
		if (write.do === "prune") to.found.set(write.id, undefined);
		else took(to, write, answer.body);
		to.memory.clear(write.id);
		return "done";
	}
	return notTaken(to, target, write, answer);
}

/** What others deliver may come at any time, and no watch tells: it bears no label of ours yet. */
async function find(
	to: Writing,
	target: Target,
	write: Extract<Write, { do: "read" }>,
): Promise<Outcome> {
	const { memory, found, side, clock, random } = to;
	const outcome = await look(to, target, write.id);
	const missing = outcome === "seen" && found.get(write.id) === undefined;
	if (write.delivered && missing) {
		memory.said.set(write.id, targetMissing(write.resource.kind, write.name));
		memory.hold(write.id, versionOf(write, side), clock.now(), random);
	}
	return outcome;
}

async function send(
	to: Writing,
	target: Target,
	write: Exclude<Write, { do: "read" }>,
): Promise<Answer> {
	const shared = { timeoutMs: WRITE_TIMEOUT_MS, signal: to.signal };
	const manager = { fieldManager: FIELD_MANAGER };
	switch (write.do) {
		case "create": {
			const { name: _, ...where } = target;
			return to.api.request({
				...shared,
				...where,
				verb: "create",
				body: write.object,
				query: manager,
			});
		}
		case "prune": {
			const { uid, resourceVersion } = write;
			return to.api.request({
				...shared,
				...target,
				verb: "delete",
				body: {
					preconditions: { uid, resourceVersion },
					propagationPolicy: "Background",
				},
			});
		}
		case "apply": {
			const moved = write.migration
				? await to.api.request({
						...shared,
						...target,
						verb: "json",
						body: write.migration,
						query: manager,
					})
				: undefined;
			if (moved && moved.kind !== "ok") return asConflict(moved);
			return to.api.request({
				...shared,
				...target,
				verb: "apply",
				body: moved ? atVersion(write.object, moved.body) : write.object,
				query: { ...manager, force: "true" },
			});
		}
	}
}

/** A JSON patch whose `test` fails is 422, not 409: the object is not what it was when it was seen. */
const asConflict = (answer: Answer): Answer =>
	answer.kind === "refused" && answer.status === 422
		? { ...answer, status: 409 }
		: answer;

const atVersion = (object: KubeObject, seen: KubeObject): KubeObject => ({
	...object,
	metadata: {
		...object.metadata,
		resourceVersion: seen.metadata.resourceVersion ?? "",
	},
});

/** What still differs in the answer to a forced apply is the server's own spelling. */
function took(
	{ objects, memory, side, found }: Writing,
	write: Exclude<Write, { do: "read" | "prune" }>,
	body: KubeObject,
): void {
	const live = objects.note(body, write.resource);
	found.set(write.id, live);
	objects.refine(side.key, live);
	const paths = live.drift?.paths ?? [];
	if (paths.length === 0) memory.settled.delete(write.id);
	else memory.settled.set(write.id, { of: write.hash, paths });
}

async function notTaken(
	to: Writing,
	target: Target,
	write: Exclude<Write, { do: "read" }>,
	answer: Exclude<Answer, { kind: "ok" }>,
): Promise<Outcome> {
	const { memory, clock, random, side } = to;
	const kind = write.resource.kind;
	const name = target.name ?? "";
	const hold = (): Outcome => {
		memory.hold(write.id, versionOf(write, side), clock.now(), random);
		return "failed";
	};
	if (answer.kind === "refused") {
		const known = answer.status === 404 || answer.status === 409;
		// 404 on a POST is about the namespace or the kind: the words say which.
		if (known && !(answer.status === 404 && write.do === "create")) {
			const outcome = await look(to, target, write.id);
			return outcome === "failed" ? hold() : outcome;
		}
		if (answer.status !== 429) {
			memory.said.set(write.id, refused(kind, name, answer.message));
		}
		return hold();
	}
	// Whatever it says, it may have been carried out: read before the next try.
	memory.doubts.add(write.id);
	memory.said.set(
		write.id,
		answer.kind === "failing"
			? refused(kind, name, answer.message)
			: unknownOutcome(kind, name, answer.message),
	);
	return hold();
}

/** Reads an object by name: labels may be missing, and a view may be old. */
export async function look(
	to: Writing,
	target: Target,
	id: string,
): Promise<Outcome> {
	const { memory, objects, found, side } = to;
	const answer = await to.api.request({
		...target,
		verb: "get",
		timeoutMs: REQUEST_TIMEOUT_MS,
		signal: to.signal,
	});
	if (answer.kind === "refused" && answer.status === 404) {
		found.set(id, undefined);
		memory.doubts.delete(id);
		return "seen";
	}
	if (answer.kind !== "ok") return "failed";
	memory.doubts.delete(id);
	const delivered = side.parts.some((it) => it.id === id && it.delivered);
	const claim = claimOf(answer.body, side, delivered);
	if (claim.kind === "ours") {
		const live = objects.saw(answer.body, target.resource);
		found.set(id, live);
		objects.refine(side.key, live);
		return "seen";
	}
	found.set(id, undefined);
	memory.said.set(
		id,
		claim.kind === "foreign"
			? { reason: "AlreadyExists", message: claim.message }
			: {
					reason: "BeingDeleted",
					message: `${target.resource.kind} ${target.name} of an earlier TwinSide is being deleted; it is created again when it is gone.`,
				},
	);
	return "failed";
}

export const targetOf = (
	side: SideView,
	resource: Resource,
	name: string,
): Target => ({ resource, namespace: side.namespace, name });
