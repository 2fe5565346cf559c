/**
 * The record of a move, with the time of each stage by the hub's own wall
 * clock. Begun before anything is wished, so that a hub that is restarted in
 * the middle still knows when the loss was.
 */

import { secondsBetween } from "../../api/time.ts";
import type { Transition, TwinServiceStatus } from "../../api/types.ts";
import type { Move } from "./elected.ts";
import { isTaken, rulesOf } from "./exclusive.ts";
import { FAILBACK } from "./failback.ts";
import { isSilent } from "./loss.ts";
import {
	conditionOf,
	epochOf,
	type Observation,
	otherOf,
	presentIn,
	type RegionSeen,
	regionNamed,
} from "./observation.ts";
import type { Plan } from "./plan.ts";
import { activeRegion } from "./supersede.ts";

export const HISTORY_LIMIT = 10;

type Recorded = Pick<TwinServiceStatus, "lastTransition" | "history">;

export function transitionOf(seen: Observation, plan: Plan): Recorded {
	const { lastTransition: before, history = [] } = seen.service.status;
	const pending = before && before.activatedAt === undefined;
	const begun = begin(seen, plan);
	const current =
		(begun && pending && isSame(begun, before) ? before : begun) ??
		(pending && isGivenUp(seen, plan) ? history[0] : before);
	const known = current ?? moved(seen, undefined);
	const now = known && progress(seen, known);
	if (!now) return history.length === 0 ? {} : { history };
	if (now.activatedAt === undefined)
		return {
			lastTransition: now,
			...(history.length === 0 ? {} : { history }),
		};
	const [latest, ...older] = history;
	const rest =
		latest && isSame(latest, now) && latest.epoch === now.epoch
			? older
			: history;
	return {
		lastTransition: now,
		history: [now, ...rest].slice(0, HISTORY_LIMIT),
	};
}

const isSame = (a: Transition, b: Transition): boolean =>
	a.kind === b.kind && a.to === b.to && a.operation === b.operation;

/** What this turn sets in motion, or goes on with. */
function begin(seen: Observation, plan: Plan): Transition | undefined {
	const { service, wall } = seen;
	const { election, step } = plan;
	const epoch = epochOf(seen);
	if (step?.kind === "running" && seen.operation) {
		const { route } = step;
		if (step.stages.includes("Activated")) return undefined;
		const { type, name, status } = seen.operation;
		const kind =
			type === "Failover"
				? "Failover"
				: route.to === service.clusters[0]
					? "Failback"
					: "Switchover";
		const other =
			route.from === undefined ? undefined : regionNamed(seen, route.from);
		const lostAt =
			other?.health.kind === "Lost" ? lostAtOf(seen, other) : undefined;
		return {
			kind,
			...(route.from === undefined ? {} : { from: route.from }),
			to: route.to,
			epoch: route.epoch + (type === "Failover" ? 1 : 2),
			reason: "Requested",
			operation: name,
			requestedAt: status.startedAt ?? wall,
			...(lostAt === undefined ? {} : { lostAt }),
		};
	}
	const move = "move" in election ? election.move : undefined;
	if (move) return moving(seen, move);
	if (isBorn(seen)) return creationTo(seen, homeOf(seen));
	if (election.kind !== "wish") return undefined;
	if (election.why === "Failover") {
		const to = regionNamed(seen, election.region);
		const lost = to && otherOf(seen, to);
		return {
			kind: "Failover",
			...(lost ? { from: lost.name } : {}),
			to: election.region,
			epoch: epoch + 1,
			reason:
				lost && "reason" in lost.health ? lost.health.reason : "Unreachable",
			lostAt: lostAtOf(seen, lost),
		};
	}
	return election.why === "Creation"
		? creationTo(seen, election.wish.to)
		: undefined;
}

const creationTo = (seen: Observation, to: string): Transition => ({
	kind: "Creation",
	to,
	epoch: epochOf(seen) + 1,
	reason: "Placing",
	requestedAt: firstSeenAt(seen),
});

/** Rule 16 at a birth, which the agents carry out: the hub wishes nothing, and records it all the same. */
const isBorn = (seen: Observation): boolean =>
	rulesOf(seen) === "Grants" &&
	seen.service.status.lastTransition === undefined &&
	seen.regions.every((it) => {
		const status = presentIn(it)?.status;
		return status?.role === "Standby" && status.epoch === 0;
	});

const homeOf = (seen: Observation): string =>
	seen.regions.map(presentIn)[0]?.home ?? seen.service.clusters[0];

