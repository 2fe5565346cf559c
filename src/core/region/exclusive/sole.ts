/** This region has taken its twin's grant: it serves everything (PROTOCOL, "Takeover"). */
import { type RoleStep, STAY } from "../role.ts";
import { mayBecomeActive, start } from "./start.ts";
import type { Case } from "./view.ts";

/**
 * Rule 10: every standby side becomes active, whatever was offered to whom.
 * `spec.suspend` does not stop it (rule 22): the region would never be all
 * active, and so could never give back (rule 12).
 */
export function takeOver(it: Case): RoleStep {
	if (!it.grant.authority.sole || !mayBecomeActive(it)) return STAY;
	return start(it, `this region has taken over ${it.side.twin}`);
}
