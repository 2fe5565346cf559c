/** What is written into sides, and what has to come first (rule 17). */
import { describe, expect, it } from "vitest";
import { type Action, decide } from "../../../src/core/hub/decide.ts";
import { LOST, type Scene, SILENT, scene, service } from "./fixture.ts";

const absent = { side: { kind: "absent" } as const };
const unknown = { side: { kind: "unknown" } as const };
const refusal = {
	reason: "DryRunRefused",
	message: "no",
} as const;

function told(it: Action): string {
	switch (it.do) {
		case "create":
			return `create ${it.region} at home in ${it.home}`;
		case "write": {
			const fields = Object.entries(it.change).filter(([, on]) => on);
			return `write ${it.region}: ${fields.map(([name]) => name).join(",")}`;
		}
		default:
			return `${it.do} ${it.region}`;
	}
}

const actions = (row: Scene): string[] => decide(scene(row)).actions.map(told);

describe("creation", () => {
	it.each<[string, Scene, string[]]>([
		[
			"tries in both regions first",
			{
				northRegion: { ...absent, verdict: "pending" },
				southRegion: { ...absent, verdict: "pending" },
			},
			["dryRun north", "dryRun south"],
		],
		[
			"then creates the first by name, and only that",
			{ northRegion: absent, southRegion: absent },
			["create north at home in north"],
		],
		[
			"at home in the preferred region",
			{
				service: service({ clusters: [{ name: "south" }, { name: "north" }] }),
				northRegion: absent,
				southRegion: absent,
			},
			["create north at home in south"],
		],
		[
			"gives the second one the home of the first",
			{ northSide: { home: "south" }, southRegion: absent },
			["create south at home in south"],
		],
		[
			"never while the other one is unknown",
			{ northRegion: absent, southRegion: unknown },
			[],
		],
		[
			"never while a region is silent",
			{ northRegion: absent, southRegion: { health: SILENT, ...absent } },
			[],
		],
		[
			"not while the other one is going",
			{ northSide: { deleting: true }, southRegion: absent },
			[],
		],
		[
			"not when a region refuses the objects",
			{ northRegion: absent, southRegion: { ...absent, verdict: refusal } },
			[],
		],
		[
			"not while isolated",
			{ northRegion: absent, southRegion: absent, over: { isolated: true } },
			[],
		],
	])("%s", (_, row, expected) => {
		expect(actions(row)).toEqual(expected);
	});
});

describe("sync", () => {
	it.each<[string, Scene, string[]]>([
		["nothing to do", {}, []],
		[
			"new objects are tried in both regions first",
			{
				northSide: { hash: "old" },
				southSide: { hash: "old" },
				northRegion: {},
				southRegion: {},
			},
			["write north: objects", "write south: objects"],
		],
		[
			"a region that is lost holds nothing up",
			{
				northSide: { hash: "old" },
				southRegion: { health: LOST, ...unknown, verdict: "pending" },
			},
			["write north: objects"],
		],
		[
			"a policy needs no trying",
			{
				northSide: { policy: "Exclusive" },
				southSide: { policy: "Exclusive" },
			},
			["write north: policy", "write south: policy"],
		],
		[
			"suspend is passed on, and nothing else",
			{
				service: service({ suspend: true }),
				northSide: { hash: "old", suspend: false },
			},
			["write north: suspend"],
		],
	])("%s", (_, row, expected) => {
		expect(actions(row)).toEqual(expected);
	});

	it("writes nowhere what one region refuses", () => {
		const row = scene({
			northSide: { hash: "old", policy: "Manual" },
			southSide: { hash: "old" },
		});
		const [north, south] = row.regions;
		const refused = decide({
			...row,
			regions: [north, { ...south, verdict: refusal }],
		});
		expect(refused.actions.map(told)).toEqual(["write north: policy"]);
		expect(refused.plan.sync.problem).toEqual(refusal);
	});

	it("puts its finalizer on before the first side is there", () => {
		const of = service({}, { finalizers: ["other/one"] });
		const born = decide(
			scene({ service: of, northRegion: absent, southRegion: absent }),
		);
		expect(born.finalizers).toEqual(["other/one", "twin-operator.dev/sides"]);
		expect(decide(scene()).finalizers).toBeUndefined();
	});
});
