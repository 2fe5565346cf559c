/** The twin has taken this region's grant: every side gives way (PROTOCOL, "Return"). */
import { kept, type RoleStep, STAY } from "../role.ts";
import type { Case } from "./view.ts";

/**
 * Rule 11: a taken region without proof writes every side as Standby, Standby
 * ones too: the greater epoch kills old writes that are still under way. Once
 * for each side, process and `taken`, else epochs would climb for ever.
 * Deleted sides as well: what is written for them late counts no less.
 */
export function giveBack({ side, grant, counts }: Case): RoleStep {
	const { taken, fresh } = grant.authority;
	if (taken === undefined || fresh || grant.returned === taken) return STAY;
	const { role, epoch, lastActive } = side.status;
	return {
		kind: "change",
		why: `${side.twin} has taken over this region`,
		returned: taken,
		to: {
			role: "Standby",
			epoch: epoch + 1,
			...kept(role === "Active" ? counts : [], lastActive),
		},
	};
}
