/** What placing one service costs: a ceiling, so that nothing creeps in unseen. */
import { expect, it } from "vitest";
import { TWIN_SERVICE } from "../../../src/api/kind.ts";
import { serviceObject } from "./objects.ts";
import { World } from "./world.ts";

it("a placement reads no side for what is under way, and tells no step twice", async () => {
	const world = await World.start();
	for (const it of Object.values(world.links)) it.latencyMs = 20;
	world.writes.length = 0;
	world.sideReads = 0;
	await world.create(TWIN_SERVICE, serviceObject());
	await world.until("active", async () =>
		Boolean((await world.service())?.status?.activeCluster),
	);
	// Three decisions on both sides read now, and three readings of the agents.
	expect(world.sideReads).toBeLessThanOrEqual(9);
	const told = world.writes.filter((it) => it.what === "TwinService/status");
	// The first one, the start that is recorded, and the side that is active.
	expect(told).toHaveLength(3);
});
