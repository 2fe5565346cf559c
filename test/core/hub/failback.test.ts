/** Automatic failback: what it waits for, how it goes, and what it leaves alone. */
import { describe, expect, it } from "vitest";
import type { Transition, TwinServiceStatus } from "../../../src/api/types.ts";
import { decide } from "../../../src/core/hub/decide.ts";
import { failbackStep } from "../../../src/core/hub/failback.ts";
import type { Grant } from "../../../src/core/hub/grant.ts";
import { PROFILES } from "../../../src/core/profile.ts";
import {
	LOST,
	operation,
	type Scene,
	SILENT,
	scene,
	service,
	WALL,
} from "./fixture.ts";

const promoted: Transition = {
	kind: "Failover",
	from: "north",
	to: "south",
	epoch: 3,
	reason: "Unreachable",
	activatedAt: WALL,
};
const of = (
	spec: object = {},
	last: Partial<Transition> = {},
	status: TwinServiceStatus = {},
) =>
	service(
		{
			promotion: {
				policy: "Available",
				failback: { mode: "Automatic", stableSeconds: 60 },
				...spec,
			},
		},
		{
			status: {
				activeCluster: "south",
				lastTransition: { ...promoted, ...last },
				...status,
			},
		},
	);
/** South was promoted; north is back, synced and healthy for long. */
const back = (row: Scene = {}): Scene => ({
	service: of(),
	north: { role: "Standby", epoch: 2 },
	south: { role: "Active", epoch: 1 },
	...row,
	northRegion: { aliveForMs: 60_000, ...row.northRegion },
	over: { activeForMs: 600_000, ...row.over },
});

function verdict(row: Scene): string {
	const step = failbackStep(scene(back(row)));
	return step.kind === "waiting" ? `waiting ${step.afterMs}` : step.kind;
}

describe("it goes back", () => {
	const sealed: Scene = {
		service: of(
			{},
			{
				kind: "Failback",
				from: "south",
				to: "north",
				reason: "StableAgain",
				activatedAt: undefined as never,
			},
		),
	};
	it.each<[string, Scene, string]>([
		["when all is well for long enough", {}, "go"],
		["not by hand", { service: of({ failback: { mode: "Manual" } }) }, "none"],
		[
			"not before stableSeconds",
			{ northRegion: { aliveForMs: 20_000 } },
			"waiting 40000",
		],
		[
			"not before the hold-down",
			{ over: { activeForMs: 500_000 } },
			"waiting 100000",
		],
		[
			"not before 10 D_p, if that is longer",
			{ over: { profile: PROFILES.Patient, activeForMs: 600_000 } },
			"waiting 22200",
		],
		[
			"not what a person moved",
			{ service: of({}, { kind: "Switchover" }) },
			"none",
		],
		[
			"not twice",
			{ service: of({}, { kind: "Failback", to: "north" }) },
			"none",
		],
		[
			"not before the promotion is done",
			{ service: of({}, { activatedAt: undefined as never }) },
			"none",
		],
		[
			"not to a region that is silent",
			{ northRegion: { health: SILENT } },
			"none",
		],
		[
			"not from a region that is silent",
			{ southRegion: { health: SILENT } },
			"none",
		],
		[
			"not without its agent",
			{ northRegion: { agent: { reason: "AgentMissing", message: "" } } },
			"none",
		],
		[
			"not unsynced",
			{ north: { role: "Standby", epoch: 2, hash: "old" } },
			"none",
		],
		["not while suspended", { service: { ...of(), suspend: true } }, "none"],
		["not while the hub is cut off", { over: { isolated: true } }, "none"],
		[
			"not beside an operation",
			{ operation: operation({ type: "Switchover" }) },
			"none",
		],
		[
			"in the middle, both standby: on",
			{ ...sealed, south: { role: "Standby", epoch: 2 } },
			"go",
		],
		[
			"in the middle, and a region is lost: that is another matter",
			{
				...sealed,
				south: { role: "Standby", epoch: 2 },
				northRegion: { health: LOST },
			},
			"none",
		],
	])("%s", (_, row, expected) => {
		expect(verdict(row)).toBe(expected);
	});

	const held: Grant = { kind: "Held", spoken: true };
	const granted = { hasAgent: true, grant: held };
	const exclusive = {
		service: of({ policy: "Exclusive" }),
		southRegion: granted,
	};
	it.each<[string, Scene, string]>([
		["with both grants held", { ...exclusive, northRegion: granted }, "go"],
		[
			"not while one is not",
			{
				...exclusive,
				northRegion: { ...granted, grant: { ...held, kind: "Still" } },
			},
			"none",
		],
	])("Exclusive: %s", (_, row, expected) => {
		expect(verdict(row)).toBe(expected);
	});

	it("is a switchover, recorded before the first wish, with its reason", () => {
		const { actions, status } = decide(scene(back()));
		expect(actions).toMatchObject([
			{ do: "wish", region: "south", wish: { to: "north", ifEpoch: 1 } },
		]);
		expect(status.lastTransition).toMatchObject({
			kind: "Failback",
			from: "south",
			to: "north",
			reason: "StableAgain",
			requestedAt: WALL,
		});
		const stopped = back({
			service: of({}, {}, status),
			south: { role: "Standby", epoch: 2, podsGoneEpoch: 2 },
			southSide: { wish: { to: "north", ifEpoch: 2 } },
		});
		expect(decide(scene(stopped)).actions).toMatchObject([
			{ do: "wish", region: "north", wish: { to: "north", ifEpoch: 2 } },
		]);
		const there = back({
			service: of({}, {}, status),
			north: { role: "Active", epoch: 3 },
			south: { role: "Standby", epoch: 2 },
		});
		expect(decide(scene(there)).status).toMatchObject({
			activeCluster: "north",
			lastTransition: { kind: "Failback", activatedAt: WALL },
		});
	});
});