/** What the agents carry out, or what goes on from turn to turn without an operation. */
function moving(seen: Observation, { kind, from, to }: Move): Transition {
	const lost = regionNamed(seen, from);
	const epoch = epochOf(seen);
	if (kind === "Failback") {
		const reason = FAILBACK;
		return {
			...{ kind, from, to, reason },
			epoch: epoch + 2,
			requestedAt: seen.wall,
		};
	}
	const reason =
		lost && "reason" in lost.health ? lost.health.reason : "Unreachable";
	return {
		...{ kind, from, to, reason },
		epoch: epoch + 1,
		lostAt: lostAtOf(seen, lost),
	};
}

/**
 * By this process's own sight. One that was started after the loss has none:
 * then since when the status says that nobody sees it serve, so that a restart
 * in the middle does not make the recovery look shorter than it was.
 */
function lostAtOf(
	{ service, wall }: Observation,
	lost: RegionSeen | undefined,
): string {
	const available = service.status.conditions?.find(
		(it) => it.type === "Available",
	);
	return (
		lost?.lastAliveAt ??
		(available?.status === "Unknown" ? available.lastTransitionTime : wall)
	);
}

/** The first status said "not ready" when the hub saw the service first; nothing has been ready since. */
function firstSeenAt({ service, wall }: Observation): string {
	const ready = service.status.conditions?.find((it) => it.type === "Ready");
	const never = service.status.lastTransition === undefined;
	return never && ready ? ready.lastTransitionTime : wall;
}

/** Nobody goes on with it, and the old side serves: the record begun is taken back. */
function isGivenUp(seen: Observation, plan: Plan): boolean {
	const active = activeRegion(seen);
	return (
		!seen.isolated &&
		!seen.service.suspend &&
		plan.election.kind === "rest" &&
		plan.step?.kind !== "waiting" &&
		active !== undefined &&
		active.name !== seen.service.status.lastTransition?.to &&
		presentIn(active) !== undefined
	);
}

function progress(seen: Observation, begun: Transition): Transition {
	const { wall } = seen;
	let now = moved(seen, begun) ?? begun;
	const to = regionNamed(seen, now.to);
	const from = regionNamed(seen, now.from);
	const old = from && presentIn(from);
	const next = to && presentIn(to);
	const planned = now.kind === "Switchover" || now.kind === "Failback";
	if (
		planned &&
		now.readyAt === undefined &&
		now.fencedAt === undefined &&
		old?.status.role === "Standby" &&
		old.status.podsGoneEpoch === old.status.epoch
	)
		now = { ...now, fencedAt: wall };
	// It was taken after D_p, which is longer than its pods may have run.
	if (
		now.kind === "Failover" &&
		now.fencedAt === undefined &&
		from &&
		isTaken(from) &&
		rulesOf(seen) === "Grants"
	)
		// The hub may see the new side before it reads the grant: that was taken first.
		now = { ...now, fencedAt: now.activatedAt ?? wall };
	if (next?.status.role !== "Active") return now;
	if (activeRegion(seen) !== to) return now;
	if (now.activatedAt === undefined)
		now = { ...now, activatedAt: wall, epoch: epochOf(seen) };
	const ready = conditionOf(next, "Ready");
	if (now.readyAt === undefined && ready?.status === "True") {
		const since = now.lostAt ?? now.requestedAt;
		now = {
			...now,
			readyAt: wall,
			...(since === undefined
				? {}
				: { recoverySeconds: secondsBetween(since, wall) }),
		};
	}
	return now;
}

/**
 * A role changed that this hub neither asked for nor recorded: by the agents, a
 * person's wish, or another hub's. Without a record, what the status says counts.
 */
function moved(
	seen: Observation,
	now: Transition | undefined,
): Transition | undefined {
	const { activeCluster } = seen.service.status;
	const before = now?.activatedAt === undefined ? undefined : now.to;
	const place = now ? before : activeCluster;
	const active = activeRegion(seen);
	const side = active && presentIn(active);
	if (!place || !active || !side || active.name === place) return undefined;
	if (side.status.role !== "Active") return undefined;
	const from = regionNamed(seen, place);
	// A planned move takes both regions; the grant may be read as taken only later.
	const alone = from && (isTaken(from) || isSilent(from.health));
	if (from && alone && rulesOf(seen) === "Grants")
		return takenOver(seen, from, active);
	return {
		kind: "Switchover",
		from: place,
		to: active.name,
		epoch: epochOf(seen),
		reason: "Observed",
		activatedAt: seen.wall,
	};
}

/** The agents were quicker than the hub's own judgement, or it was not there. */
function takenOver(
	seen: Observation,
	from: RegionSeen,
	to: RegionSeen,
): Transition {
	const lostAt = isSilent(from.health)
		? from.lastAliveAt
		: from.grant?.renewedAt;
	return {
		kind: "Failover",
		from: from.name,
		to: to.name,
		epoch: epochOf(seen),
		reason: "ByGrant",
		...(lostAt === undefined ? {} : { lostAt }),
		fencedAt: seen.wall,
		activatedAt: seen.wall,
	};
}
