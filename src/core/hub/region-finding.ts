/** What is to be said of one region, and of both sides together. */
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
import type { Plan } from "./plan.ts";
import type { Problem } from "./problem.ts";
import { activeRegion } from "./supersede.ts";

type Status = Finding["status"];
/** A condition before it has a type. */
export interface Said extends Problem {
	readonly status: Status;
}

export const said = (
	status: Status,
	reason: Reason,
	message: string,
): Said => ({
	status,
	reason,
	message,
});

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

/** Whether the other side could take over now, whoever may decide that. */
export function standbyOf(seen: Observation): Said {
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

export function syncedOf(seen: Observation, plan: Plan): Said {
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
