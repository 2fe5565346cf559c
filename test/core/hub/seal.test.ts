import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/hub/decide.ts";
import { operation, type Scene, scene } from "./fixture.ts";

describe("seals", () => {
	const stopped: Scene = {
		north: { role: "Standby", epoch: 2, podsGoneEpoch: 2 },
		operation: operation(
			{ type: "Switchover" },
			{
				startedAt: "2030-01-01T00:00:00Z",
				from: "north",
				to: "south",
				epoch: 1,
			},
		),
	};

	it("keep a late wish from starting the side that was stopped", () => {
		const { actions } = decide(scene(stopped));
		expect(actions).toMatchObject([
			{ do: "wish", region: "north", wish: { to: "south", ifEpoch: 2 } },
		]);
	});

	it("are taken off the side that starts before it does", () => {
		const { actions } = decide(
			scene({
				...stopped,
				northSide: { wish: { to: "south", ifEpoch: 2 } },
				southSide: { wish: { to: "north", ifEpoch: 0 } },
			}),
		);
		expect(actions).toMatchObject([
			{ do: "wish", region: "south", wish: null },
		]);
	});
});
