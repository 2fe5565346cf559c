import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/hub/decide.ts";
import { operationStep } from "../../../src/core/hub/operation.ts";
import { operationStatus } from "../../../src/core/hub/operation-status.ts";
import {
	LOST,
	lostWith,
	operation,
	type Scene,
	scene,
	service,
	side,
	WALL,
} from "./fixture.ts";

const manual = service({ promotion: { policy: "Manual" } });
const lostNorth: Scene = {
	service: manual,
	northRegion: lostWith(side(manual, "north", { role: "Active", epoch: 1 })),
};
const SWITCH = { type: "Switchover" };
const FAIL = { type: "Failover", acknowledgeDataLoss: true, ifEpoch: 1 };
const BEGUN = { startedAt: WALL, from: "north", to: "south", epoch: 1 };

function step(row: Scene, spec: object, status: object = {}): string {
	const found = operationStep(scene(row), operation(spec, status));
	if (found.kind !== "running") return `${found.kind} ${found.reason}`;
	const { wish, stages } = found;
	const asked = wish
		? `${wish.region} {${wish.wish.to} if ${wish.wish.ifEpoch}${wish.wish.supersedes ? ` over ${wish.wish.supersedes}` : ""}}`
		: "nothing";
	return `${stages.join(",")}: ${asked}`;
}

describe("a Switchover", () => {
	it.each<[string, Scene, object, object, string]>([
		[
			"asks the active side first",
			{},
			SWITCH,
			{},
			"Started: north {south if 1}",
		],
		[
			"waits for its pods",
			{ north: { role: "Standby", epoch: 2, podsGoneEpoch: 1 } },
			SWITCH,
			BEGUN,
			"Started: nothing",
		],
		[
			"then asks the other one",
			{ north: { role: "Standby", epoch: 2, podsGoneEpoch: 2 } },
			SWITCH,
			BEGUN,
			"Started,OldStopped: south {south if 0}",
		],
		[
			"is complete when that is ready",
			{
				north: { role: "Standby", epoch: 2 },
				south: { role: "Active", epoch: 1 },
			},
			SWITCH,
			BEGUN,
			"complete Completed",
		],
		[
			"and not before",
			{
				north: { role: "Standby", epoch: 2 },
				south: { role: "Active", epoch: 1, conditions: [] },
			},
			SWITCH,
			BEGUN,
			"Started,OldStopped,Activated: nothing",
		],
		[
			"unless another operation waits, perhaps to go back",
			{
				north: { role: "Standby", epoch: 2 },
				south: { role: "Active", epoch: 1, conditions: [] },
				over: { operationsWaiting: true },
			},
			SWITCH,
			BEGUN,
			"complete Completed",
		],
		[
			"to where it is already",
			{},
			{ ...SWITCH, to: "north" },
			{},
			"complete Completed",
		],
		[
			"to a region of another service",
			{},
			{ ...SWITCH, to: "west" },
			{},
			"failed UnknownCluster",
		],
		[
			"at an epoch that has passed",
			{},
			{ ...SWITCH, ifEpoch: 0 },
			{},
			"failed EpochMovedOn",
		],
		["while a region is lost", lostNorth, SWITCH, {}, "failed Unreachable"],
		[
			"to a side that has applied nothing",
			{ south: { hash: undefined } as never },
			SWITCH,
			{},
			"failed NotApplied",
		],
		[
			"and a region is lost in the middle",
			{
				north: { role: "Standby", epoch: 2, podsGoneEpoch: 2 },
				southRegion: { health: LOST, side: { kind: "unknown" } },
			},
			SWITCH,
			BEGUN,
			"failed Unreachable",
		],
		[
			"while isolated",
			{ over: { isolated: true } },
			SWITCH,
			{},
			"waiting HubIsolated",
		],
		[
			"while suspended",
			{ service: service({ suspend: true }) },
			SWITCH,
			{},
			"waiting Suspended",
		],
		[
			"of a service that goes",
			{ service: service({}, { deleting: true }) },
			SWITCH,
			{},
			"failed Deleting",
		],
		[
			"before the regions have been observed",
			{ northRegion: { health: { kind: "Unobserved" } } },
			SWITCH,
			{},
			"waiting WaitingForRegion",
		],
		[
			"settles two active sides as the person says",
			{ south: { role: "Active", epoch: 1 } },
			{ ...SWITCH, to: "south" },
			{},
			"Started: north {south if 1}",
		],
	])("%s", (_, row, spec, status, expected) => {
		expect(step(row, spec, status)).toBe(expected);
	});

	it("moves an Exclusive service too: both sides agree", () => {
		const of = service({ promotion: { policy: "Exclusive" } });
		expect(step({ service: of }, SWITCH)).toBe("Started: north {south if 1}");
	});
});

