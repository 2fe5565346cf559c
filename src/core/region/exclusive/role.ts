/**
 * The next role of an Exclusive side in a region that holds grants: the first
 * rule that has something to say. No rule makes a side active without fresh
 * proof.
 */
import { STAY } from "../role.ts";
import { creation } from "./creation.ts";
import { accept, giveWay, refusal } from "./move.ts";
import { giveBack } from "./return.ts";
import { takeOver } from "./sole.ts";
import type { Case, Step } from "./view.ts";

/** Giving back comes first: a region that is taken starts nothing. */
const RULES = [giveBack, takeOver, accept, giveWay, refusal, creation];

export function nextExclusiveRole(it: Case): Step {
	for (const rule of RULES) {
		const step = rule(it);
		if (step.kind !== "stay") return step;
	}
	return STAY;
}
