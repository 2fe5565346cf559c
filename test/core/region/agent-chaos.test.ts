/** The agent under faults, and with many sides at once, over an embedded control plane. */
import { afterEach, expect, it } from "vitest";
import { POD, TWIN_SIDE } from "../../../src/api/kind.ts";
import { seeded } from "../../clusters/embedded/seed.ts";
import { configMap, deployment, SEVEN } from "./fixture.ts";
import { CONFIG_MAP, DEPLOYMENT } from "./kinds.ts";
import { World } from "./world.ts";

let world: World;
afterEach(() => world.stop());

interface Status {
	role: string;
	epoch: number;
	podsGoneEpoch?: number;
	hash?: string;
}
const status = async (name = "shop"): Promise<Status> => {
	const side = await world.get(TWIN_SIDE, name);
	return side?.status as unknown as Status;
};

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
	"ends right after lost requests, lost answers, slow links and restarts (seed %i)",
	async (seed) => {
		const random = seeded(seed * 7_919);
		world = await World.start();
		await world.createSide({ objects: SEVEN });
		let hash = 1;
		for (let round = 0; round < 25; round++) {
			world.link.loseRequests = random.next() * 0.3;
			world.link.loseAnswers = random.next() * 0.3;
			world.link.jitterMs = random.below(3_000);
			const act = random.below(7);
			const { role, epoch } = await status();
			if (act === 0)
				await world.wish(role === "Active" ? "west" : "east", epoch);
			if (act === 1) {
				hash += 1;
				const data = { colour: `${hash}`, [`key${hash}`]: "x" };
				const objects = [configMap("settings", data), ...SEVEN.slice(2)];
				await world.patchSide({
					objects: hash % 2 ? [SEVEN[0], ...objects] : objects,
					hash: `h${hash}`,
				});
			}
			if (act === 2) world.plane.breakWatches();
			if (act === 3) {
				await world.admin.request({
					verb: "delete",
					resource: CONFIG_MAP,
					namespace: "apps",
					name: "settings",
					timeoutMs: 1_000,
				});
			}
			// Only where pods may run: on a standby side this would start some.
			if (act === 4 && role === "Active") {
				await world.admin.request({
					verb: "merge",
					resource: DEPLOYMENT,
					namespace: "apps",
					name: "web",
					body: { spec: { replicas: random.below(5) } },
					timeoutMs: 1_000,
				});
			}
			if (act === 5) await world.restart();
			const before = await status();
			await world.clock.advance(random.below(8_000));
			const after = await status();
			// A role moves with its epoch, one step for one wish.
			expect(after.epoch - before.epoch).toBe(
				after.role === before.role ? 0 : 1,
			);
			// What says that its pods are gone tells the truth.
			const pods = (await world.list(POD)).filter(
				(it) => it.metadata.labels?.app === "web",
			);
			if (before.podsGoneEpoch === after.epoch) {
				expect(pods).toEqual([]);
			}
		}
		world.link.loseRequests = 0;
		world.link.loseAnswers = 0;
		world.link.jitterMs = 0;
		await world.clock.advance(120_000);
		const { role, hash: applied } = await status();
		expect(applied).toBe(`h${hash}`);
		expect(await world.condition("Applied")).toBe("True Applied");
		expect(await world.condition("Ready")).toBe(
			role === "Active" ? "True Serving" : "True StandingBy",
		);
		const settings = await world.get(CONFIG_MAP, "settings");
		const keys = hash === 1 ? ["colour"] : ["colour", `key${hash}`];
		expect(Object.keys(settings?.data as object).sort()).toEqual(keys);
		world.calls.length = 0;
		await world.clock.advance(60_000);
		expect(world.writes()).toEqual([]);
	},
);

it("moves many sides at once, roles first, in few requests", async () => {
	world = await World.start();
	const names = Array.from({ length: 60 }, (_, at) => `shop-${at}`);
	for (const name of names) {
		await world.createSide(
			{ objects: [deployment(name, 1), configMap(name)] },
			name,
		);
	}
	await world.clock.advance(20_000);
	world.calls.length = 0;
	world.link.latencyMs = 20;
	// Routine for all, and in the middle of it a move of all.
	for (const name of names) {
		await world.patchSide(
			{
				objects: [deployment(name, 1), configMap(name, { colour: "red" })],
				hash: "h2",
			},
			name,
		);
		await world.patchSide({ wish: { to: "east", ifEpoch: 0 } }, name);
	}
	const moved = await world.clock.advanceUntil(
		() =>
			world.calls.filter(
				(it) =>
					it.verb === "merge" && JSON.stringify(it.body).includes("Active"),
			).length === names.length,
		60_000,
	);
	expect(moved).toBe(true);
	await world.clock.advance(60_000);
	for (const name of names) {
		expect(await status(name)).toMatchObject({
			role: "Active",
			epoch: 1,
			hash: "h2",
			ready: 1,
		});
	}
	// GET, role, migration and two applies, and at most three of status.
	expect(world.calls.length / names.length).toBeLessThanOrEqual(8.5);
});

it("changes a role before routine that came first", async () => {
	world = await World.start();
	const names = Array.from({ length: 60 }, (_, at) => `shop-${at}`);
	for (const name of names) {
		await world.createSide({ objects: [configMap(name)] }, name);
	}
	await world.clock.advance(20_000);
	world.link.latencyMs = 50;
	world.calls.length = 0;
	for (const name of names) {
		const objects = [configMap(name, { colour: "red" })];
		await world.patchSide({ objects, hash: "h2" }, name);
	}
	await world.patchSide({ wish: { to: "east", ifEpoch: 0 } }, "shop-59");
	const isRole = (body: unknown) => JSON.stringify(body).includes("Active");
	await world.clock.advanceUntil(
		() => world.calls.some((it) => it.verb === "merge" && isRole(it.body)),
		60_000,
	);
	const applied = world.calls.filter((it) => it.verb === "apply");
	expect(applied.length).toBeLessThan(40);
	await world.clock.advance(30_000);
	expect(await status("shop-59")).toMatchObject({ role: "Active", hash: "h2" });
});

it.each([
	["by itself", false, 45_000],
	["at once when it is told", true, 6_000],
])("goes on after a silence, %s", async (_, told, ms) => {
	world = await World.start();
	await world.active({ objects: SEVEN });
	world.link.cut();
	await world.clock.advance(300_000);
	await world.wish("west", 1);
	world.link.mend();
	if (told) world.region?.nudge();
	await world.clock.advance(ms);
	expect(await status()).toMatchObject({
		role: "Standby",
		epoch: 2,
		podsGoneEpoch: 2,
	});
});
