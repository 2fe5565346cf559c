/** Two agents with grants: creation and planned moves of an Exclusive service. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { NORMAL, NOTHING } from "./exclusive-fixture.ts";
import { GONE_MS, Pair } from "./pair.ts";

let pair: Pair;
beforeEach(async () => {
	pair = await Pair.start();
});
afterEach(() => pair.stop());

const uid = async (region: "east" | "west") =>
	(await pair.side(region)).metadata.uid ?? "";

it("starts the home side once the other one knows it and has no pods", async () => {
	await pair.createSides();
	await pair.clock.advance(GONE_MS - 1_000);
	expect(await pair.roles()).toBe("Standby/0 Standby/0");
	expect(await pair.condition("east", "Reconciling")).toBe("True AwaitingTwin");
	await pair.untilRoles("Active/1 Standby/0");
	await pair.clock.advance(10_000);
	expect(await pair.roles()).toBe("Active/1 Standby/0");
	expect([await pair.pods("east"), await pair.pods("west")]).toEqual([2, 0]);
	expect(await pair.condition("east", "Ready")).toBe("True Serving");
	expect(await pair.condition("east", "Reconciling")).toBe("none");
	expect((await pair.status("east")).peer).toEqual({
		uid: await uid("west"),
		epoch: 0,
	});
	expect((await pair.status("west")).peer).toEqual({
		uid: await uid("east"),
		epoch: 1,
	});
});

it("starts the side that is home, wherever it is, and none alone", async () => {
	await pair.createSides({ home: "west" }, ["west"]);
	await pair.clock.advance(30_000);
	expect((await pair.status("west")).role).toBe("Standby");
	await pair.createSides({ home: "west" }, ["east"]);
	await pair.untilRoles("Standby/0 Active/1");
});

it("starts nothing without proof, and at once with it", async () => {
	pair.allow("east", NOTHING);
	await pair.createSides();
	await pair.clock.advance(60_000);
	expect(await pair.roles()).toBe("Standby/0 Standby/0");
	pair.allow("east", NORMAL);
	await pair.clock.advance(500);
	expect(await pair.roles()).toBe("Active/1 Standby/0");
});

it("asks nobody and writes nothing at rest, nor after a restart", async () => {
	await pair.serving();
	const calls = () => [...pair.at.east.calls, ...pair.at.west.calls];
	const noted = () =>
		calls().filter((it) => it.verb !== "list" || it.resource.kind === "Pod");
	const before = noted().length;
	for (let i = 0; i < 60; i++) {
		pair.region("east").reconsider();
		pair.region("west").reconsider();
		await pair.clock.advance(1_000);
	}
	expect(noted().slice(before)).toEqual([]);
	await pair.restart("east");
	await pair.restart("west");
	await pair.clock.advance(30_000);
	expect(noted().slice(before)).toEqual([]);
});

it("moves by an offer, made only when the pods here are surely gone", async () => {
	await pair.serving();
	await pair.wish("east", "west");
	await pair.clock.advance(500);
	expect(await pair.roles()).toBe("Standby/2 Standby/0");
	const offeredTo = `${await uid("west")}/0`;
	expect(await pair.status("east")).toMatchObject({ offeredTo });
	// The list has long been empty.
	await pair.until("no pods", async () => (await pair.pods("east")) === 0);
	await pair.clock.advance(GONE_MS - 3_000);
	expect(pair.region("east").offered().size).toBe(0);
	pair.pass("east");
	await pair.until(
		"the offer",
		async () => pair.region("east").offered().size === 1,
	);
	expect(pair.region("east").offered().get("apps/shop")).toEqual({
		side: offeredTo,
		from: await uid("east"),
	});
	expect(await pair.roles()).toBe("Standby/2 Standby/0");
	pair.pass("east");
	await pair.untilRoles("Standby/2 Active/1");
	await pair.until("pods", async () => (await pair.pods("west")) === 2);
	// The offer ends when the other side was read to have moved on.
	await pair.until(
		"the end of the offer",
		async () => pair.region("east").offered().size === 0,
	);
	await pair.clock.advance(30_000);
	expect(await pair.roles()).toBe("Standby/2 Active/1");
	expect(await pair.pods("east")).toBe(0);
	// Home reads that all pods are gone, and need not wait for the offer (rule 16).
	await pair.wish("west", "east");
	await pair.untilRoles("Active/3 Standby/2");
	expect((await pair.status("west")).podsGoneEpoch).toBe(2);
});

it("ends a move although the hub is dead and the link is cut in the middle", async () => {
	await pair.serving();
	await pair.wish("east", "west");
	await pair.clock.advance(500);
	// The wish has done its part. From here on only the grants' Leases are read.
	pair.at.east.toTwin.cut();
	pair.at.west.toTwin.cut();
	await pair.until(
		"the offer",
		async () => pair.region("east").offered().size === 1,
	);
	pair.pass("east");
	await pair.untilRoles("Standby/2 Active/1");
});

it("moves nothing while the twin cannot be read, and then by itself", async () => {
	await pair.serving();
	pair.at.east.toTwin.cut();
	await pair.wish("east", "west");
	await pair.clock.advance(20_000);
	expect(await pair.roles()).toBe("Active/1 Standby/0");
	expect(await pair.condition("east", "Reconciling")).toBe("True AwaitingTwin");
	expect(await pair.pods("east")).toBe(2);
	pair.at.east.toTwin.mend();
	await pair.untilRoles("Standby/2 Standby/0");
});

it("gives an old offer to no side that was created anew", async () => {
	await pair.serving();
	await pair.wish("east", "west");
	await pair.until(
		"the offer",
		async () => pair.region("east").offered().size === 1,
	);
	const old = pair.region("east").offered();
	pair.at.east.toTwin.cut();
	await pair.deleteSide("west");
	await pair.createSides({}, ["west"]);
	for (let i = 0; i < 20; i++) {
		pair.pass("east", old);
		await pair.clock.advance(1_000);
		expect(await pair.roles()).toBe("Standby/2 Standby/0");
	}
	// The one that has served starts again, as soon as it can read the new one.
	pair.at.east.toTwin.mend();
	await pair.untilRoles("Active/3 Standby/0");
	expect(pair.region("east").offered().size).toBe(0);
});

it("takes no old offer of a side that was created anew", async () => {
	await pair.serving();
	await pair.wish("east", "west");
	await pair.until(
		"the offer",
		async () => pair.region("east").offered().size === 1,
	);
	const old = pair.region("east").offered();
	await pair.deleteSide("east");
	// West is the one that has not served: the new side in the east starts.
	await pair.createSides({}, ["east"]);
	await pair.untilRoles("Active/1 Standby/0");
	await pair.until(
		"it to be read",
		async () => (await pair.status("west")).peer?.uid === (await uid("east")),
	);
	pair.pass("east", old);
	await pair.clock.advance(20_000);
	expect(await pair.roles()).toBe("Active/1 Standby/0");
});

it("moves an Exclusive service by wishes where no grants are", async () => {
	await pair.stop();
	pair = await Pair.start({ grants: false });
	await pair.createSides();
	await pair.clock.advance(30_000);
	expect(await pair.roles()).toBe("Standby/0 Standby/0");
	await pair.wish("east", "east");
	await pair.untilRoles("Active/1 Standby/0");
	await pair.wish("east", "west");
	await pair.until(
		"pods gone",
		async () => (await pair.status("east")).podsGoneEpoch === 2,
	);
	expect(pair.region("east").offered().size).toBe(0);
	expect(await pair.status("east")).not.toHaveProperty("peer");
	await pair.wish("west", "west");
	await pair.untilRoles("Standby/2 Active/1");
});
