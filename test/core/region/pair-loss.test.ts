/** Two agents with grants: a region is lost, taken and given back; proof ends and comes again. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { gated, NORMAL, NOTHING } from "./exclusive-fixture.ts";
import { autoscaler, configMap, deployment } from "./fixture.ts";
import { type Name, Pair, PROFILE } from "./pair.ts";

let pair: Pair;
beforeEach(async () => {
	pair = await Pair.start();
});
afterEach(() => pair.stop());

const FENCE_MS = PROFILE.fenceSeconds * 1_000;
const SOLE = { ...NOTHING, fresh: true, sole: true };
const writes = (by: Name) =>
	pair.at[by].calls.filter((it) => !["get", "list"].includes(it.verb));

/** What the grant machine asks before it says `ready` (rule 11). */
async function isReady(region: Name, taken: string): Promise<boolean> {
	const sides = await pair.region(region).readSides();
	return (
		sides?.every(
			(it) =>
				it.role === "Standby" && pair.region(region).isReturned(taken, it.uid),
		) ?? false
	);
}

it("takes everything over by local writes, and gives it back as standby", async () => {
	await pair.serving();
	await pair.createSides({ home: "west" }, ["east", "west"], "pay");
	await pair.untilRoles("Standby/0 Active/1", "pay");
	pair.at.east.plane.die();
	pair.allow("east", NOTHING);
	pair.allow("west", { ...NORMAL, peerRenews: false });
	await pair.clock.advance(12_000);
	expect(await pair.status("west")).toMatchObject({ role: "Standby" });
	pair.at.west.calls.length = 0;
	pair.allow("west", SOLE);
	await pair.clock.advance(3_000);
	expect(await pair.status("west")).toMatchObject({ role: "Active", epoch: 1 });
	expect(await pair.condition("west", "Gated")).toBe("True Gated");
	expect(writes("west").every((it) => it.to === "west")).toBe(true);
	await pair.until("pods", async () => (await pair.pods("west")) === 4);

	// It is back, and learns at its twin that it was taken.
	pair.at.east.plane.revive();
	expect(await isReady("east", "lease/1")).toBe(false);
	pair.allow("east", { ...NOTHING, taken: "lease/1" });
	await pair.untilRoles("Standby/2 Active/1");
	// Standby ones too, once.
	await pair.untilRoles("Standby/1 Active/1", "pay");
	for (let i = 0; i < 10; i++) {
		pair.region("east").reconsider();
		await pair.clock.advance(1_000);
	}
	expect(await pair.roles()).toBe("Standby/2 Active/1");
	expect(await pair.roles("pay")).toBe("Standby/1 Active/1");
	expect(await isReady("east", "lease/1")).toBe(true);
	expect(await isReady("east", "lease/2")).toBe(false);
	expect(await pair.pods("east")).toBe(0);

	pair.allow("west", NORMAL);
	pair.at.east.authority = NORMAL;
	pair.region("east").reconsider();
	await pair.clock.advance(30_000);
	expect(await pair.roles()).toBe("Standby/2 Active/1");
	expect(await isReady("east", "lease/1")).toBe(false);
});

/** Pods at their gates wait for the role alone. Cold, the first service would wait for the roles of all. */
it.each(["Warm", "Cold"] as const)(
	"taking over many %s services, in the order that lets the first pods start soonest",
	async (mode) => {
		const names = Array.from({ length: 40 }, (_, nth) => `many-${nth}`);
		for (const it of names) {
			const objects = [gated(deployment(it, 2)), autoscaler(2, it)];
			const spec = { standby: { mode }, objects };
			await pair.createSides(spec, ["west"], it);
		}
		await pair.clock.advance(5_000);
		pair.at.west.calls.length = 0;
		pair.allow("west", SOLE);
		await pair.clock.advance(10_000);
		for (const it of names)
			expect(await pair.status("west", it)).toMatchObject({ role: "Active" });
		const order = writes("west").map(({ resource, body }) =>
			resource.kind === "TwinSide" && JSON.stringify(body).includes('"Active"')
				? "role"
				: resource.kind,
		);
		const countBefore = (what: string, first: string) =>
			order.slice(0, order.indexOf(first)).filter((it) => it === what).length;
		for (const it of ["role", "Deployment", "HorizontalPodAutoscaler"])
			expect(order.filter((one) => one === it)).toHaveLength(40);
		// As many as have their turn at the same time may be on their way.
		const most = 40 - 16;
		const roles = countBefore("role", "Deployment");
		if (mode === "Warm") expect(roles).toBeGreaterThanOrEqual(most);
		else {
			expect(roles).toBeLessThanOrEqual(16);
			const workloads = countBefore("Deployment", "HorizontalPodAutoscaler");
			expect(workloads).toBeGreaterThanOrEqual(most);
		}
	},
);

