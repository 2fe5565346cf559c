/** Which of two standby sides starts, and when. */
import { describe } from "vitest";
import { gone, NOTHING, standby, table, twin } from "./exclusive-fixture.ts";

describe("rule 16: both sides are standby", () => {
	const peer = (it: Parameters<typeof twin>[0] = {}) => ({ peer: twin(it) });
	const away = { spec: { home: "west" } };
	const from = (home: string, it: Parameters<typeof twin>[0] = {}) =>
		peer({ home, ...it });
	table([
		["the home side starts", {}, peer(), "Active 1"],
		["reads the twin first", {}, {}, "ask"],
		["not the other one, and nothing is asked", away, {}, "stay"],
		[
			"the one that has served, wherever home is",
			{ ...standby(4), ...away },
			from("west"),
			"Active 5",
		],
		[
			"not the home side, when the other one has served",
			{},
			peer({ epoch: 2 }),
			"stay",
		],
		[
			"both have served: the home side",
			standby(4),
			peer({ epoch: 2 }),
			"Active 5",
		],
		[
			"both have served: not the other one",
			{ ...standby(4), ...away },
			from("west", { epoch: 2 }),
			"stay",
		],
		["not without proof", {}, { ...peer(), authority: NOTHING }, "stay"],
		["not beside an active one", {}, peer({ role: "Active" }), "stay"],
		[
			"and nothing is read while the twin is seen active",
			standby(4),
			{ hint: twin({ role: "Active" }) },
			"stay",
		],
		[
			"and nothing while there is no twin",
			{},
			{ hint: { kind: "absent" } },
			"stay",
		],
		["not alone", {}, { peer: { kind: "absent" } }, "stay"],
		[
			"not beside an unknown one",
			{},
			{ peer: { kind: "unknown" } },
			"AwaitingTwin",
		],
		["not beside one that goes", {}, peer({ deleting: true }), "AwaitingTwin"],
		[
			"not beside one of another policy",
			{},
			peer({ policy: "Available" }),
			"AwaitingTwin",
		],
		["not with another home", {}, peer({ home: "west" }), "AwaitingTwin"],
		[
			"not while pods are still going there",
			{},
			peer({ epoch: 0, podsGoneEpoch: -1 }),
			"AwaitingTwin",
		],
		[
			"not before this side was read there",
			{},
			peer({ peer: "old-uid" }),
			"AwaitingTwin",
		],
		[
			"not while its own offer is open",
			standby(4, { offeredTo: "twin-uid/6" }),
			peer({ epoch: 6 }),
			"stay",
		],
		[
			"an offer to a side that moved on is over",
			standby(4, { offeredTo: "twin-uid/5" }),
			peer({ epoch: 6 }),
			"Active 5",
		],
		["not while it goes itself", gone, peer(), "stay"],
	]);
});
