/** A planned move: one side gives way, the other one takes its offer (PROTOCOL, "Services"). */
import type { PeerSide } from "../authority.ts";
import { kept, type RoleStep, STAY, supersedesRefused } from "../role.ts";
import { mayBecomeActive, start } from "./start.ts";
import type { Case, Step } from "./view.ts";
import { isUsable, unusable, waiting } from "./wait.ts";

/**
 * Rule 13: an active side that is wished away gives way, when its twin is at
 * work and its side there is read to be Standby. What is offered is exactly the
 * side that was read: another uid or epoch cannot take it.
 */
export function giveWay(it: Case): Step {
	const { side, grant, counts } = it;
	const { role, epoch, lastActive } = side.status;
	if (!isWishedAway(it) || role !== "Active") return STAY;
	const wait = (why: string) =>
		waiting(`spec.wish asks to move this service to ${side.twin}, and ${why}`);
	if (!grant.authority.fresh) {
		return wait(
			`${side.region} has no proof of its own grant. Look at its connections to the hub and to ${side.twin}; the move follows by itself.`,
		);
	}
	if (grant.authority.sole || !grant.authority.peerRenews) {
		return wait(
			`the agent of ${side.twin} does not renew its grant, so that it could not serve. Look at the agent there; the move follows by itself.`,
		);
	}
	if (!grant.peer) return { kind: "ask" };
	if (!isUsable(grant.peer)) return wait(unusable(grant.peer, side));
	if (grant.peer.role !== "Standby") {
		return wait(
			`the side there is Active as well. Find out who changed it: kubectl get twinsides -n ${side.namespace} ${side.name} in both regions.`,
		);
	}
	return {
		kind: "change",
		why: `it gives way to ${side.twin}`,
		to: {
			role: "Standby",
			epoch: epoch + 1,
			offeredTo: nameOf(grant.peer),
			...kept(counts, lastActive),
		},
	};
}

const isWishedAway = ({ side }: Case): boolean =>
	!side.deleting &&
	side.wish !== undefined &&
	side.wish.to === side.twin &&
	side.wish.ifEpoch === side.status.epoch;

/**
 * Rule 15: the twin offers exactly this side in exactly this epoch, and the
 * offer comes from the side that was read there last. Nothing has to be read
 * now: a dead hub or a cut link in the middle stops no move.
 */
export function accept(it: Case): RoleStep {
	const { side, grant } = it;
	if (!mayBecomeActive(it)) return STAY;
	const offer = grant.authority.offers.get(side.key);
	if (!offer || offer.side !== `${side.uid}/${side.status.epoch}`) return STAY;
	// A twin's side that was created anew has no say over what the old one offered.
	const known = side.status.peer?.uid;
	if (known !== undefined && offer.from !== known) return STAY;
	return start(it, `${side.twin} has given way`);
}

/** Rule 22: an Exclusive side never takes over by a wish alone. */
export function refusal({ side }: Case): RoleStep {
	const { wish, status } = side;
	const asked =
		wish?.supersedes !== undefined &&
		wish.to === side.region &&
		wish.ifEpoch === status.epoch &&
		status.role === "Standby";
	return asked && !side.deleting ? supersedesRefused(side) : STAY;
}

/** `uid/epoch`. */
export const nameOf = (
	side: Pick<Extract<PeerSide, { kind: "present" }>, "uid" | "epoch">,
): string => `${side.uid}/${side.epoch}`;
