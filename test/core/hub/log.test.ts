/** The log of a move: what hub and agents say of one service is found by one field. */
import { expect, it } from "vitest";
import { serviceObject } from "./objects.ts";
import { World } from "./world.ts";

it("every step of a move names the service, in the hub and in the agents", async () => {
	const world = await World.start();
	await world.serving(serviceObject());
	await world.serving(serviceObject({}, "other"));
	await world.clock.advance(5_000);
	world.lines.length = 0;
	await world.operate("over", { type: "Switchover", to: "south" });
	await world.until(
		"moved",
		async () => (await world.roles()) === "Standby/2 Active/1",
	);
	await world.clock.advance(5_000);
	const about = world.lines.filter((it) => it.service === "shop/web");
	const at = (part: object) =>
		about.findIndex((it) => expect.objectContaining(part).asymmetricMatch(it));
	const wished = at({ cluster: "north", to: "south", ifEpoch: 1 });
	const down = at({ region: "north", role: "Standby", epoch: 2 });
	const up = at({ region: "south", role: "Active", epoch: 1 });
	const told = at({ kind: "TwinOperation", reason: "Completed" });
	expect(wished).toBeGreaterThanOrEqual(0);
	expect(down).toBeGreaterThan(wished);
	expect(up).toBeGreaterThan(down);
	expect(told).toBeGreaterThan(up);
	// Nothing of the move is told without it.
	expect(world.lines.filter((it) => it.service === undefined)).toEqual([]);
});
