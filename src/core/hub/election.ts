/**
 * Who shall be active: a chain of rules, the first that has something to say
 * wins. The hub writes wishes and creations only (PROTOCOL, rule 17); the agent
 * writes the role.
 */
import { creationWish } from "./creation.ts";
import type { Election, Move } from "./elected.ts";
import { rulesOf } from "./exclusive.ts";
import { failbackStep } from "./failback.ts";
import {
	epochOf,
	isAlive,
	isLost,
	knownOf,
	type Observation,
	otherOf,
	presentIn,
	type RegionSeen,
	regionNamed,
} from "./observation.ts";
import { switchover } from "./operation.ts";
import type { OperationStep } from "./operation-step.ts";
import { policyStep } from "./policy.ts";
import { isSealed, sealedFirst } from "./seal.ts";
import { areTwoActive, nameOf, supersededRegion } from "./supersede.ts";
import { takeover, twoHeld } from "./takeover.ts";

const REST: Election = { kind: "rest" };

export function elect(
	seen: Observation,
	step: OperationStep | undefined,
): Election {
	if (seen.isolated || seen.service.suspend || seen.service.deleting)
		return REST;
	// Whose rules hold shows within D_h; until then nothing is wished.
	if (rulesOf(seen) === "Unclear") return REST;
	if (rulesOf(seen) === "Grants") {
		return (
			homeMismatch(seen) ??
			operation(step) ??
			failback(seen) ??
			twoHeld(seen) ??
			takeover(seen) ??
			loss(seen) ??
			REST
		);
	}
	const found =
		homeMismatch(seen) ??
		returned(seen) ??
		operation(step) ??
		failback(seen) ??
		twoActive(seen) ??
		creationWish(seen) ??
		loss(seen) ??
		REST;
	return found.kind === "wish" ? sealedFirst(seen, found) : found;
}

/** Rule 17: different homes are for a person. */
function homeMismatch(seen: Observation): Election | undefined {
	const [a, b] = seen.regions.map(presentIn);
	if (!a || !b || a.home === b.home) return undefined;
	return {
		kind: "person",
		reason: "HomeMismatch",
		message: `The TwinSide in ${a.region} has spec.home ${a.home}, the one in ${b.region} has ${b.home}. Delete the one that holds no data; it is created again.`,
	};
}

/** A region that was lost answers again: its side stands down before anything else is synced there. */
function returned(seen: Observation): Election | undefined {
	const region = supersededRegion(seen);
	const side = region && presentIn(region);
	if (!region || !side || !isAlive(region)) return undefined;
	const { name } = otherOf(seen, region);
	return {
		kind: "wish",
		region: region.name,
		wish: { to: name, ifEpoch: side.status.epoch },
		why: "Superseded",
		message: `${region.name} is back, and ${name} has taken over meanwhile: its side there becomes standby.`,
	};
}

function operation(step: OperationStep | undefined): Election | undefined {
	if (step?.kind !== "running") return undefined;
	return step.wish
		? {
				kind: "wish",
				region: step.wish.region,
				wish: step.wish.wish,
				why: "Operation",
				message: step.message,
			}
		: { kind: "wait", reason: "Moving", message: step.message };
}

/** A Switchover that nobody had to ask for. */
function failback(seen: Observation): Election | undefined {
	const step = failbackStep(seen);
	if (step.kind !== "go") return undefined;
	const { from, to } = step;
	const [old, next] = [regionNamed(seen, from), regionNamed(seen, to)];
	if (!old || !next) return undefined;
	const { wish, message } = switchover(
		{ ...step, epoch: epochOf(seen) },
		old,
		next,
		rulesOf(seen),
	);
	const because = `${to} is preferred, and has been healthy for spec.promotion.failback.stableSeconds: ${message}`;
	const move: Move = { kind: "Failback", from, to };
	return wish
		? { kind: "wish", ...wish, why: "Failback", message: because, move }
		: { kind: "wait", reason: "Moving", message: because, move };
}

