/** What this region offers its twin: the entries of the annotation `handover` (PROTOCOL, rule 14). */
import type { Offer } from "../authority.ts";
import type { SideView } from "../side.ts";

/**
 * By side, in the order of their names; which of them fit into one renewal is
 * decided elsewhere. An entry says that the pods here are gone. It ends with
 * the role, or when the other side was read with another uid or a greater
 * epoch: then nobody is left who could take it.
 */
export function offered(sides: Iterable<SideView>): ReadonlyMap<string, Offer> {
	const open = [...sides].filter(isOffered);
	open.sort((a, b) => (a.key < b.key ? -1 : 1));
	return new Map(
		open.map((it): [string, Offer] => [
			it.key,
			{ side: it.status.offeredTo ?? "", from: it.uid },
		]),
	);
}

function isOffered({ policy, deleting, status }: SideView): boolean {
	const { role, epoch, podsGoneEpoch, offeredTo, peer } = status;
	if (policy !== "Exclusive" || deleting || role !== "Standby") return false;
	if (offeredTo === undefined || podsGoneEpoch !== epoch) return false;
	if (!peer) return true;
	const at = offeredTo.lastIndexOf("/");
	return (
		peer.uid === offeredTo.slice(0, at) &&
		peer.epoch <= Number(offeredTo.slice(at + 1))
	);
}
