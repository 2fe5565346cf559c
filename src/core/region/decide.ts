/**
 * One look at a side becomes what is to be done: the role to be recorded
 * first, then the writes, then what is told about it.
 */
import { SIDE_FINALIZER } from "../../api/label.ts";
import { type DeletionStep, deletionStep } from "./deletion.ts";
import { type Diff, diff, type Write } from "./diff.ts";
import { gateWaitMs, wantsGateCheck } from "./exclusive/gated.ts";
import { isNews } from "./exclusive/peer.ts";
import { nextExclusiveRole } from "./exclusive/role.ts";
import { type GrantView, grantOf, type Step } from "./exclusive/view.ts";
import type { Observation } from "./observation.ts";
import {
	awaitsPodsGone,
	hasJobsToStop,
	isStopped,
	waitMs,
} from "./podsgone.ts";
import { nextRole, type RoleChange } from "./role.ts";
import type { LastActive, SideStatus, SideView } from "./side.ts";
import { type StatusDraft, statusOf } from "./status.ts";

export interface Decision {
	/** To be recorded (it is in `status` too) before any write is made. */
	readonly role?: RoleChange;
	/** Why the role changes, for the log. */
	readonly why?: string;
	/** Rule 11: what this change of role answers. */
	readonly returned?: string;
	readonly deletion?: DeletionStep;
	/** The side's own finalizer is missing. */
	readonly finalizers?: readonly string[];
	readonly writes: readonly Write[];
	/** Standby: unfinished Jobs have to go. */
	readonly stopJobs: boolean;
	/** Standby: the pods have to be counted. */
	readonly count: boolean;
	/** The pods are expected to go: look again. */
	readonly awaitsPods: boolean;
	/** Rule 18: to be decided again on a TwinSide read in this turn. Creations ask for it as well. */
	readonly needsFresh: boolean;
	/** Rules 13 and 16, and `status.peer`: the twin's side has to be read, after the own one. */
	readonly needsPeer: boolean;
	/** Something waits for the twin: ask again after a while, even if nothing is seen to change. */
	readonly awaitsPeer: boolean;
	/** Rule 22: the pods have to be looked at for their gates. */
	readonly checkGates: boolean;
	/** To be looked at again when this time is over, which no watch tells. */
	readonly afterMs?: number;
	/** Kinds are still being listed: nothing is written, and no new status told. */
	readonly unknown: boolean;
	/** Undefined: nothing is told about a side that goes. */
	readonly status?: StatusDraft;
}

const IDLE = {
	writes: [],
	stopJobs: false,
	count: false,
	awaitsPods: false,
	needsFresh: false,
	needsPeer: false,
	awaitsPeer: false,
	checkGates: false,
	unknown: false,
} as const;

export function decide(seen: Observation): Decision {
	const { side } = seen;
	if (side.region !== seen.region && !side.deleting) return wrongRegion(seen);
	const step = nextStep(side, grantOf(seen), countsOf(seen));
	if (side.deleting) return leaving(seen, step);
	const moved = step.kind === "change" ? afterStep(seen, step.to) : seen;
	const made = diff(moved);
	const refusal = step.kind === "refused" ? step.finding : undefined;
	const awaits = awaitsPodsGone(moved.side);
	const settled = made.writes.length === 0 && !made.unknown;
	const waits = awaits ? waitMs(moved) : gateWaitMs(moved);
	return {
		...changeOf(step),
		...(side.finalizers.includes(SIDE_FINALIZER)
			? {}
			: { finalizers: [...side.finalizers, SIDE_FINALIZER] }),
		// In order, or not at all: what pods need comes before the pods.
		writes: made.unknown ? [] : made.writes,
		unknown: made.unknown,
		stopJobs: awaits && hasJobsToStop(moved),
		count: awaits && isStopped(moved) && waitMs(moved) === 0,
		awaitsPods: awaits,
		...peerOf(seen, step, made),
		checkGates: wantsGateCheck(moved, settled),
		...(waits > 0 ? { afterMs: waits } : {}),
		needsFresh:
			step.kind === "change" ||
			made.problems.some((it) => it.reason === "EpochAhead"),
		status: statusOf(moved, made, refusal),
	};
}

