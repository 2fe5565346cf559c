/** Rule 22: a policy changes one side after the other. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/hub/decide.ts";
import type { Grant } from "../../../src/core/hub/grant.ts";
import type { SeenSide } from "../../../src/core/hub/observation.ts";
import { policyStep } from "../../../src/core/hub/policy.ts";
import {
	LOST,
	lostWith,
	operation,
	type Scene,
	SILENT,
	scene,
	service,
	side,
	WALL,
} from "./fixture.ts";

const grant: Grant = { kind: "Held", spoken: true };
const held = { hasAgent: true, grant };
const asks = (policy: string, more: object = {}) =>
	service({ promotion: { policy }, ...more });
const gated = (observedGeneration: number, status = "True") => ({
	conditions: [
		{
			type: "Gated",
			status,
			reason: "Applied",
			message: "words",
			lastTransitionTime: WALL,
			observedGeneration,
		},
	] as never,
});
const E: Partial<SeenSide> = { policy: "Exclusive", generation: 4 };
const A: Partial<SeenSide> = { policy: "Available" };
const row = (
	to: string,
	north: Partial<SeenSide>,
	south: Partial<SeenSide>,
	more: Scene = {},
): Scene => ({
	service: asks(to),
	northSide: north,
	southSide: south,
	...more,
	northRegion: { ...held, ...more.northRegion },
	southRegion: { ...held, ...more.southRegion },
});
const lostNorth = (policy: "Exclusive" | "Available") => ({
	...held,
	...lostWith(
		side(asks("Exclusive"), "north", { role: "Active", epoch: 1 }, { policy }),
	),
});

/** Which side is written now, and why the other is not. */
function verdict(it: Scene): string {
	const { now, waits } = policyStep(scene(it));
	return `${now.join("+") || "-"} ${waits?.reason ?? "done"}`;
}

