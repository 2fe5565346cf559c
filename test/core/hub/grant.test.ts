/** What the hub sees of a grant: reads at moments of its own clock become one word. */
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import { grantsOf, rulesOf } from "../../../src/core/hub/exclusive.ts";
import {
	type Grant,
	type GrantKind,
	type GrantLease,
	type GrantSight,
	grantOf,
	observeGrant,
	parseGrant,
} from "../../../src/core/hub/grant.ts";
import { grantName, PROCESS } from "../../../src/core/region/grant/lease.ts";
import { type Scene, scene, service, side } from "./fixture.ts";

const HOLD_MS = 10_000;
const WALL = "2030-01-01T00:00:00.000Z";

const lease = (
	version: string,
	over: Partial<GrantLease> = {},
): GrantLease => ({
	uid: "u",
	version,
	holder: "north",
	renewed: true,
	...over,
});

/** One read each, at seconds of the hub's clock; then what is said at `end`. */
function sightAfter(
	reads: readonly (readonly [number, GrantLease | undefined])[],
	endSeconds: number,
): Grant {
	let sight: GrantSight | undefined;
	for (const [seconds, found] of reads) {
		const at = seconds * 1_000;
		const read = { sentMs: at, receivedMs: at, wall: WALL, lease: found };
		sight = observeGrant(sight, read, "north");
	}
	return grantOf(sight, "north", endSeconds * 1_000, HOLD_MS);
}

const gone = lease("9", { holder: "south" });
const young = lease("1", { renewed: false });

describe("a grant", () => {
	it.each<[string, [number, GrantLease | undefined][], number, GrantKind]>([
		["never read", [], 1, "Unknown"],
		["there, and not yet seen to change", [[0, lease("1")]], 2, "Unknown"],
		[
			"seen to change",
			[
				[0, lease("1")],
				[2, lease("2")],
			],
			3,
			"Held",
		],
		[
			"until D_h after the change",
			[
				[0, lease("1")],
				[2, lease("2")],
				[11, lease("2")],
			],
			12,
			"Held",
		],
		[
			"longer",
			[
				[0, lease("1")],
				[2, lease("2")],
				[12, lease("2")],
			],
			12.1,
			"Still",
		],
		[
			"from the start",
			[
				[0, lease("1")],
				[10, lease("1")],
			],
			10.1,
			"Still",
		],
		[
			"taken, at once",
			[
				[0, lease("1")],
				[2, gone],
			],
			2,
			"Taken",
		],
		["missing, at once", [[0, undefined]], 1, "Missing"],
		[
			"created and never renewed",
			[
				[0, young],
				[2, young],
			],
			30,
			"Unknown",
		],
		[
			"created, read all the time",
			[
				[0, young],
				[29, young],
			],
			30,
			"Neutral",
		],
		[
			"another uid is no renewal",
			[
				[0, lease("1")],
				[2, lease("2", { uid: "v" })],
			],
			3,
			"Unknown",
		],
		[
			"the hub's own API server is silent",
			[
				[0, lease("1")],
				[2, lease("2")],
			],
			12.1,
			"Unknown",
		],
	])("%s", (_, reads, end, kind) => {
		expect(sightAfter(reads, end).kind).toBe(kind);
	});

	it("has spoken for good once an agent renewed or took it, also when it is deleted", () => {
		expect(sightAfter([[0, young]], 1).spoken).toBe(false);
		expect(
			sightAfter(
				[
					[0, lease("1")],
					[1, undefined],
				],
				1,
			).spoken,
		).toBe(true);
		expect(
			sightAfter([[0, lease("1", { renewed: false, holder: "south" })]], 1)
				.spoken,
		).toBe(true);
	});

	it("is read from the Lease that carries the pair in its name", () => {
		const object: KubeObject = {
			apiVersion: "coordination.k8s.io/v1",
			kind: "Lease",
			metadata: {
				uid: "u",
				resourceVersion: "7",
				annotations: { [PROCESS]: "p" },
			},
			spec: { holderIdentity: "north" },
		};
		expect(grantName("north", "south")).toBe("grant-north.south");
		expect(parseGrant(object)).toEqual(lease("7"));
	});
});

const grant = (kind: GrantKind, spoken = true): Grant => ({ kind, spoken });
const both = (kind: GrantKind, spoken = true) => ({
	northRegion: { hasAgent: true, grant: grant(kind, spoken) },
	southRegion: { hasAgent: true, grant: grant(kind, spoken) },
});
const exclusive = service({ promotion: { policy: "Exclusive" } });

describe("with grants is a fact of the pair", () => {
	it.each<[string, Scene, string]>([
		["no agents", {}, "no"],
		[
			"one agent",
			{ northRegion: { hasAgent: true, grant: grant("Held") } },
			"no",
		],
		["both renew", both("Held"), "yes"],
		["both renewed once: a loss does not end it", both("Still"), "yes"],
		[
			"one was taken",
			{
				...both("Held"),
				northRegion: { hasAgent: true, grant: grant("Taken") },
			},
			"yes",
		],
		["agents that have no grants", both("Missing", false), "no"],
		["created, never renewed", both("Neutral", false), "no"],
		["not read yet", both("Unknown", false), "unknown"],
		[
			"a wiped hub, and a side that tells",
			{ ...both("Missing", false), south: { peer: { uid: "x", epoch: 1 } } },
			"yes",
		],
		[
			"a side that tells, and the agent was taken away",
			{ south: { peer: { uid: "x", epoch: 1 } } },
			"no",
		],
	])("%s", (_, row, expected) => {
		expect(grantsOf(scene(row))).toBe(expected);
	});

	it.each<[string, Scene, string]>([
		["Exclusive", { ...both("Held"), service: exclusive }, "Grants"],
		[
			"not known yet",
			{ ...both("Unknown", false), service: exclusive },
			"Unclear",
		],
		["Available", both("Held"), "Wishes"],
		["Available, not known yet", both("Unknown", false), "Wishes"],
		[
			"what the sides carry counts",
			{ ...both("Held"), southSide: { policy: "Exclusive" } },
			"Grants",
		],
		[
			"asked for, and no side has it",
			{
				...both("Held"),
				service: exclusive,
				northSide: { policy: "Manual" },
				southSide: { policy: "Manual" },
			},
			"Wishes",
		],
		[
			"remembered of a lost region",
			{
				...both("Held"),
				northRegion: {
					hasAgent: true,
					grant: grant("Still"),
					side: { kind: "unknown", last: side(exclusive, "north", {}) },
				},
			},
			"Grants",
		],
	])("%s", (_, row, expected) => {
		expect(rulesOf(scene(row))).toBe(expected);
	});
});
