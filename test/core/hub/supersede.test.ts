/** Two sides are active: which one gives way. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/hub/decide.ts";
import { elect } from "../../../src/core/hub/election.ts";
import {
	lostWith,
	type Scene,
	SILENT,
	scene,
	service,
	side,
} from "./fixture.ts";

const available = service();
const _manual = service({ promotion: { policy: "Manual" } });
const _exclusive = service({ promotion: { policy: "Exclusive" } });
const activeNorth = (of = available) =>
	side(of, "north", { role: "Active", epoch: 1 });
const _lostNorth = (of = available): Scene => ({
	service: of,
	northRegion: lostWith(activeNorth(of)),
});

/** The verdict in one line: what kind, where, which wish or reason. */
function verdict(row: Scene): string {
	const found = elect(scene(row), undefined);
	switch (found.kind) {
		case "rest":
			return "rest";
		case "wish": {
			const { to, ifEpoch, supersedes } = found.wish;
			return `${found.why}: ${found.region} {${to} if ${ifEpoch}${supersedes ? ` over ${supersedes}` : ""}}`;
		}
		default:
			return `${found.kind} ${found.reason}`;
	}
}

describe("two active sides", () => {
	const south = (supersedes?: string, epoch = 1) => ({
		role: "Active" as const,
		epoch,
		...(supersedes ? { supersedes } : {}),
	});
	it.each<[string, Scene, string]>([
		[
			"the one named by the other gives way",
			{ south: south("uid-north/1") },
			"Superseded: north {south if 1}",
		],
		[
			"also when it became active unseen",
			{ south: south("uid-north/0") },
			"Superseded: north {south if 1}",
		],
		[
			"also when it was never read",
			{ south: south("unseen/0") },
			"Superseded: north {south if 1}",
		],
		[
			"both are named: the exact name is the later decision",
			{
				north: { epoch: 3, supersedes: "uid-south/1" },
				south: south("uid-north/1"),
			},
			"Superseded: south {north if 1}",
		],
		["none is named: a person", { south: south() }, "person TwoActive"],
		[
			"another side is named: a person",
			{ south: south("other/1") },
			"person TwoActive",
		],
		[
			"the winner has fallen silent again",
			{
				southRegion: lostWith(side(available, "south", south("uid-north/1"))),
			},
			"Superseded: north {south if 1}",
		],
		[
			"and this process has not read it: its own record counts",
			{
				service: service(
					{},
					{
						status: {
							clusters: [{ name: "south", uid: "u", role: "Active", epoch: 1 }],
							lastTransition: {
								kind: "Failover",
								to: "south",
								epoch: 2,
								reason: "Unreachable",
								activatedAt: "2030-01-01T00:00:00Z",
							},
						},
					},
				),
				southRegion: { health: SILENT, side: { kind: "unknown" } },
			},
			"Superseded: north {south if 1}",
		],
	])("%s", (_, row, expected) => {
		expect(verdict(row)).toBe(expected);
	});

	it("nothing else is written into the superseded side", () => {
		const { actions } = decide(
			scene({
				south: south("uid-north/1"),
				northSide: { hash: "old" },
				southSide: { hash: "old" },
			}),
		);
		expect(actions.map((it) => `${it.do} ${it.region}`)).toEqual([
			"wish north",
			"write south",
		]);
	});
});
