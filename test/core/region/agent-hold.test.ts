/** A refused object is held back for a while, and tried again whatever the clock does. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { configMap } from "./fixture.ts";
import { CONFIG_MAP } from "./kinds.ts";
import { asInNode } from "./node-clock.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(async () => {
	world = await World.start();
});
afterEach(() => world.stop());

it("also when a timer wakes a moment early, and the hold ends while the turn looks around", async () => {
	const refusal = { kind: "refused", status: 403, reason: "", message: "no" };
	world.intercept = (call) =>
		call.verb === "create" && call.resource.kind === "ConfigMap"
			? (refusal as never)
			: undefined;
	world.agentClock = asInNode(world.clock);
	await world.restart();
	const names = Array.from({ length: 5 }, (_, at) => `shop${at}`);
	await Promise.all(
		names.map((it) => world.createSide({ objects: [configMap(it)] }, it)),
	);
	await world.clock.advance(20_000);
	world.intercept = undefined;
	await world.clock.advance(60_000);
	for (const it of names) {
		expect(await world.get(CONFIG_MAP, it), it).toBeDefined();
	}
});
