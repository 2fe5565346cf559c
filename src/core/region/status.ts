/** What is told about a side: counts and conditions, from what was seen. */
import type { Finding } from "../../api/condition.ts";
import type { Reason } from "../../api/reason.ts";
import type { Diff } from "./diff.ts";
import { gatedOf } from "./exclusive/gated.ts";
import { peerAfter } from "./exclusive/peer.ts";
import { type GrantView, grantOf } from "./exclusive/view.ts";
import { formOf } from "./form.ts";
import type { Observation } from "./observation.ts";
import type { Part } from "./part.ts";
import { arePodsGone, awaitsPodsGone } from "./podsgone.ts";
import type { Problem } from "./problem.ts";
import { holds, isScaled, replicasFor } from "./replicas.ts";
import { kept } from "./role.ts";
import type { LastActive, SideStatus, SideView } from "./side.ts";

/** A status before it meets the old one: its conditions have no times yet. */
export interface StatusDraft
	extends Omit<SideStatus, "conditions" | "observedGeneration"> {
	readonly observedGeneration: number;
	readonly findings: readonly Finding[];
}

export function statusOf(
	seen: Observation,
	made: Diff,
	refusal: Finding | undefined,
): StatusDraft {
	const { side } = seen;
	const { conditions: _, ...before } = side.status;
	const gone = awaitsPodsGone(side) && arePodsGone(seen);
	const status = gone
		? { ...before, podsGoneEpoch: side.status.epoch }
		: before;
	const { held, ...counts } = countsOf(seen);
	const scaled = scaledNow(seen);
	const applied = appliedOf(side, made);
	const peer = peerAfter(before.peer, grantOf(seen)?.peer);
	return {
		...status,
		...(applied.status === "True" && !side.suspend ? { hash: side.hash } : {}),
		...counts,
		...(peer ? { peer } : {}),
		...(scaled.length > 0 ? kept(scaled, status.lastActive) : {}),
		observedGeneration: side.generation,
		findings: [
			applied,
			unprovenOf(seen) ??
				readyOf({ ...side, status }, { ...counts, held }, applied),
			refusal?.type === "Stalled" ? refusal : stalledOf(made.problems),
			...(refusal && refusal.type !== "Stalled" ? [refusal] : []),
			...gatedOf(seen),
		],
	};
}

interface Counts {
	readonly ready: number;
	readonly desired: number;
	/** Replicas that wait at their gate; not told in status, which speaks of what runs. */
	readonly held: number;
}

function countsOf({ side, lives }: Observation): Counts {
	let ready = 0;
	let desired = 0;
	let held = 0;
	for (const part of side.parts) {
		const live = lives.get(part.id);
		const wanted = formOf(part, side, live).replicas ?? 0;
		if (isHolding(part, side)) {
			held += wanted;
			continue;
		}
		desired += wanted;
		ready += Math.min(live?.ready ?? 0, wanted);
	}
	return { ready, desired, held };
}

/** A warm standby's pods are never ready, and should not be. */
const isHolding = (part: Part, side: SideView): boolean =>
	side.standby.mode === "Warm" && side.status.role === "Standby" && holds(part);

/**
 * What autoscalers ask for, while this side is active: told all the time, since
 * a region that burns tells nothing any more. Not told is the number that a
 * promotion would start with anyway: one write less for most services.
 */
function scaledNow({ side, lives }: Observation): readonly LastActive[] {
	if (side.status.role === "Standby") return [];
	return side.parts.flatMap((part) => {
		const { id, kind, name } = part;
		const { replicas = 0, epoch } = lives.get(id) ?? {};
		const ours = replicas > 0 && epoch === side.status.epoch;
		return ours &&
			isScaled(part, side) &&
			replicas !== replicasFor(part, side, undefined)
			? [{ kind, name, replicas }]
			: [];
	});
}

const finding = (
	type: string,
	status: Finding["status"],
	reason: Reason,
	message: string,
): Finding => ({ type, status, reason, message });

