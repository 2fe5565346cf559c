/** The conditions of a TwinService, one function each, from one look and one plan. */
import type { Finding } from "../../api/condition.ts";
import type { Reason } from "../../api/reason.ts";
import { failbackStep, holdDownMs } from "./failback.ts";
import {
	conditionOf,
	type Observation,
	otherOf,
	presentIn,
	type RegionSeen,
} from "./observation.ts";
import type { Plan } from "./plan.ts";
import { POLICY_CHANGING, policyStep } from "./policy.ts";
import type { Problem } from "./problem.ts";
import { isolation, redundantOf } from "./redundant.ts";
import {
	regionFault,
	type Said,
	said,
	standbyOf,
	syncedOf,
} from "./region-finding.ts";
import { activeRegion } from "./supersede.ts";

export function findings(seen: Observation, plan: Plan): readonly Finding[] {
	const stalled = stalledBy(seen, plan);
	const ready = readyOf(seen, plan, stalled);
	const list: [string, Said][] = [
		["Ready", ready],
		["Reconciling", reconcilingOf(seen, plan, ready, stalled)],
		[
			"Stalled",
			stalled
				? said("True", stalled.reason, stalled.message)
				: said("False", "NotStalled", "No person is needed."),
		],
		["Available", availableOf(seen)],
		["Redundant", redundantOf(seen, plan)],
		["Synced", syncedOf(seen, plan)],
	];
	const { election } = plan;
	if (election.kind === "person" && election.reason === "PromotionNeeded") {
		list.push([
			"PromotionNeeded",
			said("True", election.reason, election.message),
		]);
	}
	const { waits } = policyStep(seen);
	if (waits && !seen.service.deleting)
		list.push([POLICY_CHANGING, { status: "True", ...waits }]);
	return list.map(([type, it]) => ({ type, ...it }));
}

/** A person is needed, and for what. */
function stalledBy(seen: Observation, plan: Plan): Problem | undefined {
	if (seen.isolated || seen.service.deleting) return undefined;
	const { election, sync } = plan;
	if (election.kind === "person")
		return { reason: election.reason, message: election.message };
	if (sync.problem) return sync.problem;
	for (const region of seen.regions) {
		if (region.health.kind === "CredentialsInvalid") return regionFault(region);
		const side = presentIn(region);
		const stalled = side && conditionOf(side, "Stalled");
		if (stalled?.status === "True") {
			return {
				reason: stalled.reason as Reason,
				message: `In ${region.name}: ${stalled.message}`,
			};
		}
	}
	return undefined;
}

function availableOf(seen: Observation): Said {
	const active = activeRegion(seen);
	if (!active) return said("False", "Placing", "No side is active yet.");
	const side = presentIn(active);
	if (!side) {
		const fault = regionFault(active);
		return said(
			"Unknown",
			fault?.reason ?? "WaitingForRegion",
			`${active.name} was active when it was read last. ${fault?.message ?? ""}`.trim(),
		);
	}
	const { ready = 0, desired } = side.status;
	return desired !== undefined && (ready > 0 || desired === 0)
		? said("True", "Serving", `${active.name} serves.`)
		: said(
				"False",
				"Progressing",
				`${active.name} is active, and none of its replicas is ready yet.`,
			);
}

function readyOf(
	seen: Observation,
	plan: Plan,
	stalled: Problem | undefined,
): Said {
	if (seen.service.deleting) {
		return said(
			"False",
			"Deleting",
			plan.deletion?.message || "The TwinService is being deleted.",
		);
	}
	if (seen.isolated) return isolation(seen);
	if (stalled) return { status: "False", ...stalled };
	const { election } = plan;
	if (election.kind === "wait" && election.reason !== "Stopping")
		return said("False", election.reason, election.message);
	if (election.kind === "wish" || election.kind === "wait")
		return said("False", "Moving", election.message);
	const available = availableOf(seen);
	if (available.status !== "True") return available;
	const synced = syncedOf(seen, plan);
	if (synced.status !== "True") return { ...synced, status: "False" };
	const { waits } = policyStep(seen);
	if (waits) return { status: "False", ...waits };
	const active = activeRegion(seen) as RegionSeen;
	const side = presentIn(active);
	const ready = side && conditionOf(side, "Ready");
	if (ready?.status !== "True") {
		return said(
			"False",
			(ready?.reason as Reason) ?? "Progressing",
			`In ${active.name}: ${ready?.message ?? "its agent has not spoken yet."}`,
		);
	}
	const standby = standbyOf(seen);
	if (standby.status !== "True") return { ...standby, status: "False" };
	return said(
		"True",
		"Serving",
		`${active.name} serves, ${otherOf(seen, active).name} stands by.${failbackWords(seen)}`,
	);
}

/** That it goes back, not when: that would be a write each second. */
function failbackWords(seen: Observation): string {
	const step = failbackStep(seen);
	return step.kind === "waiting"
		? ` It is moved back to ${step.to} when that has been healthy for ${seen.service.failback.stableSeconds} s (spec.promotion.failback), and not sooner than ${holdDownMs(seen) / 1_000} s after the promotion.`
		: "";
}

function reconcilingOf(
	seen: Observation,
	plan: Plan,
	ready: Said,
	stalled: Problem | undefined,
): Said {
	if (seen.isolated) return { ...isolation(seen), status: "True" };
	if (seen.service.deleting) return { ...ready, status: "True" };
	if (seen.service.suspend) {
		return said(
			"False",
			"Suspended",
			"spec.suspend is true: nothing is synced, and no new wish is made.",
		);
	}
	// With a person needed, waiting alone leads nowhere.
	if (stalled && plan.election.kind !== "wish")
		return said("False", "Settled", "It waits for a person.");
	if (ready.status === "True")
		return said("False", "Settled", "Nothing is to be done.");
	return { ...ready, status: "True" };
}
