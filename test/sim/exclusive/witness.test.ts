/**
 * A witness in the hub's place: a third API server, for a hub that shares its
 * site with a region. The hub has to see the grants there, or it would take
 * regions that hold them for regions without.
 */
import { expect, it } from "vitest";
import { TWIN_CLUSTER } from "../../../src/api/kind.ts";
import { conditionOf } from "../truth.ts";
import { GrantStage } from "./stage.ts";

const settled = () => GrantStage.settled(1, { witness: true });
const grantOf = ({ world }: GrantStage, region: string): string | undefined => {
	const object = world.kubectl(world.hub, "get", TWIN_CLUSTER, {
		name: region,
	});
	const found = conditionOf(object, "GrantHeld");
	return found && `${found.status} ${found.reason}`;
};

it("the hub sees the grants at the witness", async () => {
	const stage = await settled();
	for (const region of ["north", "south"])
		await stage.until(
			`the grant of ${region} to be seen`,
			() => grantOf(stage, region) === "True GrantHeld",
		);
	expect(stage.condition("Redundant")).toMatch(/^True/);
	expect(stage.end()).toEqual([]);
});

it("a lost region's grant is taken there, and the hub tells of it", async () => {
	const stage = await settled();
	stage.world.lose("north");
	await stage.until("the twin runs", () => stage.runs() === "south");
	await stage.until(
		"the hub to tell",
		() => grantOf(stage, "north") === "False GrantTaken",
	);
	expect(stage.end()).toEqual([]);
});

it("hub and region lost together: the twin takes over all the same", async () => {
	const stage = await settled();
	const { world } = stage;
	world.die(world.hub);
	world.lose("north");
	await stage.until("the twin runs", () => stage.runs() === "south");
	expect(stage.end()).toEqual([]);
});

it("the witness lost: nothing moves, nothing stops, and the hub writes no roles", async () => {
	const stage = await settled();
	const { world } = stage;
	world.die(world.third);
	const { clock } = world;
	const moved = await clock.advanceUntil(
		() => stage.runs() !== "north",
		40_000,
	);
	expect(moved).toBe(false);
	await stage.until(
		"the hub to say that it cannot see the grant",
		() => grantOf(stage, "north") === "Unknown GrantUnread",
	);
	world.revive(world.third);
	await stage.until(
		"the grant to be seen again",
		() => grantOf(stage, "north") === "True GrantHeld",
	);
	expect(stage.end()).toEqual([]);
});