function appliedOf(side: SideView, made: Diff): Finding {
	if (side.suspend) {
		return side.hash === side.status.hash
			? finding(
					"Applied",
					"True",
					"Suspended",
					"spec.suspend is true: drift is not repaired.",
				)
			: finding(
					"Applied",
					"False",
					"Suspended",
					"spec.suspend is true: changes are not applied. Set it to false on the TwinService to go on.",
				);
	}
	const [problem] = made.problems;
	if (problem) {
		return finding("Applied", "False", problem.reason, told(made.problems));
	}
	// In step already: what is missing now belongs to the role, or was taken
	// away by somebody, and is written in the same turn.
	const missing =
		side.hash === side.status.hash
			? []
			: made.writes.filter(
					(it) =>
						it.do === "create" || (it.do === "apply" && it.why === "changed"),
				);
	if (missing.length > 0 || made.unknown) {
		const names = missing.slice(0, 3).map((it) => it.id);
		return finding(
			"Applied",
			"False",
			"Applying",
			missing.length === 0
				? "The cluster's objects are being listed."
				: `${missing.length} of ${side.parts.length} objects are being written: ${names.join(", ")}${missing.length > 3 ? ", …" : ""}.`,
		);
	}
	return finding(
		"Applied",
		"True",
		"Applied",
		`${side.parts.length} objects are applied.`,
	);
}

/**
 * The role is not touched by it, nor are the workloads: the gate holds the pods,
 * and lets them go on when there is proof again. Told only after F, so that a
 * restart of the agent is no news.
 */
function unprovenOf(seen: Observation): Finding | undefined {
	const grant = grantOf(seen);
	if (!grant || !isUnproven(seen.side, grant)) return undefined;
	const { region, twin } = seen.side;
	return finding(
		"Ready",
		"False",
		"NoProof",
		`${region} has no proof of its grant: neither the hub nor the API server of ${twin} confirms it, so the gate holds the pods. Look at the connections from ${region} to both; the pods go on by themselves when one of them confirms the grant.`,
	);
}

/** A process that has just begun to count believes what the last one has told. */
const isUnproven = ({ status }: SideView, grant: GrantView): boolean =>
	status.role === "Active" &&
	!grant.authority.fresh &&
	(grant.unprovenForMs >= grant.fenceMs || isTold(status));

const isTold = ({ conditions }: SideStatus): boolean =>
	conditions?.find((it) => it.type === "Ready")?.reason === "NoProof";

/** What the side tells of its region's proof is not so any more. */
export const isProofOutdated = (side: SideView, grant: GrantView): boolean =>
	isUnproven(side, grant) !== isTold(side.status);

function readyOf(side: SideView, counts: Counts, applied: Finding): Finding {
	const { role, epoch, podsGoneEpoch } = side.status;
	const { ready, desired } = counts;
	const of = `${ready} of ${desired} replicas are ready`;
	// A side that serves goes on serving while one of its objects is refused.
	const never = side.status.hash === undefined && applied.status === "False";
	if (role === "Active") {
		if (ready >= desired && !never) {
			return finding("Ready", "True", "Serving", `${of}.`);
		}
		return applied.status === "False" && applied.reason !== "Applying"
			? finding(
					"Ready",
					"False",
					"NotApplied",
					`${of}; not everything is applied: see the condition Applied.`,
				)
			: finding("Ready", "False", "Progressing", `${of}.`);
	}
	if (podsGoneEpoch !== epoch) {
		return finding(
			"Ready",
			"False",
			"Stopping",
			"This side is standby, and its pods are still going.",
		);
	}
	if (applied.status === "False") {
		return finding(
			"Ready",
			"False",
			"NotApplied",
			"Not everything is applied: see the condition Applied.",
		);
	}
	if (ready < desired) {
		return finding("Ready", "False", "Progressing", `${of} on standby.`);
	}
	return finding("Ready", "True", "StandingBy", waitingText(counts, of));
}

/** Passes by itself: no person is called for it. */
const PASSING = new Set<Problem["reason"]>([
	"BeingDeleted",
	"WriteUnknown",
	"Unreadable",
	"TargetMissing",
]);

function waitingText({ desired, held }: Counts, of: string): string {
	const waiting = `${held} replicas wait at their gate.`;
	if (desired > 0) return `${of} on standby.${held > 0 ? ` ${waiting}` : ""}`;
	return held > 0 ? waiting : "Stopped, and could be started.";
}

function stalledOf(problems: readonly Problem[]): Finding {
	const grave = problems.filter((it) => !PASSING.has(it.reason));
	const [first] = grave;
	return first
		? finding("Stalled", "True", first.reason, told(grave))
		: finding("Stalled", "False", "NotStalled", "");
}

/** The messages of one reason are enough for one condition; the number tells of the others. */
function told(problems: readonly Problem[]): string {
	const shown = problems.slice(0, 3).map((it) => it.message);
	const more = problems.length - shown.length;
	return [...shown, ...(more > 0 ? [`And ${more} more.`] : [])].join(" ");
}
