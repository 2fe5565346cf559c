/** One turn of one service: observe, decide, record, act. */
import { TWIN_SIDE } from "../../api/kind.ts";
import { type Action, type Decision, decide } from "../../core/hub/decide.ts";
import { failbackStep } from "../../core/hub/failback.ts";
import type { Observation, Seen } from "../../core/hub/observation.ts";
import type { ServiceView } from "../../core/hub/service-view.ts";
import { placeOf, textOf } from "../log.ts";
import type { Turn } from "../queue.ts";
import { backoffMs } from "../retry.ts";
import { act, type Result } from "./act.ts";
import { type HubContext, PROMOTION, ROUTINE } from "./context.ts";
import type { RegionLink } from "./link.ts";
import { observation } from "./observe.ts";
import { REQUEST_TIMEOUT_MS } from "./request.ts";
import { recordAll, type ServiceMemory } from "./service-record.ts";
import { seenSide } from "./sides.ts";

/** A refused hash is tried again: what refused it may have changed. */
const RETRY_REFUSED_MS = 60_000;
/** The link tells when it is settled; this is only for certainty. */
const UNSETTLED_MS = 5_000;
/** A wait for something far away is looked at again in between: it costs nothing. */
const LONGEST_MS = 60_000;
const BACKOFF = { firstMs: 500, maxMs: 30_000 };

export async function serviceTurn(
	hub: HubContext,
	service: ServiceView,
	memory: ServiceMemory,
): Promise<Turn> {
	if (isUntimely(hub, service)) return { afterMs: UNSETTLED_MS };
	const activeForMs = activeFor(hub, service, memory);
	let seen = observation(hub, service, activeForMs);
	let decision = decide(seen);
	if (decision.careful && isWaiting(hub, service, decision)) {
		decision = { ...decision, actions: [] };
	} else if (decision.careful) {
		const sides = await readSides(hub, seen);
		seen = observation(hub, service, activeForMs, sides);
		decision = decide(seen);
	}
	const written = await recordAll(hub, seen, decision, memory);
	if (written !== "done") return written;
	let result: Turn;
	const failback = failbackStep(seen);
	if (failback.kind === "waiting")
		result = { afterMs: Math.min(failback.afterMs, LONGEST_MS) };
	for (const action of decision.actions) begin(hub, seen, action, memory);
	if (decision.plan.sync.problem && decision.plan.sync.dryRun.length === 0)
		result = { afterMs: RETRY_REFUSED_MS };
	if (result && seen.regions.some((it) => typeof it.verdict !== "string"))
		forgetRefusals(hub, service, memory);
	hub.metrics?.count("twin_operator_reconcile_turns_total", {
		loop: "services",
		result: decision.actions.length > 0 ? "acted" : "settled",
	});
	return result;
}

/**
 * After a start, or after a loss, the regions have not been read yet. To say so of
 * a service whose status is in place would be two writes for nothing.
 */
function isUntimely(hub: HubContext, service: ServiceView): boolean {
	const { status, generation, deleting } = service;
	const told = status.conditions && status.observedGeneration === generation;
	if (!told && !deleting) return false;
	const unread = service.clusters.some(
		(it) => hub.grants.of(it)?.kind === "Unknown",
	);
	if (unread && hub.grants.isYoung) return true;
	return service.clusters.some((it) => {
		const link = hub.links.get(it);
		return link?.isSettled === false || link?.isBeingRead === true;
	});
}

/**
 * The lanes are still busy with what was decided last, and would refuse all of
 * this. The turn that follows their end reads the sides: reading them now as
 * well was most of the reads of a placement. Nothing may be begun then: a lane
 * may be free again before the status is written.
 */
const isWaiting = (
	hub: HubContext,
	{ key }: ServiceView,
	{ actions }: Decision,
): boolean =>
	actions.every((it) => hub.links.get(it.region)?.lane.isBusy(key) === true);

function activeFor(
	hub: HubContext,
	{ status: { activeCluster: region } }: ServiceView,
	memory: ServiceMemory,
): number {
	const now = hub.clock.now();
	if (!memory.active || memory.active.region !== region)
		memory.active = { region, sinceMs: now };
	return now - memory.active.sinceMs;
}

