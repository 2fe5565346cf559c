/** What keeps a rule from acting for now, told as the condition Reconciling. */
import type { PeerSide } from "../authority.ts";
import type { RoleStep } from "../role.ts";
import type { SideView } from "../side.ts";

export type Present = Extract<PeerSide, { kind: "present" }>;

export const waiting = (message: string): RoleStep => ({
	kind: "refused",
	finding: {
		type: "Reconciling",
		status: "True",
		reason: "AwaitingTwin",
		message,
	},
});

/** A side that something can be agreed with. */
export const isUsable = (peer: PeerSide): peer is Present =>
	peer.kind === "present" && !peer.deleting && peer.policy === "Exclusive";

/** Why it is not, and what to do: the end of a sentence. */
export function unusable(
	peer: PeerSide,
	{ twin, namespace, name }: Pick<SideView, "twin" | "namespace" | "name">,
): string {
	switch (peer.kind) {
		case "unknown":
			return `the side there cannot be read. Look at the connection to the API server of ${twin}, and at the rights of this agent there.`;
		case "absent":
			return `there is no TwinSide ${namespace}/${name} in ${twin}. The hub creates it: look at the TwinService there.`;
		case "present":
			return peer.deleting
				? "the side there is being deleted. The hub creates it anew afterwards."
				: `the side there still has the policy ${peer.policy}. The hub changes it: look at the TwinService there.`;
	}
}
