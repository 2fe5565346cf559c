/** Since when a region counts as lost in the record of a move. */
import { expect, it } from "vitest";
import { decide } from "../../../src/core/hub/decide.ts";
import { lostWith, scene, service, side, WALL } from "./fixture.ts";

const SEEN = "2030-01-01T00:00:10.000Z";
const UNSEEN = "2030-01-01T00:00:12.000Z";

it.each([
	["when this process saw it last", "Unknown", SEEN, SEEN],
	["else since when nobody sees it serve", "Unknown", undefined, UNSEEN],
	["else now", "True", undefined, WALL],
] as const)("%s", (_, status, lastAliveAt, lostAt) => {
	const available = {
		type: "Available",
		status,
		reason: "Unreachable",
		message: "",
		lastTransitionTime: UNSEEN,
	};
	const of = service({}, { status: { conditions: [available] } });
	const seen = scene({
		service: of,
		northRegion: {
			...lostWith(side(of, "north", { role: "Active", epoch: 1 })),
			lastAliveAt,
		} as object,
	});
	expect(decide(seen).status.lastTransition).toMatchObject({
		kind: "Failover",
		lostAt,
	});
});
