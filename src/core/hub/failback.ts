/**
 * Automatic failback: after a promotion the service goes back to its preferred
 * region once that has been healthy for long enough. It is a Switchover that
 * nobody had to ask for, kept in lastTransition: a hub that is restarted in the
 * middle finds it there. All times are this process's own: one that was
 * started a moment ago has seen nobody healthy yet, and waits.
 */
import { PROFILES } from "../profile.ts";
import { isHalfway, rulesOf } from "./exclusive.ts";
import {
	conditionOf,
	isAlive,
	isLost,
	type Observation,
	otherOf,
	placedHash,
	presentIn,
	type RegionSeen,
	regionNamed,
} from "./observation.ts";
import { activeRegion } from "./supersede.ts";

/** The reason of such a transition. */
export const FAILBACK = "StableAgain";

export interface FailbackRoute {
	readonly from: string;
	readonly to: string;
}

export type FailbackStep =
	| { readonly kind: "none" }
	/** Everything is well; only time is missing. */
	| { readonly kind: "waiting"; readonly afterMs: number; readonly to: string }
	| ({ readonly kind: "go" } & FailbackRoute);

const NONE: FailbackStep = { kind: "none" };
/** After a promotion nothing goes back sooner, however short stableSeconds is. */
const HOLD_DOWN_MS = 600_000;
const HOLD_DOWN_LOSSES = 10;

export function failbackStep(seen: Observation): FailbackStep {
	const { service, isolated, operation } = seen;
	if (isolated || service.suspend || service.deleting || operation) return NONE;
	return underWay(seen) ?? due(seen);
}

/** The old side has stood down already: it goes on, unless a region is lost, which is another matter. */
function underWay(seen: Observation): FailbackStep | undefined {
	const last = seen.service.status.lastTransition;
	if (last?.reason !== FAILBACK || last.activatedAt !== undefined)
		return undefined;
	const { from, to } = last;
	if (from === undefined || seen.regions.some(isLost)) return undefined;
	const sides = [from, to].map((it) => {
		const region = regionNamed(seen, it);
		return region && presentIn(region);
	});
	return sides.every((it) => it?.status.role === "Standby")
		? { kind: "go", from, to }
		: undefined;
}

function due(seen: Observation): FailbackStep {
	const { failback, clusters, status } = seen.service;
	const last = status.lastTransition;
	const active = activeRegion(seen);
	const preferred = regionNamed(seen, clusters[0]);
	if (failback.mode !== "Automatic" || !active || !preferred) return NONE;
	if (active === preferred) return NONE;
	if (!wasPromoted(last, active.name) || !isWell(seen, preferred)) return NONE;
	const afterMs = Math.max(
		failback.stableSeconds * 1_000 - (preferred.aliveForMs ?? 0),
		holdDownMs(seen) - (seen.activeForMs ?? 0),
	);
	return afterMs > 0
		? { kind: "waiting", afterMs, to: preferred.name }
		: { kind: "go", from: active.name, to: preferred.name };
}

/**
 * By a Failover, or on its way back from one. Where a person has moved the
 * service to, it stays: whoever did so meant it.
 */
function wasPromoted(
	last: Observation["service"]["status"]["lastTransition"],
	active: string,
): boolean {
	if (last?.reason === FAILBACK && last.activatedAt === undefined)
		return last.from === active;
	return (
		last?.kind === "Failover" &&
		last.activatedAt !== undefined &&
		last.to === active
	);
}

export const holdDownMs = ({
	profile = PROFILES.Standard,
}: Observation): number =>
	Math.max(HOLD_DOWN_MS, HOLD_DOWN_LOSSES * profile.lossSeconds * 1_000);

/** Whatever a Switchover needs, and a standby that could serve at once. */
function isWell(seen: Observation, preferred: RegionSeen): boolean {
	const { service } = seen;
	const active = otherOf(seen, preferred);
	const side = presentIn(preferred);
	if (!side || side.deleting || !isAlive(preferred) || !isAlive(active))
		return false;
	const serves = presentIn(active);
	if (preferred.problem || preferred.agent || active.agent || !serves)
		return false;
	const settled = serves.policy === service.policy && !isHalfway(seen);
	const rules = rulesOf(seen);
	const granted =
		rules === "Wishes" ||
		(rules === "Grants" &&
			seen.regions.every((it) => it.grant?.kind === "Held"));
	const hash = placedHash(preferred);
	return (
		settled &&
		granted &&
		side.status.role === "Standby" &&
		side.hash === hash &&
		side.status.hash === hash &&
		conditionOf(side, "Ready")?.status === "True"
	);
}
