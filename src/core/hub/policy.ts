/**
 * Rule 22: with grants, a service comes to be Exclusive, or ceases to be, one
 * side after the other. To Exclusive the active side goes first, and the other
 * only when no pod without a gate is left: its agent would start it on a grant
 * that these pods do not know. From Exclusive the standby side goes first: it
 * must not take over by a grant that the active one has ceased to heed.
 */
import type { Condition } from "../../api/condition.ts";
import { grantsOf, lastOf } from "./exclusive.ts";
import {
	conditionOf,
	isAlive,
	isLost,
	type Observation,
	otherOf,
	presentIn,
	type RegionSeen,
	type SeenSide,
} from "./observation.ts";
import type { Problem } from "./problem.ts";

export const POLICY_CHANGING = "PolicyChanging";

export interface PolicyStep {
	/** Names of the regions whose side may be given the policy now. */
	readonly now: readonly string[];
	/** It holds only for the sides as they were read. */
	readonly careful: boolean;
	/** What it waits for; missing when the sides have the policy. */
	readonly waits?: Problem;
}

const wait = (message: string, now: readonly string[] = []): PolicyStep => ({
	now,
	careful: true,
	waits: { reason: "PolicyChanging", message },
});

export function policyStep(seen: Observation): PolicyStep {
	const { service, regions } = seen;
	const grants = grantsOf(seen);
	const differing = regions.filter((it) => isOther(it, service.policy));
	const names = differing.map((it) => it.name);
	const touches = [
		service.policy,
		...regions.map((it) => lastOf(it)?.policy),
	].includes("Exclusive");
	if (grants === "no" || !touches) return { now: names, careful: false };
	if (differing.length === 0) return { now: [], careful: false };
	if (service.suspend) {
		return wait(
			`spec.promotion.policy becomes ${service.policy} when spec.suspend is false again.`,
		);
	}
	if (grants === "unknown") {
		return wait(
			`spec.promotion.policy becomes ${service.policy} when the hub has seen the grants of both regions.`,
		);
	}
	return service.policy === "Exclusive"
		? toExclusive(seen)
		: fromExclusive(seen, differing);
}

const isOther = (region: RegionSeen, policy: string): boolean => {
	const side = lastOf(region);
	return side !== undefined && side.policy !== policy;
};

function toExclusive(seen: Observation): PolicyStep {
	const half = afterLoss(seen);
	if (half) return half;
	const { both, blind } = bothRead(seen, "Exclusive");
	if (blind) return blind;
	const active = both.find((it) => it.side.status.role === "Active");
	const standby = both.find((it) => it.side.status.role === "Standby");
	if (!active) return afterReturn(both);
	if (!standby) return wait(ONE_ACTIVE);
	if (!arePodsGone(standby)) return podsStay(standby.name);
	if (active.side.policy !== "Exclusive") {
		return wait(
			`spec.promotion.policy becomes Exclusive in ${active.name}, the active region, first; then in ${standby.name}.`,
			[active.name],
		);
	}
	if (isGated(active.side)) {
		return wait(
			`Every pod in ${active.name} has its gate: spec.promotion.policy becomes Exclusive in ${standby.name} too.`,
			[standby.name],
		);
	}
	const words = conditionOf(active.side, "Gated")?.message;
	return {
		now: [],
		careful: true,
		waits: {
			reason: "AwaitingGate",
			message: `The policy is Exclusive in ${active.name}, and becomes so in ${standby.name} when no pod without a gate is left in ${active.name}.${words === undefined ? "" : ` Its agent says: ${words}`}`,
		},
	};
}

const ONE_ACTIVE =
	"spec.promotion.policy becomes Exclusive when exactly one side is active.";

const podsStay = (name: string, policy = "Exclusive"): PolicyStep =>
	wait(
		`spec.promotion.policy becomes ${policy} when the pods of the standby side in ${name} are gone.`,
	);

const arePodsGone = ({ side: { status } }: Read): boolean =>
	status.podsGoneEpoch === status.epoch;