it("writes a side again that was created since it was taken", async () => {
	await pair.createSides({}, ["east"]);
	await pair.clock.advance(1_000);
	pair.at.east.authority = { ...NOTHING, taken: "lease/1" };
	pair.region("east").reconsider();
	await pair.clock.advance(1_000);
	expect(await isReady("east", "lease/1")).toBe(true);
	await pair.deleteSide("east");
	await pair.createSides({}, ["east"]);
	expect(await isReady("east", "lease/1")).toBe(false);
	await pair.clock.advance(1_000);
	expect(await isReady("east", "lease/1")).toBe(true);
	expect((await pair.status("east")).epoch).toBe(1);
});

it("does not know its sides while its API server is dead", async () => {
	await pair.createSides({}, ["east"]);
	await pair.clock.advance(1_000);
	expect(await pair.region("east").readSides()).toMatchObject([
		{ key: "apps/shop", policy: "Exclusive", role: "Standby", epoch: 0 },
	]);
	pair.at.east.plane.die();
	const asked = pair.region("east").readSides();
	await pair.clock.advance(15_000);
	expect(await asked).toBeUndefined();
	pair.at.east.plane.revive();
});

it("takes over in the middle of a move, whatever was offered", async () => {
	await pair.serving();
	await pair.wish("east", "west");
	await pair.untilRoles("Standby/2 Standby/0");
	pair.at.west.plane.die();
	pair.allow("east", SOLE);
	await pair.until(
		"the start",
		async () => (await pair.status("east")).role === "Active",
	);
	expect(await pair.status("east")).toMatchObject({ epoch: 3 });
	expect(await pair.status("east")).not.toHaveProperty("offeredTo");
	expect(pair.region("east").offered().size).toBe(0);
	pair.at.west.plane.revive();
});

it("starts and stops nothing without proof, says so, and goes on with it", async () => {
	await pair.serving();
	pair.allow("east", NOTHING);
	await pair.deleteWorkload("east");
	await pair.clock.advance(FENCE_MS - 1_000);
	const ready = await pair.condition("east", "Ready");
	expect(ready).not.toContain("NoProof");
	await pair.clock.advance(1_000);
	pair.region("east").reconsider();
	await pair.clock.advance(20_000);
	expect(await pair.condition("east", "Ready")).toBe("False NoProof");
	expect(await pair.roles()).toBe("Active/1 Standby/0");
	expect(
		writes("east").filter((it) => it.resource.kind === "Deployment").length,
	).toBe(
		2, // created, and started
	);
	pair.allow("east", NORMAL);
	await pair.until("pods", async () => (await pair.pods("east")) === 2);
	await pair.until(
		"it to say so",
		async () => (await pair.condition("east", "Ready")) === "True Serving",
	);
});

it("tells nothing of a lapse that is shorter than F", async () => {
	await pair.serving();
	const before = writes("east").length;
	pair.allow("east", NOTHING);
	await pair.clock.advance(FENCE_MS - 1_000);
	pair.allow("east", NORMAL);
	await pair.clock.advance(10_000);
	expect(writes("east").length).toBe(before);
});

it("says that all pods have a gate when a side became Exclusive while active", async () => {
	const objects = [configMap("shop"), deployment("shop", 2)];
	await pair.createSides({ policy: "Manual", objects });
	await pair.wish("east", "east");
	await pair.untilRoles("Active/1 Standby/0");
	await pair.until("pods", async () => (await pair.pods("east")) === 2);
	await pair.patchSide("east", { policy: "Exclusive" });
	await pair.clock.advance(30_000);
	expect(await pair.condition("east", "Gated")).toBe("False Gating");
	const [map, web] = objects;
	if (!web) throw new Error("no workload");
	await pair.patchSide("east", { objects: [map, gated(web)], hash: "h2" });
	const since = pair.clock.now();
	await pair.until(
		"the gates",
		async () => (await pair.condition("east", "Gated")) === "True Gated",
	);
	expect(pair.clock.now() - since).toBeGreaterThanOrEqual(FENCE_MS);
	const lists = () =>
		pair.at.east.calls.filter((it) => it.resource.kind === "Pod").length;
	const before = lists();
	await pair.clock.advance(60_000);
	expect(lists()).toBe(before);
});