describe("a Failover", () => {
	it.each<[string, Scene, object, object, string]>([
		[
			"of a lost region",
			lostNorth,
			FAIL,
			{},
			"Started: south {south if 0 over uid-north/1}",
		],
		[
			"names the epoch it overrides",
			lostNorth,
			{ ...FAIL, ifEpoch: 2 },
			{},
			"failed EpochMovedOn",
		],
		[
			"acknowledges what may be lost",
			lostNorth,
			{ ...FAIL, acknowledgeDataLoss: false },
			{},
			"failed NotAcknowledged",
		],
		[
			"is refused for an Exclusive service",
			{
				...lostNorth,
				service: service({ promotion: { policy: "Exclusive" } }),
			},
			FAIL,
			{},
			"failed NoFencing",
		],
		[
			"to a region that is lost itself",
			lostNorth,
			{ ...FAIL, to: "north" },
			{},
			"failed Unreachable",
		],
		[
			"begun, and the epoch has moved on by it",
			{
				...lostNorth,
				south: { role: "Active", epoch: 1, supersedes: "uid-north/1" },
			},
			FAIL,
			BEGUN,
			"complete Completed",
		],
	])("%s", (_, row, spec, status, expected) => {
		expect(step(row, spec, status)).toBe(expected);
	});
});

describe("its status", () => {
	const go = operation(SWITCH);
	const at = (row: Scene, of = go, wall = WALL) =>
		operationStatus(of, operationStep(scene(row), of), wall);

	it("records the route before anything is asked for", () => {
		expect(at({})).toMatchObject({
			from: "north",
			to: "south",
			epoch: 1,
			startedAt: WALL,
			stages: [{ name: "Started", at: WALL }],
			conditions: [{ type: "Complete", status: "False", reason: "Moving" }],
		});
	});

	it("keeps the times of stages, and counts the seconds at the end", () => {
		const running = operation(SWITCH, at({}));
		const done = at(
			{
				north: { role: "Standby", epoch: 2 },
				south: { role: "Active", epoch: 1 },
			},
			running,
			"2030-01-01T00:00:34.500Z",
		);
		expect(done).toMatchObject({ seconds: 4.5, startedAt: WALL });
		expect(done.stages?.[0]).toEqual({ name: "Started", at: WALL });
		expect(done.stages).toHaveLength(4);
		expect(operation(SWITCH, done).over).toBe(true);
	});

	it("says why it was refused, as Failed", () => {
		const refused = operation({ ...SWITCH, ifEpoch: 9 });
		expect(at({}, refused).conditions).toMatchObject([
			{ type: "Complete", status: "False" },
			{ type: "Failed", status: "True", reason: "EpochMovedOn" },
		]);
	});
});

it("is in the record of the service before the wish, with who asked for it", () => {
	const { status, actions } = decide(scene({ operation: operation(SWITCH) }));
	expect(actions).toMatchObject([{ do: "wish", region: "north" }]);
	expect(status.lastTransition).toEqual({
		kind: "Switchover",
		from: "north",
		to: "south",
		epoch: 3,
		reason: "Requested",
		operation: "go",
		requestedAt: WALL,
	});
	expect(status.history).toBeUndefined();
});
