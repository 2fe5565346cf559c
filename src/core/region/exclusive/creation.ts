/** Both sides are standby, and no region is lost: one of them starts (PROTOCOL, rule 16). */
import type { PeerSide } from "../authority.ts";
import { STAY } from "../role.ts";
import type { SideView } from "../side.ts";
import { nameOf } from "./move.ts";
import { mayBecomeActive, start } from "./start.ts";
import type { Case, Step } from "./view.ts";
import { isUsable, unusable, waiting } from "./wait.ts";

/**
 * Rule 16. Only the deciding side ever acts, and only on a read of the other
 * one that was made after its own version was read: the write from that version
 * then fails if anything has changed in between.
 */
export function creation(it: Case): Step {
	const { side, grant } = it;
	if (grant.authority.sole || !mayBecomeActive(it)) return STAY;
	// At rest the twin is seen to be active, and nothing is asked.
	if (!couldDecide(side) || isServing(grant.hint)) return STAY;
	const { peer } = grant;
	if (!peer) return grant.hint.kind === "absent" ? STAY : { kind: "ask" };
	const wait = (why: string) =>
		waiting(`Both sides are standby, ${side.region} is to start, and ${why}`);
	if (!isUsable(peer))
		return peer.kind === "absent" ? STAY : wait(unusable(peer, side));
	if (peer.role !== "Standby" || !decides(side, peer.epoch)) return STAY;
	if (peer.home !== side.home) {
		return wait(
			`the side in ${side.twin} was created with the home ${peer.home}, this one with ${side.home}. Delete the TwinSide that holds no data; it is created again.`,
		);
	}
	// Own offers stay open: that very side may take it at any moment.
	if (side.status.offeredTo === nameOf(peer)) return STAY;
	if (peer.peer !== side.uid) {
		return wait(
			`the agent of ${side.twin} has not read this side yet. Look at the agent there, and at its connection to the API server of ${side.region}.`,
		);
	}
	if (peer.podsGoneEpoch !== peer.epoch) {
		return wait(
			`the pods of the side in ${side.twin} are not seen to be gone yet. Wait; if it stays, look at the pods there.`,
		);
	}
	return start(it, `both sides are standby, and ${side.region} starts`);
}

const isServing = (hint: PeerSide): boolean =>
	hint.kind === "present" && hint.role === "Active";

/** Without knowing the other side: at epoch 0 the home side alone. */
const couldDecide = ({ home, region, status }: SideView): boolean =>
	home === region || status.epoch > 0;

/** The home side; if exactly one has epoch 0, the other one, which has served before. */
function decides({ home, region, status }: SideView, theirs: number): boolean {
	if (status.epoch === 0 && theirs > 0) return false;
	if (theirs === 0 && status.epoch > 0) return true;
	return home === region;
}
