/** Exclusive services whose agents hold grants: what the hub wishes, and what it only tells. */
import { describe, expect, it } from "vitest";
import type { Transition, TwinServiceStatus } from "../../../src/api/types.ts";
import type { Action } from "../../../src/core/hub/decide.ts";
import {
	ALIVE,
	operation,
	type Scene,
	SILENT,
	service,
	WALL,
} from "./fixture.ts";
import { grant, look, lost, spec, tell } from "./granted.ts";

const line = (it: Action): string =>
	it.do === "wish"
		? `${it.region} ${JSON.stringify(it.wish)}`
		: `${it.do} ${it.region}`;
const switchover = operation({ type: "Switchover" });
const running = operation(
	{ type: "Switchover" },
	{ startedAt: WALL, from: "north", to: "south", epoch: 1 },
);

const BORN: Transition = {
	kind: "Creation",
	to: "north",
	epoch: 1,
	reason: "Placing",
	activatedAt: WALL,
};

describe("what the hub writes", () => {
	it.each<[string, Scene, string[]]>([
		["nothing at rest", {}, []],
		[
			"a switchover: one wish, without a seal",
			{ operation: switchover },
			['north {"to":"south","ifEpoch":1}'],
		],
		[
			"nothing to the other side, whose agent acts on the offer",
			{
				operation: running,
				north: { role: "Standby", epoch: 2, podsGoneEpoch: 2 },
			},
			[],
		],
		[
			"nothing when both are standby (rule 16 is the agents')",
			{
				north: { role: "Standby", epoch: 2, podsGoneEpoch: 2 },
				south: { epoch: 2, podsGoneEpoch: 2 },
			},
			[],
		],
		["nothing when the active region is lost", { northRegion: lost }, []],
		[
			"nothing when it is back with an old role",
			{
				south: { role: "Active", epoch: 1 },
				northRegion: { grant: grant("Taken") },
			},
			[],
		],
		[
			"nothing while the grants are not known",
			{
				operation: switchover,
				northRegion: { grant: { kind: "Unknown", spoken: false } },
			},
			[],
		],
		[
			"a missing side is created",
			{ southRegion: { side: { kind: "absent" } } },
			["create south"],
		],
		[
			"a wish that nobody wants is taken back",
			{ northSide: { wish: { to: "south", ifEpoch: 1 } } },
			["north null"],
		],
	])("%s", (_, row, lines) => {
		expect(look(row).actions.map(line)).toEqual(lines);
	});

	it("refuses a Failover: the twin needs none", () => {
		const { plan } = look({
			northRegion: lost,
			operation: operation({
				type: "Failover",
				acknowledgeDataLoss: true,
				ifEpoch: 1,
				to: "south",
			}),
		});
		expect(plan.step).toMatchObject({ kind: "failed", reason: "ByGrant" });
	});
});

it("a birth is recorded from its first moment, though the agents carry it out", () => {
	const born = look({ north: { role: "Standby", epoch: 0 } }).status;
	expect(born.lastTransition).toMatchObject({
		kind: "Creation",
		to: "north",
		epoch: 1,
	});
	expect(born.lastTransition?.activatedAt).toBeUndefined();
	const { status } = look({ service: service(spec, { status: born }) });
	expect(status.lastTransition).toMatchObject({
		kind: "Creation",
		activatedAt: WALL,
		readyAt: WALL,
	});
});

describe("a lost region", () => {
	const lostScene: Scene = { northRegion: lost };
	it.each<[string, Scene, string, string]>([
		["is taken over by grant", lostScene, "False ByGrant", "False NotStalled"],
		[
			"not without the other's agent",
			{
				northRegion: lost,
				southRegion: { agent: { reason: "AgentMissing", message: "" } },
			},
			"False AgentMissing",
			"True AgentMissing",
		],
		[
			"not by one whose grant it holds",
			{ northRegion: lost, southRegion: { grant: grant("Taken") } },
			"False GrantTaken",
			"True GrantTaken",
		],
		[
			"suspend does not stop it, and is not told",
			{ northRegion: lost, service: service({ ...spec, suspend: true }) },
			"Unknown Unreachable",
			"False NotStalled",
		],
	])("%s", (_, row, ready, stalled) => {
		expect(tell(row, "Ready")).toBe(ready);
		expect(tell(row, "Stalled")).toBe(stalled);
	});

	const on = (status: TwinServiceStatus, row: Scene): TwinServiceStatus =>
		look({ service: service(spec, { status }), ...row }).status;

	it("has its stages recorded from what is observed", () => {
		const begun = on({}, lostScene);
		expect(begun).toMatchObject({
			activeCluster: "north",
			lastTransition: {
				kind: "Failover",
				from: "north",
				to: "south",
				lostAt: lost.lastAliveAt,
			},
		});
		expect(begun.lastTransition?.fencedAt).toBeUndefined();
		const taken = { northRegion: { ...lost, grant: grant("Taken") } };
		const fenced = on(begun, taken);
		expect(fenced.lastTransition).toMatchObject({ fencedAt: WALL });
		expect(fenced.lastTransition?.activatedAt).toBeUndefined();
		const done = on(fenced, { ...taken, south: { role: "Active", epoch: 1 } });
		expect(done).toMatchObject({
			activeCluster: "south",
			lastTransition: { activatedAt: WALL, readyAt: WALL, recoverySeconds: 20 },
		});
		expect(done.history).toHaveLength(1);
	});

	it("was quicker than the hub, or its agent alone was dead: since the last renewal", () => {
		const status = on(
			{ lastTransition: BORN },
			{
				south: { role: "Active", epoch: 1 },
				northRegion: { health: ALIVE, grant: grant("Taken") },
			},
		);
		expect(status).toMatchObject({
			activeCluster: "south",
			lastTransition: {
				kind: "Failover",
				reason: "ByGrant",
				lostAt: "2030-01-01T00:00:08.000Z",
				fencedAt: WALL,
				activatedAt: WALL,
			},
		});
	});

	it.each([
		["after a birth that was recorded", { lastTransition: BORN }],
		["where nothing was recorded", { activeCluster: "north" }],
	])("was quicker than the hub's judgement, %s", (_, before) => {
		const status = on(before, {
			south: { role: "Active", epoch: 1 },
			// Neither lost yet, nor its grant read.
			northRegion: { ...lost, health: SILENT },
		});
		expect(status).toMatchObject({
			activeCluster: "south",
			lastTransition: {
				kind: "Failover",
				from: "north",
				to: "south",
				reason: "ByGrant",
				lostAt: lost.lastAliveAt,
				fencedAt: WALL,
				activatedAt: WALL,
				recoverySeconds: 20,
			},
		});
	});

	it("is not served by a side of which the hub only remembers", () => {
		expect(
			look({ northRegion: lost, south: { role: "Active", epoch: 1 } }).status
				.activeCluster,
		).toBe("south");
	});
});
