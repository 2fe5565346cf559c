/** Rule 22: which region of a service may be replaced, and what becomes of the sides. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/hub/decide.ts";
import { type Scene, scene, service } from "./fixture.ts";

describe("a region that is replaced", () => {
	const gone = { side: { kind: "absent" } } as const;
	it.each<[string, Scene, string | undefined]>([
		[
			"the order alone",
			{
				service: service({ clusters: [{ name: "south" }, { name: "north" }] }),
				northSide: { twin: "south" },
			},
			undefined,
		],
		[
			"the active one, by the status",
			{
				service: service({}, { status: { activeCluster: "west" } }),
				north: { role: "Standby" },
			},
			"ActiveReplaced",
		],
		[
			"the active one, by the side that stays",
			{
				northSide: { twin: "west" },
				north: { role: "Standby" },
				southRegion: gone,
			},
			"ActiveReplaced",
		],
		[
			"the standby one",
			{ northSide: { twin: "west" }, southRegion: gone },
			undefined,
		],
	])("%s", (_, it, reason) => {
		const { plan, actions, status } = decide(scene(it));
		expect(plan.sync.problem?.reason).toBe(reason);
		if (reason) expect(actions).toEqual([]);
		if (it.service?.status.activeCluster)
			expect(status.activeCluster).toBe("west");
	});

	it("has its side made anew, and the other one told", () => {
		const { actions } = decide(
			scene({ northSide: { twin: "west" }, southRegion: gone }),
		);
		expect(actions).toMatchObject([
			{ do: "create", region: "south", home: "north" },
			{ do: "write", region: "north", change: { twin: true } },
		]);
	});
});