/** What becomes of the role: by grants where the side is bound by them, else by wishes. */
export const nextStep = (
	side: SideView,
	grant: GrantView | undefined,
	counts: readonly LastActive[] = [],
): Step =>
	grant && side.policy === "Exclusive"
		? nextExclusiveRole({ side, grant, counts })
		: nextRole(side, counts);

function changeOf(step: Step): Pick<Decision, "role" | "why" | "returned"> {
	if (step.kind !== "change") return {};
	const { to, why, returned } = step;
	return {
		role: to,
		...(why === undefined ? {} : { why }),
		...(returned === undefined ? {} : { returned }),
	};
}

/** A rule asks for the twin's side, or the watch shows something that is not written down. */
function peerOf(
	seen: Observation,
	step: Step,
	made: Diff,
): Pick<Decision, "needsPeer" | "awaitsPeer"> {
	const grant = grantOf(seen);
	if (!grant) return { needsPeer: false, awaitsPeer: false };
	const news = isNews(seen.side, grant.hint) && !made.unknown;
	if (grant.peer === undefined) {
		const unmet =
			step.kind === "refused" && step.finding.reason === "AwaitingTwin";
		return { needsPeer: step.kind === "ask" || news, awaitsPeer: unmet };
	}
	// It was read, and the rule would ask again: not before something changes there, or a while.
	const { peer, ...unread } = grant;
	const again = nextStep(seen.side, unread).kind === "ask";
	return {
		needsPeer: false,
		awaitsPeer: again || (peer.kind !== "present" && news),
	};
}

/** Rule 11 is about every side, also one that goes: what is recorded first is its role. */
function leaving(seen: Observation, step: Step): Decision {
	if (
		step.kind !== "change" ||
		step.returned === undefined ||
		seen.side.region !== seen.region
	)
		return { ...IDLE, deletion: deletionStep(seen) };
	const moved = afterStep(seen, step.to);
	const made: Diff = { writes: [], problems: [], unknown: false };
	return {
		...IDLE,
		...changeOf(step),
		needsFresh: true,
		status: statusOf(moved, made, undefined),
	};
}

/** As it will be seen once the change is on record; its time as Standby begins anew. */
function afterStep(seen: Observation, to: RoleChange): Observation {
	const { side, grant } = seen;
	const started =
		to.role === "Active" &&
		side.status.role === "Standby" &&
		side.status.podsGoneEpoch === side.status.epoch;
	return {
		...seen,
		side: { ...side, status: afterMove(side, to) },
		...(grant ? { grant: { ...grant, standbyForMs: 0, started } } : {}),
	};
}

function afterMove(side: SideView, to: RoleChange): SideStatus {
	// What belonged to the old role is forgotten with it.
	const {
		supersedes: _,
		podsGoneEpoch: __,
		offeredTo: ___,
		...kept
	} = side.status;
	return { ...kept, ...to };
}

function countsOf({ side, lives }: Observation): readonly LastActive[] {
	return side.parts.flatMap((part) => {
		const live = lives.get(part.id);
		return live?.replicas !== undefined && live.replicas > 0
			? [{ kind: part.kind, name: part.name, replicas: live.replicas }]
			: [];
	});
}

/** Two kubeconfigs changed places: whatever is done here would be wrong. */
function wrongRegion(seen: Observation): Decision {
	const { side, region } = seen;
	const made: Diff = {
		writes: [],
		problems: [
			{
				reason: "WrongRegion",
				message: `spec.region is ${side.region}, and this cluster is known as ${region}: nothing is done here. Correct the credentials of the two TwinClusters.`,
			},
		],
		unknown: false,
	};
	return { ...IDLE, status: statusOf(seen, made, undefined) };
}
