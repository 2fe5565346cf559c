/** Reads and writes of the TwinSide itself. */
import { TWIN_SIDE } from "../../api/kind.ts";
import type { Decision } from "../../core/region/decide.ts";
import { parseSide, type SideView } from "../../core/region/side.ts";
import {
	type StatusPatch,
	statusPatch,
} from "../../core/region/status-patch.ts";
import type { Answer } from "../port.ts";
import { REQUEST_TIMEOUT_MS } from "./context.ts";
import type { Writing } from "./write.ts";

/** Undefined: it is gone. False: not known. */
export async function readSide(
	to: Writing,
): Promise<SideView | undefined | false> {
	const answer = await to.api.request({
		verb: "get",
		resource: TWIN_SIDE,
		namespace: to.side.namespace,
		name: to.side.name,
		timeoutMs: REQUEST_TIMEOUT_MS,
		signal: to.signal,
	});
	if (answer.kind === "refused" && answer.status === 404) return undefined;
	if (answer.kind !== "ok") return false;
	return take(to, answer);
}

/**
 * Written from the version that was decided on: the API server refuses it when
 * anything has changed since. Undefined: not written, or not known to be.
 */
export async function writeStatus(
	to: Writing,
	patch: StatusPatch,
): Promise<SideView | undefined> {
	return write(to, { status: patch.status }, "status");
}

export async function writeFinalizers(
	to: Writing,
	finalizers: readonly string[],
): Promise<SideView | undefined> {
	return write(to, {}, undefined, finalizers);
}

async function write(
	to: Writing,
	body: Readonly<Record<string, unknown>>,
	subresource: "status" | undefined,
	finalizers?: readonly string[],
): Promise<SideView | undefined> {
	const answer = await to.api.request({
		verb: "merge",
		resource: TWIN_SIDE,
		namespace: to.side.namespace,
		name: to.side.name,
		...(subresource ? { subresource } : {}),
		body: {
			...body,
			metadata: {
				resourceVersion: to.side.resourceVersion,
				...(finalizers ? { finalizers } : {}),
			},
		},
		timeoutMs: REQUEST_TIMEOUT_MS,
		signal: to.signal,
	});
	if (answer.kind === "ok") return take(to, answer);
	// A conflict is ordinary; silence means unknown. Both are read again.
	to.memory.doubtsSide = true;
	if (answer.kind === "refused" && answer.status !== 409) {
		to.log.warn(
			{ region: to.region, service: to.side.key, status: answer.status },
			`the TwinSide's status was refused: ${answer.message}`,
		);
	}
	return undefined;
}

function take(
	{ noteSide, side, memory, gate }: Writing,
	answer: Extract<Answer, { kind: "ok" }>,
): SideView {
	memory.doubtsSide = false;
	noteSide(answer.body);
	return parseSide(answer.body, side, gate);
}

/** What is to be written of a decision's status, if anything. */
export function patchOf(
	to: Writing,
	decision: Decision,
): StatusPatch | undefined {
	if (!decision.status) return undefined;
	const wall = to.clock
		.wall()
		.toISOString()
		.replace(/\.\d+Z$/, "Z");
	return statusPatch(to.side.status, decision.status, wall);
}
