/** Whether the other region could take a service over now, and what is missing if it could not. */
import type { Reason } from "../../api/reason.ts";
import { rulesOf } from "./exclusive.ts";
import type { GrantKind } from "./grant.ts";
import {
	conditionOf,
	type Observation,
	otherOf,
	placedHash,
	presentIn,
	type RegionSeen,
} from "./observation.ts";
import type { Plan } from "./plan.ts";
import { policyStep } from "./policy.ts";
import { type Said, said, standbyOf } from "./region-finding.ts";
import { activeRegion } from "./supersede.ts";

export function redundantOf(seen: Observation, plan: Plan): Said {
	if (seen.isolated) return isolation(seen);
	const { service } = seen;
	const rules = rulesOf(seen);
	if (rules === "Unclear") {
		return said(
			"Unknown",
			"GrantUnread",
			"The hub has not seen yet whether the grants of both regions are renewed.",
		);
	}
	const { waits } = policyStep(seen);
	if (waits) return { status: "False", ...waits };
	if (rules === "Wishes" && service.policy === "Exclusive")
		return noFencing(plan);
	if (service.suspend && isSuspendedShort(seen, rules === "Grants")) {
		return said(
			"False",
			"Suspended",
			rules === "Grants"
				? "spec.suspend is true, and the standby side does not have the current manifests. Set it to false."
				: "spec.suspend is true, and nothing is promoted while it is. Set it to false.",
		);
	}
	const standby = standbyOf(seen);
	if (rules === "Wishes" || standby.status !== "True") return standby;
	return grantMissing(seen) ?? ungated(seen) ?? weak(seen) ?? standby;
}

export function isolation(seen: Observation): Said {
	const words =
		"The hub sees neither region, or not even itself: nothing is decided until it does.";
	return said(
		"Unknown",
		"HubIsolated",
		rulesOf(seen) === "Wishes"
			? `${words} Mend the hub's network.`
			: `${words} That changes nothing for this service: the agents of the two regions go on by their grants. Mend the hub's network.`,
	);
}

const noFencing = ({ election }: Plan): Said =>
	said(
		"False",
		"NoFencing",
		election.kind === "person"
			? election.message
			: "spec.promotion.policy is Exclusive, and no agents hold grants in these regions: a loss moves nothing by itself. Run an agent in both regions; or choose Available or Manual, or move the service with a Switchover while both regions answer.",
	);

/** A takeover by grant is not stopped by it (rule 22); it would start what was synced last. */
function isSuspendedShort(seen: Observation, granted: boolean): boolean {
	if (!granted) return true;
	const active = activeRegion(seen);
	const standby = active && otherOf(seen, active);
	return (
		standby !== undefined &&
		presentIn(standby)?.status.hash !== placedHash(standby)
	);
}

const MISSING: Readonly<
	Record<Exclude<GrantKind, "Held">, readonly [Said["status"], Reason, string]>
> = {
	Unknown: ["Unknown", "GrantUnread", "has not been seen for long enough"],
	Missing: ["False", "GrantMissing", "does not exist"],
	Neutral: ["False", "GrantNotRenewed", "was never renewed"],
	Still: ["False", "GrantNotRenewed", "is not renewed any more"],
	Taken: ["False", "GrantTaken", "is held by its twin"],
};

/** Who takes over must be fresh, and there must be something to take. */
function grantMissing(seen: Observation): Said | undefined {
	const active = activeRegion(seen) as RegionSeen;
	const standby = otherOf(seen, active);
	const own = standby.grant?.kind ?? "Unknown";
	const bad: [RegionSeen, GrantKind][] = [
		[standby, own],
		...(active.grant?.kind === "Missing"
			? [[active, "Missing"] as [RegionSeen, GrantKind]]
			: []),
	];
	const [found] = bad.filter(([, kind]) => kind !== "Held");
	if (!found) return undefined;
	const [{ name }, kind] = found;
	const [status, reason, words] = MISSING[kind as Exclude<GrantKind, "Held">];
	return said(
		status,
		reason,
		`The grant of ${name} ${words}, so ${standby.name} could not take over. See the condition GrantHeld of TwinCluster ${name}.`,
	);
}

function ungated(seen: Observation): Said | undefined {
	const active = activeRegion(seen) as RegionSeen;
	const side = presentIn(active);
	if (!side || seen.service.gate === "None") return undefined;
	const gated = conditionOf(side, "Gated");
	if (gated?.status === "True") return undefined;
	return said(
		gated?.status ?? "Unknown",
		"NotGated",
		`In ${active.name} pods may run without a gate: ${gated?.message ?? "its agent has not said whether they do."}`,
	);
}

function weak(seen: Observation): Said | undefined {
	const active = activeRegion(seen) as RegionSeen;
	const { name } = otherOf(seen, active);
	const why =
		seen.service.gate === "None"
			? "spec.promotion.gate is None"
			: active.fencing === "Agent"
				? `not every node of ${active.name} bears the gate`
				: undefined;
	return why === undefined
		? undefined
		: said(
				"True",
				"FencedByAgent",
				`${name} could take over now. But ${why}: pods in ${active.name} are stopped through its API server, and run on when that, its agent or a node is cut off or dead; two sides may then write.`,
			);
}
