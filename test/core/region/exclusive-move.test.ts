/** Planned moves of Exclusive sides: each rule with what it refuses. */
import { describe } from "vitest";
import type { Authority } from "../../../src/core/region/authority.ts";
import type { GrantView } from "../../../src/core/region/exclusive/view.ts";
import {
	active,
	gone,
	NORMAL,
	offers,
	standby,
	table,
	twin,
	wished,
} from "./exclusive-fixture.ts";

describe("rule 13: a planned move", () => {
	const peer = twin({ epoch: 6 });
	const to = (it: Partial<Authority>): Partial<GrantView> => ({
		authority: { ...NORMAL, ...it },
		peer,
	});
	table([
		[
			"gives way to the very side that was read",
			wished(),
			{ peer },
			"Standby 4 to twin-uid/6",
		],
		["reads it first", wished(), {}, "ask"],
		["not for an older wish", wished(2), { peer }, "stay"],
		[
			"not for a wish to itself",
			{ ...active(), spec: { wish: { to: "east", ifEpoch: 3 } } },
			{ peer },
			"stay",
		],
		[
			"not for a third region",
			{ ...active(), spec: { wish: { to: "north", ifEpoch: 3 } } },
			{ peer },
			"stay",
		],
		["not without proof", wished(), to({ fresh: false }), "AwaitingTwin"],
		[
			"not to a region that does not renew",
			wished(),
			to({ peerRenews: false }),
			"AwaitingTwin",
		],
		[
			"not to an active side",
			wished(),
			{ peer: twin({ role: "Active" }) },
			"AwaitingTwin",
		],
		[
			"not to a side that goes",
			wished(),
			{ peer: twin({ deleting: true }) },
			"AwaitingTwin",
		],
		[
			"not to a side of another policy",
			wished(),
			{ peer: twin({ policy: "Manual" }) },
			"AwaitingTwin",
		],
		[
			"not to an absent side",
			wished(),
			{ peer: { kind: "absent" } },
			"AwaitingTwin",
		],
		[
			"not to an unknown side",
			wished(),
			{ peer: { kind: "unknown" } },
			"AwaitingTwin",
		],
		["not while it goes itself", { ...wished(), ...gone }, { peer }, "stay"],
	]);
});

describe("rule 15: taking an offer", () => {
	const offered = (
		name: string,
		from = "twin-uid",
		it: Partial<Authority> = {},
	) => ({
		authority: { ...NORMAL, offers: offers(name, from), ...it },
		hint: twin({ role: "Active" }),
	});
	const known = (uid: string) => standby(4, { peer: { uid, epoch: 1 } });
	table([
		[
			"this side, this epoch",
			known("twin-uid"),
			offered("side-uid/4"),
			"Active 5",
		],
		[
			"before the twin was ever read",
			standby(),
			offered("side-uid/4"),
			"Active 5",
		],
		[
			"although the twin renews no more",
			standby(),
			offered("side-uid/4", "twin-uid", { peerRenews: false }),
			"Active 5",
		],
		["not an older epoch", standby(), offered("side-uid/3"), "stay"],
		["not a later epoch", standby(), offered("side-uid/5"), "stay"],
		[
			"not another side of this name",
			standby(),
			offered("other-uid/4"),
			"stay",
		],
		[
			"not from a side that is gone",
			known("new-uid"),
			offered("side-uid/4"),
			"stay",
		],
		[
			"not without proof",
			standby(),
			offered("side-uid/4", "twin-uid", { fresh: false }),
			"stay",
		],
		[
			"not while it goes",
			{ ...standby(), ...gone },
			offered("side-uid/4"),
			"stay",
		],
		["nothing to do when active", active(4), offered("side-uid/4"), "stay"],
	]);
});

describe("rule 22: no wish makes an Exclusive side active", () => {
	const wish = (more: object = {}) => ({
		...standby(4),
		spec: { wish: { to: "east", ifEpoch: 4, ...more } },
	});
	const serving = { hint: twin({ role: "Active" }) };
	table([
		["a wish to itself", wish(), serving, "stay"],
		[
			"one that supersedes",
			wish({ supersedes: "t/1" }),
			serving,
			"SupersedesRefused",
		],
		[
			"an older one",
			{ ...standby(5), spec: wish({ supersedes: "t/1" }).spec },
			serving,
			"stay",
		],
	]);
});
