/**
 * Policy Exclusive while links are cut, on clusters in network namespaces: the
 * gates of the old region hear no before those of the new one hear yes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
	closeRun,
	type Network,
	networkFault,
	startNetwork,
} from "../clusters/real/cluster.ts";
import { bothRan } from "./intervals.ts";
import { roleIn, untilRole } from "./move.ts";
import {
	exclusive,
	FENCE_MS,
	LASTING_MS,
	LOSS_MS,
	NS,
	openPair,
	type Pair,
	running,
	untilCluster,
	untilGranted,
} from "./pair.ts";
import { neverTwo, nothingMoves } from "./standstill.ts";
import {
	apply,
	namespace,
	place,
	type Region,
	service,
	untilPlaced,
	type World,
} from "./world.ts";

const everywhere = process.env.CI === "true";
const fault = networkFault();

describe.skipIf(fault !== undefined && !everywhere)("links are cut", () => {
	let network: Network;
	let pair: Pair;
	let world: World;

	beforeAll(async () => {
		network = await startNetwork();
		pair = await openPair({ network });
		world = pair.world;
		await place(world, NS, exclusive());
	});
	afterEach(() => {
		network.healAll();
		neverTwo(pair);
	});
	afterAll(async () => {
		await pair?.stop();
		await closeRun();
	});

	it("the region from the hub only: nothing moves", async () => {
		await untilGranted(world);
		await nothingMoves(pair, "north", async () => {
			network.cut("north", "hub");
			await untilCluster(world, "north", "GrantHeld", "GrantNotRenewed");
			await sleep(LASTING_MS);
			network.heal("north", "hub");
			await untilCluster(world, "north", "GrantHeld", "GrantHeld");
		});
	});

	it("the regions from each other only: nothing moves", async () => {
		await nothingMoves(pair, "north", async () => {
			network.cut("north", "south");
			await sleep(LASTING_MS);
			network.heal("north", "south");
			await untilPlaced(world, NS);
		});
	});

	it("the region from everybody: its gates are closed before the others open", async () => {
		const since = performance.now();
		network.cut("north", "hub");
		network.cut("north", "south");
		await untilRole(world.south, NS, "Active");
		expect(await roleIn(world.north, NS), "nobody reaches it").toBe("Active 1");
		await sleep(1_000);
		const { questions } = pair;
		const north = questions.since(since, "north");
		const lastYes = north.findLast((it) => it.answer === "yes");
		const firstNo = north.find((it) => it.answer === "no");
		const firstYes = questions
			.since(since, "south")
			.find((it) => it.answer === "yes");
		if (!lastYes || !firstNo || !firstYes) throw new Error("nothing was said");
		expect(lastYes.sentMs).toBeLessThan(firstNo.receivedMs);
		expect(firstYes.receivedMs - lastYes.sentMs).toBeGreaterThan(FENCE_MS);
		expect(firstYes.receivedMs - since).toBeGreaterThan(LOSS_MS - 3_000);
		expect(north.at(-1)?.answer).toBe("no");
	});

	it("healed: it stands by, its grant comes back, and nothing moves back", async () => {
		await nothingMovesIn("south", async () => {
			await untilRole(world.north, NS, "Standby");
			await untilCluster(world, "north", "GrantHeld", "GrantHeld");
			await untilPlaced(world, NS);
		});
		expect((await service(world, NS))?.status?.activeCluster).toBe("south");
	});

	/** As above, where the other region has something to put right. */
	async function nothingMovesIn(
		active: Region,
		during: () => Promise<unknown>,
	): Promise<void> {
		const before = (await running(world))[active];
		const since = performance.now();
		await during();
		expect((await running(world))[active]).toEqual(before);
		const said = pair.questions.since(since, active);
		expect(said.filter((it) => it.answer === "no")).toEqual([]);
	}

	it("the hub is lost, and then built anew from nothing: nothing moves", async () => {
		await nothingMoves(pair, "south", async () => {
			await Promise.all([world.hub.kill(), world.operator.kill()]);
			await sleep(LASTING_MS);
			world.hub.wipeEtcd();
			await world.hub.restart();
			await world.install();
			await apply(world.hub, namespace(NS), exclusive());
			world.restartOperator();
			await untilPlaced(world, NS);
			await untilCluster(world, "north", "GrantHeld", "GrantHeld");
			await untilCluster(world, "south", "GrantHeld", "GrantHeld");
		});
		expect((await service(world, NS))?.status?.activeCluster).toBe("south");
	});

	it.each([
		["frozen", () => world.south.pause(), async () => world.south.resume()],
		["killed", () => world.south.kill(), () => world.south.restart()],
	])(
		"the active region's API server alone is %s: nothing moves",
		async (_, begin, end) => {
			await nothingMoves(pair, "south", async () => {
				await begin();
				await sleep(LASTING_MS);
				await end();
				await untilCluster(world, "south", "GrantHeld", "GrantHeld");
				await untilPlaced(world, NS);
			});
		},
	);

	it("links flap: never two, and all is well when they hold", async () => {
		const until = performance.now() + 20_000;
		const flaps = [
			() => network.cut("south", "hub"),
			() => network.cutOneWay("south", "north"),
			() => network.cut("north", "south", "reject"),
			() => network.cutOneWay("hub", "south"),
		];
		for (let nth = 0; performance.now() < until; nth += 1) {
			flaps[nth % flaps.length]?.();
			await sleep(600);
			network.healAll();
			await sleep(300);
		}
		await untilGranted(world);
		await untilPlaced(world, NS);
	});

	it("all that was compared: both regions ran it", () => {
		bothRan(pair.intervals());
	});
});
