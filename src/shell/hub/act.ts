/** Carries out in one region what was decided for a service. What fails is seen on the next turn. */
import { TWIN_SIDE } from "../../api/kind.ts";
import { INSTALLATION, SIDE_FINALIZER } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import type { Action } from "../../core/hub/decide.ts";
import { sideSpec, twinOf } from "../../core/hub/placement.ts";
import { renderedFor } from "../../core/hub/service.ts";
import type { ServiceView } from "../../core/hub/service-view.ts";
import { NO_CHANGE } from "../../core/hub/sync.ts";
import type { Answer } from "../port.ts";
import { ensureNamespace } from "./bootstrap.ts";
import type { HubContext } from "./context.ts";
import { dryRun } from "./dry-run.ts";
import type { RegionLink } from "./link.ts";
import { WRITE_TIMEOUT_MS } from "./request.ts";

/** `again`: nothing came of it; try later. */
export type Result = "done" | "again";

export async function act(
	hub: HubContext,
	link: RegionLink,
	service: ServiceView,
	action: Action,
): Promise<Result> {
	switch (action.do) {
		case "dryRun":
			return tryOut(hub, link, service);
		case "create":
			return create(hub, link, service, action);
		case "delete":
			return remove(link, service, action);
		default:
			return write(link, service, action);
	}
}

async function tryOut(
	hub: HubContext,
	link: RegionLink,
	service: ServiceView,
): Promise<Result> {
	const made = renderedFor(service, link.name);
	if (!made) return "done";
	const verdict = await dryRun({
		api: link.api,
		region: link.name,
		installation: hub.installation,
		operatorNamespace: hub.namespace,
		namespace: service.namespace,
		name: service.name,
		objects: made.objects,
	});
	if (verdict === undefined) return "again";
	link.verdicts.set(service.key, { hash: made.hash, verdict });
	return "done";
}

async function create(
	hub: HubContext,
	link: RegionLink,
	service: ServiceView,
	{ home, policy }: Extract<Action, { do: "create" }>,
): Promise<Result> {
	const made = renderedFor(service, link.name);
	if (!made) return "done";
	const { installation } = hub;
	const { namespace, name } = service;
	const post = (): Promise<Answer> =>
		link.api.request({
			verb: "create",
			resource: TWIN_SIDE,
			namespace,
			body: {
				apiVersion: "twin-operator.dev/v1alpha1",
				kind: "TwinSide",
				metadata: {
					name,
					namespace,
					labels: { [INSTALLATION]: installation },
					// The agent would add it: one write less for each side.
					finalizers: [SIDE_FINALIZER],
				},
				spec: sideSpec(
					service,
					{ installation, region: link.name, home, policy },
					made,
				),
			},
			timeoutMs: WRITE_TIMEOUT_MS,
		});
	let answer = await post();
	if (answer.kind === "refused" && answer.status === 404) {
		const fault = await ensureNamespace(link.api, namespace);
		if (fault !== undefined) return told(link, service, made.hash, fault);
		answer = await post();
	}
	return taken(link, service, made.hash, answer);
}

/** A wish, and a step of rule 22, hold only for the version that was read; the rest may be written over any. */
async function write(
	link: RegionLink,
	service: ServiceView,
	action: Extract<Action, { do: "wish" | "write" }>,
): Promise<Result> {
	const wishing = action.do === "wish";
	const change = wishing
		? { ...NO_CHANGE, policy: action.policy }
		: action.change;
	const rendered = change.objects ? renderedFor(service, link.name) : undefined;
	if (change.objects && !rendered) return "done";
	const { standby } = service;
	const spec = {
		...(wishing ? { wish: wishOf(action.wish) } : {}),
		...(change.policy ? { policy: service.policy } : {}),
		...(change.gate ? { gate: service.gate } : {}),
		...(change.twin ? { twin: twinOf(service, link.name) } : {}),
		...(change.suspend ? { suspend: service.suspend ? true : null } : {}),
		...(change.deletionPolicy
			? { deletionPolicy: service.deletionPolicy }
			: {}),
		...(rendered
			? {
					objects: rendered.objects,
					targets: rendered.targets ?? null,
					hash: rendered.hash,
					standby: { mode: standby.mode, replicas: standby.replicas ?? null },
				}
			: {}),
	};
	const { uid, resourceVersion } = action.side;
	const version =
		wishing || action.careful ? { metadata: { uid, resourceVersion } } : {};
	const answer = await link.api.request({
		verb: "merge",
		resource: TWIN_SIDE,
		namespace: service.namespace,
		name: service.name,
		body: { ...version, spec },
		timeoutMs: WRITE_TIMEOUT_MS,
	});
	return taken(link, service, rendered?.hash, answer);
}

/** A merge patch would keep what an older wish has besides. */
const wishOf = (
	wish: Extract<Action, { do: "wish" }>["wish"],
): Record<string, unknown> | null =>
	wish && {
		...wish,
		supersedes: wish.supersedes ?? null,
		lastActive: wish.lastActive ?? null,
	};

async function remove(
	link: RegionLink,
	service: ServiceView,
	{ side }: Extract<Action, { do: "delete" }>,
): Promise<Result> {
	const answer = await deleteSide(link, {
		namespace: service.namespace,
		name: service.name,
		uid: side.uid,
		orphan: side.deletionPolicy === "Orphan",
	});
	return answer.kind === "ok" || isGone(answer) ? "done" : "again";
}

export function deleteSide(
	link: RegionLink,
	side: {
		readonly namespace: string;
		readonly name: string;
		readonly uid: string;
		readonly orphan: boolean;
	},
): Promise<Answer> {
	return link.api.request({
		verb: "delete",
		resource: TWIN_SIDE,
		namespace: side.namespace,
		name: side.name,
		body: {
			apiVersion: "v1",
			kind: "DeleteOptions",
			preconditions: { uid: side.uid },
			propagationPolicy: side.orphan ? "Background" : "Foreground",
		},
		timeoutMs: WRITE_TIMEOUT_MS,
	});
}

const isGone = (answer: Answer): boolean =>
	answer.kind === "refused" && answer.status === 404;

function taken(
	link: RegionLink,
	service: ServiceView,
	hash: string | undefined,
	answer: Answer,
): Result {
	if (answer.kind === "ok") {
		link.note(answer.body as KubeObject);
		return "done";
	}
	if (answer.kind !== "refused") return "again";
	if ([401, 404, 409, 429].includes(answer.status)) return "again";
	return told(link, service, hash, answer.message);
}

/** The region will say the same again: it goes into the conditions, beside what dry runs say. */
function told(
	link: RegionLink,
	service: ServiceView,
	hash: string | undefined,
	words: string,
): Result {
	if (hash === undefined) return "again";
	const message = `${link.name} refuses the TwinSide: ${words} Correct what it names; nothing has been applied.`;
	link.verdicts.set(service.key, {
		hash,
		verdict: { reason: "Refused", message },
	});
	return "done";
}
