/** The other side as it was read last: `status.peer`, what offers and creation are checked against. */
import { INSTALLATION } from "../../../api/label.ts";
import type { KubeObject } from "../../../api/object.ts";
import type { PeerSide } from "../authority.ts";
import type { LastActive, Peer, Policy, Role, SideView } from "../side.ts";

interface Loose {
	spec?: { region?: string; home?: string; policy?: Policy };
	status?: {
		role?: Role;
		epoch?: number;
		podsGoneEpoch?: number;
		peer?: { uid?: string };
		lastActive?: readonly LastActive[];
	};
}

/** What an object of the twin's API server says of the other side. */
export function parsePeer(object: KubeObject): PeerSide {
	const { spec = {}, status = {} } = object as Loose;
	const { uid } = object.metadata;
	if (!uid) return { kind: "unknown" };
	const { podsGoneEpoch, peer, lastActive } = status;
	return {
		kind: "present",
		uid,
		role: status.role ?? "Standby",
		epoch: status.epoch ?? 0,
		home: spec.home ?? "",
		policy: spec.policy ?? "Exclusive",
		deleting: object.metadata.deletionTimestamp !== undefined,
		...(podsGoneEpoch === undefined ? {} : { podsGoneEpoch }),
		...(peer?.uid === undefined ? {} : { peer: peer.uid }),
		...(lastActive === undefined ? {} : { lastActive }),
	};
}

/** It belongs to another hub, or to another region: credentials that lead elsewhere. Not the other side. */
export const isOther = (
	object: KubeObject,
	side: Pick<SideView, "installation" | "twin">,
): boolean =>
	object.metadata.labels?.[INSTALLATION] !== side.installation ||
	(object as Loose).spec?.region !== side.twin;

/** A read would teach something: the watch shows another uid or a greater epoch than is written down. */
export function isNews(side: SideView, hint: PeerSide): boolean {
	const { peer } = side.status;
	if (hint.kind === "absent" || side.deleting) return false;
	if (hint.kind === "unknown") return peer === undefined;
	return hint.uid !== peer?.uid || hint.epoch > peer.epoch;
}

/**
 * What is to be written down of a read, by a write from the own version that
 * was read before it. The very same value when there is nothing new: at rest
 * this costs no write. A side that is absent is not written down: its uid
 * still tells an old offer from a new one.
 */
export function peerAfter(
	before: Peer | undefined,
	read: PeerSide | undefined,
): Peer | undefined {
	if (read?.kind !== "present") return before;
	const { uid, epoch } = read;
	if (before?.uid === uid && before.epoch >= epoch) return before;
	return { uid, epoch };
}
