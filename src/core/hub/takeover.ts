/**
 * A loss of an Exclusive service's region where agents hold grants: the hub
 * promotes nothing. It reports what the agents do, and when they cannot.
 */
import type { Election } from "./elected.ts";
import { isTaken } from "./exclusive.ts";
import {
	isAlive,
	isLost,
	type Observation,
	otherOf,
	presentIn,
	type RegionSeen,
} from "./observation.ts";

/** Where a person finds how to set the grant by hand (rule 19). */
const FORCE = "force it as docs/operations.md says";

export function takeover(seen: Observation): Election | undefined {
	for (const region of seen.regions) {
		const other = otherOf(seen, region);
		const side = presentIn(region);
		if (side?.status.role !== "Standby") continue;
		if (!isAlive(region) || !isLost(other)) continue;
		// Rule 10 is about Exclusive sides: the policy of this one is being changed.
		if (side.policy !== "Exclusive") return undefined;
		return byGrant(region, other);
	}
	return undefined;
}

function byGrant(region: RegionSeen, lost: RegionSeen): Election {
	const { name } = region;
	const because = `${lost.name} is lost (${"reason" in lost.health ? lost.health.reason : "Unreachable"})`;
	if (region.agent) {
		return {
			kind: "person",
			reason: "AgentMissing",
			message: `${because}, and ${name} cannot take over, because its agent is not at work: ${region.agent.message}`,
		};
	}
	if (isTaken(region)) {
		return {
			kind: "person",
			reason: "GrantTaken",
			message: `${because}, and it holds the grant of ${name}, so ${name} may not run its services. Bring ${lost.name} back; or make sure that it is down, and ${FORCE}.`,
		};
	}
	return {
		kind: "wait",
		reason: "ByGrant",
		message: `${because}: ${name} takes over by its grant once its agent has seen that of ${lost.name} unchanged for D_p. If it does not, look at the agent in ${name}; nothing is asked of the hub.`,
		move: { kind: "Failover", from: lost.name, to: name },
	};
}

/** Agents never make that: both grants are held, and both sides are active. */
export function twoHeld(seen: Observation): Election | undefined {
	const [a, b] = seen.regions;
	const sides = [a, b].map(presentIn);
	if (sides.some((it) => it?.status.role !== "Active")) return undefined;
	if (isTaken(a) || isTaken(b)) return undefined;
	return {
		kind: "person",
		reason: "TwoActive",
		message: `Both ${a.name} and ${b.name} are active, and neither grant is taken. An agent that starts up mends it within seconds; if it stays, scale one side's workloads to 0 and look at the agents' logs.`,
	};
}