describe("a policy that changes", () => {
	it.each<[string, Scene, string]>([
		["nothing to change", row("Exclusive", E, E), "- done"],
		[
			"to Exclusive: the active side first",
			row("Exclusive", A, A),
			"north PolicyChanging",
		],
		["then its gates", row("Exclusive", E, A), "- AwaitingGate"],
		[
			"its agent speaks of an older spec",
			row("Exclusive", E, A, { north: gated(3) }),
			"- AwaitingGate",
		],
		[
			"its agent says no",
			row("Exclusive", E, A, { north: gated(4, "False") }),
			"- AwaitingGate",
		],
		[
			"then the other",
			row("Exclusive", E, A, { north: gated(4) }),
			"south PolicyChanging",
		],
		[
			"without a gate by choice, too",
			row("Exclusive", { ...E, gate: "None" }, A, { north: gated(4, "False") }),
			"south PolicyChanging",
		],
		[
			"not while pods of the standby side are left",
			row("Exclusive", E, A, {
				north: gated(4),
				south: { epoch: 2, podsGoneEpoch: 1 },
			}),
			"- PolicyChanging",
		],
		[
			"not with none active",
			row("Exclusive", A, A, { north: { role: "Standby" } }),
			"- PolicyChanging",
		],
		[
			"the one that went first was made standby in between: the other follows",
			row("Exclusive", E, A, {
				north: { role: "Standby", epoch: 2, podsGoneEpoch: 2 },
			}),
			"south PolicyChanging",
		],
		[
			"not while its pods are left",
			row("Exclusive", E, A, {
				north: { role: "Standby", epoch: 2, podsGoneEpoch: 1 },
			}),
			"- PolicyChanging",
		],
		[
			"not with a side that cannot be read",
			row("Exclusive", A, A, { southRegion: { health: SILENT } }),
			"- PolicyChanging",
		],
		[
			"the active region is lost in between: the second step",
			row("Exclusive", {}, A, { northRegion: lostNorth("Exclusive") }),
			"south PolicyChanging",
		],
		[
			"lost before the first",
			row("Exclusive", {}, A, { northRegion: lostNorth("Available") }),
			"- PolicyChanging",
		],
		[
			"lost, and this hub knows by its record alone",
			row("Exclusive", {}, A, {
				service: {
					...asks("Exclusive"),
					status: {
						conditions: [
							{
								type: "PolicyChanging",
								status: "True",
								reason: "AwaitingGate",
								message: "",
								lastTransitionTime: WALL,
							},
						],
					},
				},
				northRegion: { health: LOST, side: { kind: "unknown" } },
			}),
			"south PolicyChanging",
		],
		[
			"from Exclusive: the standby side first",
			row("Available", E, E),
			"south PolicyChanging",
		],
		[
			"not while its pods are left: an Exclusive side waits for those that no list shows",
			row("Available", E, E, { south: { epoch: 2, podsGoneEpoch: 1 } }),
			"- PolicyChanging",
		],
		["then the active one", row("Available", E, A), "north PolicyChanging"],
		[
			"not with a region silent",
			row("Available", E, E, { southRegion: { health: SILENT } }),
			"- PolicyChanging",
		],
		[
			"none active: home last",
			row("Manual", E, E, { north: { role: "Standby" } }),
			"south PolicyChanging",
		],
		[
			"suspended",
			{
				...row("Available", E, E),
				service: asks("Available", { suspend: true }),
			},
			"- PolicyChanging",
		],
		[
			"grants not read yet",
			row("Available", E, E, {
				northRegion: { grant: { kind: "Unknown", spoken: false } },
			}),
			"- PolicyChanging",
		],
		[
			"without grants: both at once",
			row("Exclusive", A, A, { northRegion: { hasAgent: false } }),
			"north+south done",
		],
		[
			"Exclusive is not in it: both at once",
			row("Manual", A, A),
			"north+south done",
		],
	])("%s", (_, it, expected) => {
		expect(verdict(it)).toBe(expected);
	});

	it("is written for the version that was read, and told", () => {
		const { actions, careful, status } = decide(scene(row("Exclusive", A, A)));
		expect(actions).toMatchObject([
			{ do: "write", region: "north", careful: true, change: { policy: true } },
		]);
		expect(careful).toBe(true);
		expect(status.conditions).toContainEqual(
			expect.objectContaining({ type: "PolicyChanging", status: "True" }),
		);
		const done = decide(scene(row("Exclusive", E, E)));
		expect(done.status.conditions?.map((it) => it.type)).not.toContain(
			"PolicyChanging",
		);
	});

	it("holds a switchover up while it is half done", () => {
		const { plan, actions } = decide(
			scene(
				row("Exclusive", E, A, {
					operation: operation({ type: "Switchover" }),
				}),
			),
		);
		expect(plan.step).toMatchObject({
			kind: "waiting",
			reason: "AwaitingGate",
		});
		expect(actions).toEqual([]);
	});

	it("promotes nothing by wish from the first step on", () => {
		for (const it of [
			row("Exclusive", {}, A, { northRegion: lostNorth("Exclusive") }),
			row("Exclusive", {}, A, { northRegion: lostNorth("Available") }),
		])
			expect(decide(scene(it)).actions.filter((a) => a.do === "wish")).toEqual(
				[],
			);
	});

	it("lets a standby become Warm with its gate, never before", () => {
		const warm = { service: asks("Exclusive", { standby: { mode: "Warm" } }) };
		const step = (
			n: Partial<SeenSide>,
			s: Partial<SeenSide>,
			more: Scene = {},
		) =>
			decide(
				scene(
					row(
						"Exclusive",
						{ ...n, hash: "old" },
						{ ...s, hash: "old" },
						{ ...warm, ...more },
					),
				),
			).plan.sync.write.map(
				(it) => `${it.side.region} ${it.change.objects} ${it.change.policy}`,
			);
		expect(step(A, A)).toEqual(["north true true"]);
		expect(step(E, A, { north: gated(4) })).toEqual([
			"north true false",
			"south true true",
		]);
	});

	it("does not let a Warm side cease to be Exclusive before it ceases to be Warm", () => {
		const warm: Partial<SeenSide> = {
			...E,
			hash: "old",
			standby: { mode: "Warm" },
		};
		const pending = { verdict: "pending" } as const;
		const { sync } = decide(
			scene(
				row("Available", warm, warm, {
					northRegion: pending,
					southRegion: pending,
				}),
			),
		).plan;
		expect(sync.dryRun).toHaveLength(2);
		expect(sync.write).toEqual([]);
	});
});