function twoActive(seen: Observation): Election | undefined {
	if (!areTwoActive(seen)) return undefined;
	const [a, b] = seen.regions;
	return {
		kind: "person",
		reason: "TwoActive",
		message: `Both ${a.name} and ${b.name} are active, and neither names the other one as superseded. Decide which one serves, and create a TwinOperation of type Switchover with spec.to set to it.`,
	};
}

function loss(seen: Observation): Election | undefined {
	for (const region of seen.regions) {
		const other = otherOf(seen, region);
		const side = presentIn(region);
		if (!side || !isAlive(region) || !isLost(other)) continue;
		if (side.status.role === "Active") continue;
		return promotion(seen, region, other);
	}
	return undefined;
}

export function promotion(
	seen: Observation,
	region: RegionSeen,
	lost: RegionSeen,
): Election | undefined {
	const side = presentIn(region);
	if (!side) return undefined;
	const { service } = seen;
	const before = knownOf(lost, service);
	const because = `${lost.name} is lost (${"reason" in lost.health ? lost.health.reason : "Unreachable"})`;
	if (service.policy === "Exclusive") {
		const { waits, now } = policyStep(seen);
		if (waits && now.includes(region.name)) {
			const move = { from: lost.name, to: region.name };
			return { kind: "wait", ...waits, move: { kind: "Failover", ...move } };
		}
		if (waits) {
			return {
				kind: "person",
				reason: "PolicyChanging",
				message: `${because} before its side had become Exclusive, so no grant speaks for it. Bring ${lost.name} back; or make sure that it is down, set spec.promotion.policy to Manual, and ${failoverTo(seen, region.name)}.`,
			};
		}
		return {
			kind: "person",
			reason: "NoFencing",
			message: `${because}, and spec.promotion.policy is Exclusive: without agents that hold grants nothing proves that it has stopped, so nothing is promoted. Bring ${lost.name} back; or make sure that it is down, set spec.promotion.policy to Manual, and ${failoverTo(seen, region.name)}.`,
		};
	}
	if (service.policy === "Manual" || before?.uid === undefined) {
		const why =
			service.policy === "Manual"
				? "spec.promotion.policy is Manual"
				: "this hub has never read its side there";
		return {
			kind: "person",
			reason: "PromotionNeeded",
			message: `${because}, and ${why}: a person decides. To promote ${region.name}, ${failoverTo(seen, region.name)}.`,
		};
	}
	return {
		kind: "wish",
		region: region.name,
		wish: {
			to: region.name,
			ifEpoch: side.status.epoch,
			supersedes: nameOf(before),
		},
		why: "Failover",
		message: `${because}: ${region.name} is promoted. ${lost.name} may still run unseen; it becomes standby when it is back.`,
	};
}

/** The next step, in full: nobody should have to look up the epoch during a fire. */
export const failoverTo = (seen: Observation, to: string): string =>
	`create a TwinOperation with spec {type: Failover, service: ${seen.service.name}, to: ${to}, ifEpoch: ${epochOf(seen)}, acknowledgeDataLoss: true}`;

/** Wishes that lie in the regions, would still be acted upon, and are not wanted any more. */
export function staleWishes(
	seen: Observation,
	election: Election,
): readonly RegionSeen[] {
	if (seen.isolated || seen.service.suspend || seen.service.deleting) return [];
	if (rulesOf(seen) === "Unclear") return [];
	return seen.regions.filter((region) => {
		const side = presentIn(region);
		if (!side?.wish || !isAlive(region)) return false;
		const { wish, status } = side;
		if (wish.ifEpoch !== status.epoch) return false;
		const moves = (wish.to === side.region) === (status.role === "Standby");
		const wanted = election.kind === "wish" && election.region === region.name;
		// Its own seal goes before it starts: else nobody could tell that a start is on its way.
		if (wanted && isSealed(side)) return election.wish.to === region.name;
		return moves && !wanted;
	});
}
