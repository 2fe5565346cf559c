/** What may not be written without proof (PROTOCOL, rule 18). */
import type { Authority } from "../authority.ts";
import type { Write } from "../diff.ts";
import type { SideView } from "../side.ts";
import { hasRole } from "../workload.ts";

/**
 * An active Exclusive side starts nothing while its region has no fresh proof,
 * and stops nothing either: what runs is the gate's to hold. To be asked right
 * before the write, with the authority of that moment.
 */
export const isWithheld = (
	write: Write,
	side: Pick<SideView, "policy" | "status">,
	authority: Authority | undefined,
): boolean =>
	authority !== undefined &&
	!authority.fresh &&
	side.policy === "Exclusive" &&
	side.status.role === "Active" &&
	(write.do === "create" || write.do === "apply") &&
	hasRole(write.resource.kind);
