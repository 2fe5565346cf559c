/** A side becomes active, by whichever rule. */
import { kept, type RoleStep } from "../role.ts";
import type { Case } from "./view.ts";

/**
 * Epoch + 1, and an offer of its own is over. Scaled workloads start with what
 * the twin's autoscalers asked for, as far as its side was seen; it is a number
 * of pods and no proof, so it may be old.
 */
export function start({ side, grant }: Case, why: string): RoleStep {
	const twin = grant.peer?.kind === "present" ? grant.peer : grant.hint;
	const theirs = twin.kind === "present" ? twin.lastActive : undefined;
	return {
		kind: "change",
		why,
		to: {
			role: "Active",
			epoch: side.status.epoch + 1,
			...kept(theirs ?? [], side.status.lastActive),
		},
	};
}

/** What every start asks for: fresh proof (rule 2), and a side that stays. */
export const mayBecomeActive = ({ side, grant }: Case): boolean =>
	grant.authority.fresh && !side.deleting && side.status.role === "Standby";
