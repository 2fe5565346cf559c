/**
 * A wish becomes the next role and epoch, or does not (PROTOCOL: "Available and
 * Manual", rules 13 and 16 without grants). With grants, roles of Exclusive
 * sides change in exclusive/ instead. The API server holds the same rule: epoch never falls, and a role
 * changes only with a greater one.
 */
import type { Finding } from "../../api/condition.ts";
import type { LastActive, Role, SideView } from "./side.ts";

export interface RoleChange {
	readonly role: Role;
	readonly epoch: number;
	readonly supersedes?: string;
	/** Rule 13. What is not in a change is taken away from the status. */
	readonly offeredTo?: string;
	readonly lastActive?: readonly LastActive[];
}

export type RoleStep =
	| { readonly kind: "stay" }
	| {
			readonly kind: "change";
			readonly to: RoleChange;
			/** Why, for the log. */
			readonly why?: string;
			/** Rule 11: the `taken` that this change answers. */
			readonly returned?: string;
	  }
	| { readonly kind: "refused"; readonly finding: Finding };

/** Role now → who shall be active → role next. What is not in the table changes nothing. */
const NEXT: Record<Role, Partial<Record<"self" | "twin", Role>>> = {
	Standby: { self: "Active" },
	Active: { twin: "Standby" },
};

export const STAY: RoleStep = { kind: "stay" };

type Wishing = Pick<
	SideView,
	"region" | "twin" | "policy" | "wish" | "deleting" | "status"
>;

/** `counts`: replicas of the workloads now, kept for the next promotion. */
export function nextRole(
	side: Wishing,
	counts: readonly LastActive[] = [],
): RoleStep {
	const { wish, status } = side;
	if (!wish || side.deleting) return STAY;
	// An older wish was overtaken by a change of role: it is over.
	if (wish.ifEpoch !== status.epoch) return STAY;
	const to =
		wish.to === side.region
			? "self"
			: wish.to === side.twin
				? "twin"
				: undefined;
	const role = to && NEXT[status.role][to];
	if (!role) return STAY;
	if (role === "Active" && wish.supersedes !== undefined) {
		if (side.policy === "Exclusive") return supersedesRefused(side);
	}
	return {
		kind: "change",
		to: {
			role,
			epoch: status.epoch + 1,
			...(role === "Active" && wish.supersedes !== undefined
				? { supersedes: wish.supersedes }
				: {}),
			...kept(
				role === "Standby" ? counts : (wish.lastActive ?? []),
				status.lastActive,
			),
		},
	};
}

/** Rule 22: an Exclusive side takes over by grants or by consent, never by a wish alone. */
export function supersedesRefused(side: Wishing): RoleStep {
	return {
		kind: "refused",
		finding: {
			type: "Stalled",
			status: "True",
			reason: "SupersedesRefused",
			message: `spec.wish asks to take over from ${side.twin} without its consent (supersedes ${side.wish?.supersedes}), and spec.policy is Exclusive. Move the service with a TwinOperation of type Switchover, or choose another spec.promotion.policy first.`,
		},
	};
}

/** A workload that cannot be seen keeps the count that was seen before. */
export function kept(
	counts: readonly LastActive[],
	before: readonly LastActive[] | undefined,
): { lastActive?: readonly LastActive[] } {
	const rest = (before ?? []).filter(
		(it) => !counts.some((c) => c.kind === it.kind && c.name === it.name),
	);
	const all = [...counts, ...rest];
	return all.length === 0 ? {} : { lastActive: all };
}
