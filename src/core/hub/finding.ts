/** The conditions of a TwinService, one function each, from one look and one plan. */
import type { Finding } from "../../api/condition.ts";
import type { Reason } from "../../api/reason.ts";
import { isSilent } from "./loss.ts";
import {
	conditionOf,
	type Observation,
	otherOf,
	placedHash,
	presentIn,
	type RegionSeen,
} from "./observation.ts";
import type { Problem } from "./placement.ts";
import type { Plan } from "./plan.ts";
import { activeRegion } from "./supersede.ts";

type Status = Finding["status"];
interface Said extends Problem {
	readonly status: Status;
}

const said = (status: Status, reason: Reason, message: string): Said => ({
	status,
	reason,
	message,
});

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
	return list.map(([type, it]) => ({ type, ...it }));
}

/** What is wrong with a region as such, in words that do not change while it lasts. */
export function regionFault(region: RegionSeen): Said | undefined {
	const { name, health } = region;
	if (region.problem) return { status: "False", ...region.problem };
	switch (health.kind) {
		case "Unobserved":
			return said(
				"Unknown",
				"WaitingForRegion",
				`${name} has not answered yet.`,
			);
		case "CredentialsInvalid":
			return said(
				"False",
				"CredentialsInvalid",
				`The hub's credentials for ${name} are not accepted; see TwinCluster ${name}.`,
			);
		case "Silent":
		case "Lost":
			if (!isSilent(health)) break;
			return said(
				"False",
				health.reason,
				health.kind === "Lost"
					? `${name} is lost: see the condition Reachable of TwinCluster ${name}.`
					: `${name} does not answer; it counts as lost when that lasts.`,
			);
	}
	return region.side.kind === "unknown"
		? said("Unknown", "WaitingForRegion", `${name} is being read.`)
		: undefined;
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

function redundantOf(seen: Observation, plan: Plan): Said {
	const { election } = plan;
	if (seen.isolated) return isolation();
	if (seen.service.policy === "Exclusive") {
		return said(
			"False",
			"NoFencing",
			election.kind === "person"
				? election.message
				: "spec.promotion.policy is Exclusive, and no agent holds grants in these regions yet: a loss moves nothing by itself. Choose Available or Manual, or move the service with a Switchover while both regions answer.",
		);
	}
	return standbyOf(seen);
}

/** Whether the other side could take over now, whoever may decide that. */
function standbyOf(seen: Observation): Said {
	const active = activeRegion(seen);
	if (!active) return said("False", "Placing", "No side is active yet.");
	const region = otherOf(seen, active);
	const fault = regionFault(region);
	if (fault) return fault;
	const side = presentIn(region);
	if (!side)
		return said(
			"False",
			"Placing",
			`The TwinSide in ${region.name} is missing.`,
		);
	if (region.agent) return { status: "False", ...region.agent };
	if (side.status.role === "Active") {
		return said(
			"False",
			"TwoActive",
			`${region.name} is active too; it has to become standby first.`,
		);
	}
	if (side.status.hash !== placedHash(region) && !seen.service.suspend) {
		return said(
			"False",
			"NotApplied",
			`${region.name} has not applied the manifests yet.`,
		);
	}
	const ready = conditionOf(side, "Ready");
	if (ready?.status === "True")
		return said("True", "StandingBy", `${region.name} could take over now.`);
	return said(
		"False",
		(ready?.reason as Reason) ?? "Progressing",
		`In ${region.name}: ${ready?.message ?? "its agent has not spoken yet."}`,
	);
}

function syncedOf(seen: Observation, plan: Plan): Said {
	const { service } = seen;
	if (service.deleting)
		return said("False", "Deleting", "The TwinService is being deleted.");
	if (plan.sync.problem) return { status: "False", ...plan.sync.problem };
	const behind = seen.regions.find(
		(it) => presentIn(it)?.hash !== placedHash(it),
	);
	if (service.suspend) {
		return said(
			behind ? "False" : "True",
			"Suspended",
			"spec.suspend is true: nothing is synced. Set it to false to go on.",
		);
	}
	for (const region of seen.regions) {
		const late = lateIn(region, plan);
		if (late) return late;
	}
	return said("True", "Applied", "Both sides have applied the manifests.");
}

function lateIn(region: RegionSeen, plan: Plan): Said | undefined {
	const fault = regionFault(region);
	if (fault) return { ...fault, status: "Unknown" };
	const side = presentIn(region);
	const hash = placedHash(region);
	if (side?.hash !== hash && plan.sync.dryRun.length > 0) {
		return said(
			"False",
			"Applying",
			"The regions are asked whether they would accept the manifests.",
		);
	}
	if (!side)
		return said(
			"False",
			"Placing",
			`The TwinSide in ${region.name} is being created.`,
		);
	const applied = conditionOf(side, "Applied");
	if (side.hash === hash && side.status.hash === hash) {
		if (applied?.status !== "False") return undefined;
	}
	return applied?.status === "False" && side.hash === hash
		? said(
				"False",
				applied.reason as Reason,
				`In ${region.name}: ${applied.message}`,
			)
		: said("False", "Applying", `${region.name} applies the manifests.`);
}

const isolation = (): Said =>
	said(
		"Unknown",
		"HubIsolated",
		"The hub sees neither region, or not even itself: nothing is decided until it does. Mend the hub's network.",
	);

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
	if (seen.isolated) return isolation();
	if (stalled) return { status: "False", ...stalled };
	const { election } = plan;
	if (election.kind === "wish" || election.kind === "wait")
		return said("False", "Moving", election.message);
	const available = availableOf(seen);
	if (available.status !== "True") return available;
	const synced = syncedOf(seen, plan);
	if (synced.status !== "True") return { ...synced, status: "False" };
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
		`${active.name} serves, ${otherOf(seen, active).name} stands by.`,
	);
}

function reconcilingOf(
	seen: Observation,
	plan: Plan,
	ready: Said,
	stalled: Problem | undefined,
): Said {
	if (seen.isolated) return { ...isolation(), status: "True" };
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
