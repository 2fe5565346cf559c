/** Roles of Exclusive sides when a region was taken, or has taken the other one. */
import { describe, expect, it } from "vitest";
import type {
	Authority,
	PeerSide,
} from "../../../src/core/region/authority.ts";
import { nextStep } from "../../../src/core/region/decide.ts";
import type { GrantView } from "../../../src/core/region/exclusive/view.ts";
import {
	active,
	exclusive,
	gone,
	grant,
	NOTHING,
	standby,
	table,
	taken,
	twin,
	wished,
} from "./exclusive-fixture.ts";

describe("rule 11: a taken region gives way", () => {
	table([
		["active", active(), taken(), "Standby 4"],
		["standby ones too", standby(), taken(), "Standby 5"],
		[
			"what it had offered is over",
			standby(4, { offeredTo: "t/1" }),
			taken(),
			"Standby 5",
		],
		["deleted ones too", { ...active(), ...gone }, taken(), "Standby 4"],
		["not while it is fresh", active(), taken({ fresh: true }), "stay"],
		["once", standby(5), { ...taken(), returned: "lease/1" }, "stay"],
		[
			"again, taken anew",
			standby(5),
			{ ...taken(), returned: "lease/0" },
			"Standby 6",
		],
		[
			"before anything that starts",
			standby(),
			taken({ sole: true }),
			"Standby 5",
		],
		["not without being taken", active(), { authority: NOTHING }, "stay"],
	]);

	it("keeps the load of an active side, and of a standby one what it knew", () => {
		const counts = [{ kind: "Deployment", name: "web", replicas: 5 }];
		const old = [{ kind: "Deployment", name: "web", replicas: 3 }];
		const to = (role: "Active" | "Standby") =>
			nextStep(
				exclusive({ status: { role, epoch: 1, lastActive: old } }),
				grant(taken()),
				counts,
			);
		expect(to("Active")).toMatchObject({ to: { lastActive: counts } });
		expect(to("Standby")).toMatchObject({ to: { lastActive: old } });
	});
});

describe("rule 10: the sole region", () => {
	const sole = (it: Partial<Authority> = {}): Partial<GrantView> => ({
		authority: { ...NOTHING, fresh: true, sole: true, ...it },
	});
	table([
		["starts what is standby", standby(), sole(), "Active 5"],
		["what never ran", { spec: { home: "west" } }, sole(), "Active 1"],
		[
			"what was offered to the twin",
			standby(4, { offeredTo: "t/1" }),
			sole(),
			"Active 5",
		],
		[
			"what is suspended",
			{ ...standby(), spec: { suspend: true } },
			sole(),
			"Active 5",
		],
		["leaves what is active", active(), sole(), "stay"],
		["what is being deleted", { ...standby(), ...gone }, sole(), "stay"],
		["and waits for proof", standby(), sole({ fresh: false }), "stay"],
		[
			"moves nothing to a region it has taken",
			wished(),
			sole({ peerRenews: true }),
			"AwaitingTwin",
		],
	]);

	it("starts with the load that the twin told of last, then with its own", () => {
		const web = (replicas: number) => [
			{ kind: "Deployment", name: "web", replicas },
		];
		const view = exclusive({
			status: { role: "Standby", epoch: 4, lastActive: web(3) },
		});
		const start = (hint: PeerSide) =>
			nextStep(view, grant({ ...sole(), hint }));
		expect(start({ kind: "unknown" })).toMatchObject({
			to: { lastActive: web(3) },
		});
		expect(start(twin({ lastActive: web(8) }))).toMatchObject({
			to: { lastActive: web(8) },
		});
	});
});
