/** The grants are kept at a third API server, a witness, on real control planes. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { access } from "../clusters/install.ts";
import {
	closeRun,
	type RealCluster,
	startCluster,
} from "../clusters/real/cluster.ts";
import { overlaps } from "./intervals.ts";
import { untilRole } from "./move.ts";
import {
	exclusive,
	FENCE_MS,
	NS,
	openPair,
	type Pair,
	untilCluster,
} from "./pair.ts";
import { apply, get, place, untilService, type World } from "./world.ts";

const GRANTS =
	"/apis/coordination.k8s.io/v1/namespaces/twin-operator-system/leases";
let witness: RealCluster;
let pair: Pair;
let world: World;

const flags = (cluster: RealCluster) => {
	const path = join(cluster.dir, "witness.kubeconfig");
	writeFileSync(path, cluster.kubeconfig, { mode: 0o600 });
	return ["--witness-kubeconfig", path];
};

beforeAll(async () => {
	witness = await startCluster({
		name: "witness",
		controllers: false,
		kwok: false,
	});
	// The operator's namespace, in which grants are kept.
	await apply(witness, ...access({}));
	pair = await openPair({
		reach: (who, place) =>
			who !== "hub" && place === "hub" ? witness.kubeconfig : undefined,
	});
	world = pair.world;
	await world.operator.stop();
	world.restartOperator(flags(witness));
	await place(world, NS, exclusive());
});
afterEach(() => {
	expect(overlaps(pair.intervals(), FENCE_MS)).toEqual([]);
});
afterAll(async () => {
	await pair?.stop();
	await witness?.stop();
	await closeRun();
});

const named = async (cluster: RealCluster): Promise<string[]> => {
	const found = await get<{ items: { metadata: { name: string } }[] }>(
		cluster,
		GRANTS,
	);
	return (found?.items ?? [])
		.map((it) => it.metadata.name)
		.filter((it) => it.startsWith("grant-"));
};

it("grants are at the witness and not at the hub, which sees them there", async () => {
	for (const it of ["north", "south"] as const) {
		await untilCluster(world, it, "GrantHeld", "GrantHeld");
		await untilCluster(world, it, "Independent", "Apart");
	}
	expect(await named(witness)).toEqual([
		"grant-north.south",
		"grant-south.north",
	]);
	expect(await named(world.hub)).toEqual([]);
});

it("hub and region are lost together, as on one site: the twin takes over all the same", async () => {
	await Promise.all([
		world.hub.kill(),
		world.operator.kill(),
		world.north.kill(),
		pair.agents.north.kill(),
	]);
	await untilRole(world.south, NS, "Active");
});

it("a witness that is a region's own cluster is found out", async () => {
	await Promise.all([world.hub.restart(), world.north.restart()]);
	pair.startAgent("north");
	world.restartOperator(flags(world.south));
	await untilCluster(world, "south", "Independent", "HubInRegion");
	await untilCluster(world, "north", "Independent", "Apart");
	await world.operator.stop();
	world.restartOperator(flags(witness));
	await untilService(
		world,
		NS,
		"the hub to learn who is active",
		(it) => it.status?.activeCluster === "south",
	);
});