/** Rules 16 and 17: roles and creations hang on sides read now, not on what a watch said some time ago. */
async function readSides(
	hub: HubContext,
	seen: Observation,
): Promise<ReadonlyMap<string, Seen>> {
	const { namespace, name } = seen.service;
	const read = seen.regions.map(async (region): Promise<[string, Seen][]> => {
		const link = hub.links.get(region.name);
		if (!link || region.health.kind !== "Alive") return [];
		const answer = await link.api.request({
			verb: "get",
			resource: TWIN_SIDE,
			namespace,
			name,
			timeoutMs: REQUEST_TIMEOUT_MS,
		});
		if (answer.kind === "ok") {
			link.note(answer.body);
			return [[region.name, { kind: "present", side: seenSide(answer.body) }]];
		}
		// A missing definition is not a missing side.
		const absent =
			answer.kind === "refused" && answer.status === 404 && link.sides?.synced;
		if (absent && !link.sides?.isUndefined)
			return [[region.name, { kind: "absent" }]];
		const last = link.sides?.last(seen.service.key);
		return [[region.name, { kind: "unknown", ...(last ? { last } : {}) }]];
	});
	return new Map((await Promise.all(read)).flat());
}

/** In the region's own lane: this turn does not wait for it. */
function begin(
	hub: HubContext,
	seen: Observation,
	action: Action,
	memory: ServiceMemory,
): void {
	const { service } = seen;
	const link = hub.links.get(action.region);
	if (!link) return;
	const urgent = action.do === "wish" && action.urgent;
	const { key } = service;
	link.lane.add(key, urgent, async () => {
		if (action.do === "wish" && isOvertaken(hub, seen)) {
			hub.serviceQueue.addAfter(key, 0, PROMOTION);
			return;
		}
		const result = await carefully(hub, link, service, action);
		if (result === "done" && action.do === "wish") told(hub, link, key, action);
		if (result === "done") {
			memory.failures = 0;
			// After the lane has let go of the key.
			hub.serviceQueue.addAfter(key, 0, urgent ? PROMOTION : ROUTINE);
			return;
		}
		const delayMs = backoffMs(memory.failures++, hub.random, BACKOFF);
		hub.serviceQueue.addAfter(key, delayMs, urgent ? PROMOTION : ROUTINE);
	});
}

/** A fault of our own is logged and tried again, like everything that fails. */
async function carefully(
	hub: HubContext,
	link: RegionLink,
	service: ServiceView,
	action: Action,
): Promise<Result> {
	try {
		return await act(hub, link, service, action);
	} catch (thrown) {
		hub.log.warn(
			{ cluster: link.name, service: service.key, place: placeOf(thrown) },
			`${action.do} failed and is tried again: ${textOf(thrown)}`,
		);
		return "again";
	}
}

/** What the agent then makes of it is a line of its own log, about the same service. */
function told(
	hub: HubContext,
	link: RegionLink,
	service: string,
	{ wish }: Extract<Action, { do: "wish" }>,
): void {
	if (!wish) return;
	const { to, ifEpoch } = wish;
	hub.log.info(
		{ cluster: link.name, service, to, ifEpoch },
		`the side in ${link.name} was told that ${to} is to be active, should its epoch still be ${ifEpoch}`,
	);
}

/** A region was lost, or is back, since the wish was decided on: while it was recorded, or waited in the lane. */
const isOvertaken = (hub: HubContext, seen: Observation): boolean =>
	seen.isolated !== hub.isIsolated() ||
	seen.regions.some(
		({ name, health }) =>
			(health.kind === "Lost") !==
			(hub.links.get(name)?.health.kind === "Lost"),
	);

/** Once a minute the regions are asked again. */
function forgetRefusals(
	hub: HubContext,
	service: ServiceView,
	memory: ServiceMemory,
): void {
	const now = hub.clock.now();
	memory.refusedSinceMs ??= now;
	if (now - memory.refusedSinceMs < RETRY_REFUSED_MS) return;
	delete memory.refusedSinceMs;
	for (const link of refusing(hub, service)) link.verdicts.delete(service.key);
	hub.serviceQueue.addAfter(service.key, 0, ROUTINE);
}

const refusing = (hub: HubContext, service: ServiceView): RegionLink[] =>
	service.clusters.flatMap((it) => {
		const link = hub.links.get(it);
		const tried = link?.verdicts.get(service.key);
		return link && tried && typeof tried.verdict !== "string" ? [link] : [];
	});
