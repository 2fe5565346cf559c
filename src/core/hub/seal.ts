/**
 * Before one side starts with the other's consent, the other side is sealed:
 * its wish names the one that starts, at the epoch it has now. A wish that was
 * sent to it earlier and is still on its way holds for a version that is gone
 * then, so it can no longer start a second side (PROTOCOL "Available and
 * Manual"). Cheaper would be to trust that requests die with their sender;
 * they do not: one was applied 30 s after the hub that sent it was killed.
 */
import type { Election } from "./elected.ts";
import {
	type Observation,
	otherOf,
	presentIn,
	regionNamed,
	type SeenSide,
} from "./observation.ts";

type Wishing = Extract<Election, { kind: "wish" }>;

export function sealedFirst(seen: Observation, election: Wishing): Wishing {
	const { region, wish } = election;
	const to = regionNamed(seen, region);
	const side = to && presentIn(to);
	const other = to && presentIn(otherOf(seen, to));
	if (!side || !other || wish.to !== region) return election;
	// A promotion does not have the other side's consent; `supersedes` settles it later.
	if (wish.supersedes !== undefined) return election;
	if (election.why === "Creation" && isNew(side) && isNew(other))
		return election;
	if (isSealed(other)) return election;
	return {
		...election,
		region: other.region,
		wish: { to: region, ifEpoch: other.status.epoch },
	};
}

export const isSealed = ({ wish, status, region }: SeenSide): boolean =>
	status.role === "Standby" &&
	wish !== undefined &&
	wish.to !== region &&
	wish.ifEpoch === status.epoch;

/** At a birth nobody wishes but for the home side. */
const isNew = ({ status, wish, region }: SeenSide): boolean =>
	status.epoch === 0 && (wish === undefined || wish.to === region);
