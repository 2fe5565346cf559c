/** Who shall be active: one row for each thing that can be seen. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/hub/decide.ts";
import { elect, staleWishes } from "../../../src/core/hub/election.ts";
import {
	ALIVE,
	LOST,
	lostWith,
	operation,
	type Scene,
	SILENT,
	scene,
	service,
	side,
} from "./fixture.ts";

const available = service();
const manual = service({ promotion: { policy: "Manual" } });
const exclusive = service({ promotion: { policy: "Exclusive" } });
const activeNorth = (of = available) =>
	side(of, "north", { role: "Active", epoch: 1 });
const lostNorth = (of = available): Scene => ({
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

describe("birth (rule 16)", () => {
	const born: Scene = {
		north: { role: "Standby", epoch: 0, podsGoneEpoch: 0 },
	};
	it.each<[string, Scene, string]>([
		["the home side starts", born, "Creation: north {north if 0}"],
		[
			"home is what the sides say, not the order of clusters",
			{ ...born, northSide: { home: "south" }, southSide: { home: "south" } },
			"Creation: south {south if 0}",
		],
		[
			"if exactly one has epoch 0, the other one",
			{
				north: born.north ?? {},
				northSide: { wish: { to: "south", ifEpoch: 0 } },
				south: { epoch: 4, podsGoneEpoch: 4 },
			},
			"Creation: south {south if 4}",
		],
		[
			"both were active once: home",
			{
				north: { role: "Standby", epoch: 2, podsGoneEpoch: 2 },
				south: { epoch: 4, podsGoneEpoch: 4 },
				southSide: { wish: { to: "north", ifEpoch: 4 } },
			},
			"Creation: north {north if 2}",
		],
		[
			"the other side is sealed first, once a wish may be on its way to it",
			{
				north: { role: "Standby", epoch: 2, podsGoneEpoch: 2 },
				south: { epoch: 4, podsGoneEpoch: 4 },
				southSide: { wish: { to: "north", ifEpoch: 3 } },
			},
			"Creation: south {north if 4}",
		],
		[
			"not before the other's pods are gone",
			{
				...born,
				south: { epoch: 2, podsGoneEpoch: 1 },
				north: { role: "Standby", epoch: 4, podsGoneEpoch: 4 },
			},
			"wait Stopping",
		],
		[
			"different homes are for a person",
			{ ...born, southSide: { home: "south" } },
			"person HomeMismatch",
		],
		[
			"not while the other one cannot be read",
			{ ...born, southRegion: { side: { kind: "unknown" } } },
			"rest",
		],
		[
			"not while the other one is silent",
			{ ...born, southRegion: { health: SILENT } },
			"rest",
		],
		[
			"not while the other one is missing",
			{ ...born, southRegion: { side: { kind: "absent" } } },
			"rest",
		],
		[
			"not a side that is going",
			{ ...born, southSide: { deleting: true } },
			"rest",
		],
	])("%s", (_, row, expected) => {
		expect(verdict(row)).toBe(expected);
	});
});

describe("loss", () => {
	it.each<[string, Scene, string]>([
		["nothing is lost", {}, "rest"],
		[
			"Available promotes at once, naming the side it takes over from",
			lostNorth(),
			"Failover: south {south if 0 over uid-north/1}",
		],
		["Manual asks a person", lostNorth(manual), "person PromotionNeeded"],
		["Exclusive moves nothing", lostNorth(exclusive), "person NoFencing"],
		[
			"silent is not lost",
			{ northRegion: { health: SILENT, side: { kind: "unknown" } } },
			"rest",
		],
		[
			"refused credentials are not a loss",
			{
				northRegion: {
					health: { kind: "CredentialsInvalid", message: "" },
					side: { kind: "unknown" },
				},
			},
			"rest",
		],
		[
			"the standby region is lost",
			{ southRegion: lostWith(side(available, "south", {})) },
			"rest",
		],
		[
			"the standby does not answer either",
			{ ...lostNorth(), southRegion: { health: SILENT } },
			"rest",
		],
		[
			"both are lost",
			{ ...lostNorth(), southRegion: { health: LOST } },
			"rest",
		],
		[
			"its side was never read by this hub",
			{ northRegion: { health: LOST, side: { kind: "unknown" } } },
			"person PromotionNeeded",
		],
		[
			"never read by this process, but recorded",
			{
				service: service(
					{},
					{
						status: {
							clusters: [{ name: "north", uid: "u", role: "Active", epoch: 5 }],
						},
					},
				),
				northRegion: { health: LOST, side: { kind: "unknown" } },
			},
			"Failover: south {south if 0 over u/5}",
		],
		[
			"lost between the two steps of a switchover",
			{
				northRegion: lostWith(side(available, "north", { epoch: 2 })),
			},
			"Failover: south {south if 0 over uid-north/2}",
		],
		["isolated: frozen", { ...lostNorth(), over: { isolated: true } }, "rest"],
		["suspended", lostNorth(service({ suspend: true })), "rest"],
		["being deleted", lostNorth(service({}, { deleting: true })), "rest"],
	])("%s", (_, row, expected) => {
		expect(verdict(row)).toBe(expected);
	});
});

describe("wishes that lie there", () => {
	const open = { to: "south", ifEpoch: 0 };
	it.each<[string, Scene, string[]]>([
		[
			"one that is not wanted any more",
			{ southSide: { wish: open } },
			["south"],
		],
		[
			"one of an older epoch is over",
			{ south: { epoch: 2 }, southSide: { wish: open } },
			[],
		],
		[
			"one that changes nothing",
			{ northSide: { wish: { to: "north", ifEpoch: 1 } } },
			[],
		],
		[
			"suspended",
			{ service: service({ suspend: true }), southSide: { wish: open } },
			[],
		],
		["isolated", { southSide: { wish: open }, over: { isolated: true } }, []],
	])("%s", (_, row, taken) => {
		const stale = staleWishes(scene(row), { kind: "rest" });
		expect(stale.map((it) => it.name)).toEqual(taken);
	});

	it("are not written twice", () => {
		const wish = { to: "south", ifEpoch: 0, supersedes: "uid-north/1" };
		const { actions } = decide(scene({ ...lostNorth(), southSide: { wish } }));
		expect(actions).toEqual([]);
	});

	it("take the policy along, which an Exclusive side would hold against them", () => {
		const { actions } = decide(
			scene({ ...lostNorth(), southSide: { policy: "Exclusive" } }),
		);
		expect(actions).toMatchObject([{ do: "wish", policy: true }]);
	});
});

describe("whose side it is", () => {
	it.each<[string, Scene, string]>([
		[
			"another installation's",
			{ southSide: { installation: "b" } },
			"ForeignInstallation",
		],
		[
			"made for the other region",
			{ southSide: { region: "north" } },
			"WrongRegion",
		],
		[
			"a TwinCluster that is not there",
			{
				southRegion: {
					problem: { reason: "UnknownCluster", message: "no south" },
				},
			},
			"UnknownCluster",
		],
	])("%s: nothing is done", (_, row, reason) => {
		const { actions, plan, status } = decide(
			scene({ ...row, northRegion: { health: ALIVE } }),
		);
		expect(actions).toEqual([]);
		expect(plan.sync.problem?.reason).toBe(reason);
		expect(
			status.conditions?.find((it) => it.type === "Stalled"),
		).toMatchObject({ status: "True", reason });
	});
});

it("an operation that runs goes before birth and loss", () => {
	const { actions } = decide(
		scene({
			north: { role: "Standby", epoch: 2, podsGoneEpoch: 2 },
			northSide: { wish: { to: "south", ifEpoch: 2 } },
			operation: operation(
				{ type: "Switchover" },
				{
					startedAt: "2030-01-01T00:00:00Z",
					from: "north",
					to: "south",
					epoch: 1,
				},
			),
		}),
	);
	expect(actions).toMatchObject([
		{ do: "wish", region: "south", wish: { to: "south", ifEpoch: 0 } },
	]);
});
