/**
 * One look at a side becomes what is to be done: the role to be recorded
 * first, then the writes, then what is told about it.
 */
import { SIDE_FINALIZER } from "../../api/label.ts";
import { type DeletionStep, deletionStep } from "./deletion.ts";
import { type Diff, diff, type Write } from "./diff.ts";
import type { Observation } from "./observation.ts";
import { awaitsPodsGone, hasJobsToStop, isStopped } from "./podsgone.ts";
import { nextRole, type RoleChange } from "./role.ts";
import type { LastActive, SideStatus, SideView } from "./side.ts";
import { type StatusDraft, statusOf } from "./status.ts";

export interface Decision {
	/** To be recorded (it is in `status` too) before any write is made. */
	readonly role?: RoleChange;
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
	unknown: false,
} as const;

export function decide(seen: Observation): Decision {
	const { side } = seen;
	if (side.deleting) return { ...IDLE, deletion: deletionStep(seen) };
	if (side.region !== seen.region) return wrongRegion(seen);
	const step = nextRole(side, countsOf(seen));
	const moved: Observation =
		step.kind === "change"
			? { ...seen, side: { ...side, status: afterMove(side, step.to) } }
			: seen;
	const made = diff(moved);
	const refusal = step.kind === "refused" ? step.finding : undefined;
	const awaits = awaitsPodsGone(moved.side);
	return {
		...(step.kind === "change" ? { role: step.to } : {}),
		...(side.finalizers.includes(SIDE_FINALIZER)
			? {}
			: { finalizers: [...side.finalizers, SIDE_FINALIZER] }),
		// In order, or not at all: what pods need comes before the pods.
		writes: made.unknown ? [] : made.writes,
		unknown: made.unknown,
		stopJobs: awaits && hasJobsToStop(moved),
		count: awaits && isStopped(moved),
		awaitsPods: awaits,
		needsFresh:
			step.kind === "change" ||
			made.problems.some((it) => it.reason === "EpochAhead"),
		status: statusOf(moved, made, refusal),
	};
}

function afterMove(side: SideView, to: RoleChange): SideStatus {
	// What belonged to the old role is forgotten with it.
	const { supersedes: _, podsGoneEpoch: __, ...kept } = side.status;
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