/**
 * The active region came back between the steps, taken over meanwhile: its side
 * is Exclusive and stands by, and the other one, which is not, was not started
 * (rule 10 starts Exclusive sides only). Nothing runs anywhere, and nothing is
 * promoted by wish from the first step on: the second is finished, and the
 * agents start one of them (rule 16). Left alone, both would stand by for ever.
 */
function afterReturn(both: readonly Read[]): PolicyStep {
	const other = both.find((it) => it.side.policy !== "Exclusive");
	const isHalf = both.some((it) => it.side.policy === "Exclusive");
	if (!other || !isHalf) return wait(ONE_ACTIVE);
	const stays = both.find((it) => !arePodsGone(it));
	if (stays) return podsStay(stays.name);
	return wait(
		`No side is active, and the policy is Exclusive in the other region already: it becomes so in ${other.name} too.`,
		[other.name],
	);
}

/** The agent speaks of the very spec that made the side Exclusive. */
function isGated(side: SeenSide): boolean {
	const gated = conditionOf(side, "Gated") as Condition | undefined;
	if (gated?.observedGeneration !== side.generation) return false;
	// Without a gate by choice nothing is to be waited for.
	return gated.status === "True" || side.gate === "None";
}

/**
 * The active region fails between the steps: the second is finished, so that
 * the surviving region can take over. A hub that was restarted meanwhile knows
 * by its own condition that the first was done.
 */
function afterLoss(seen: Observation): PolicyStep | undefined {
	const lost = seen.regions.find(isLost);
	const other = lost && otherOf(seen, lost);
	const side = other && presentIn(other);
	if (!lost || !side || !isAlive(other)) return undefined;
	if (side.status.role !== "Standby" || side.policy === "Exclusive")
		return undefined;
	const recorded = seen.service.status.conditions?.find(
		(it) => it.type === POLICY_CHANGING,
	);
	const last = lastOf(lost);
	const first = last
		? last.policy === "Exclusive" && last.status.role === "Active"
		: recorded?.reason === "AwaitingGate";
	return first
		? wait(
				`${lost.name} is lost, where the policy was Exclusive already: it becomes so in ${other.name} too, which then takes over by its grant.`,
				[other.name],
			)
		: undefined;
}

function fromExclusive(
	seen: Observation,
	differing: readonly RegionSeen[],
): PolicyStep {
	const { policy } = seen.service;
	const { both, blind } = bothRead(seen, policy);
	if (blind) return blind;
	const active = both.filter((it) => it.side.status.role === "Active");
	if (active.length > 1) {
		return wait(
			`spec.promotion.policy becomes ${policy} when one side is active, not two.`,
		);
	}
	// With neither active the one that would start, home, goes last.
	const last = active[0] ?? both.find((it) => it.name === it.side.home);
	const [first] = differing.toSorted(
		(a, b) => Number(a.name === last?.name) - Number(b.name === last?.name),
	);
	if (!first) return { now: [], careful: false };
	const side = both.find((it) => it.name === first.name);
	// An Exclusive side calls its pods gone when F has passed too, another one by
	// the list alone: what no list shows would run on beside a side that is wished.
	if (side?.side.status.role === "Standby" && !arePodsGone(side))
		return podsStay(first.name, policy);
	return wait(
		`spec.promotion.policy becomes ${policy} on the standby side first, now in ${first.name}.`,
		[first.name],
	);
}

type Read = { readonly name: string; readonly side: SeenSide };

function bothRead(
	{ regions }: Observation,
	policy: string,
): { readonly both: readonly Read[]; readonly blind?: PolicyStep } {
	const both = regions.flatMap((it): Read[] => {
		const side = presentIn(it);
		return side && isAlive(it) ? [{ name: it.name, side }] : [];
	});
	const blind = regions.find((it) => !both.some((r) => r.name === it.name));
	return blind
		? {
				both,
				blind: wait(
					`spec.promotion.policy becomes ${policy} when both sides can be read, and the one in ${blind.name} cannot. Mend the region.`,
				),
			}
		: { both };
}
