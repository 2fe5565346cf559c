/** The hub installs agents, in virtual time: what it waits for, what it leaves alone, and what a dead hub leaves behind. */
import { describe, expect, it } from "vitest";
import {
	type Resource,
	SECRET,
	SERVICE_ACCOUNT,
	TWIN_CLUSTER,
} from "../../../src/api/kind.ts";
import { ManagedWorld } from "./managed-world.ts";
import { DEPLOYMENT, REGIONS, type RegionName, said } from "./objects.ts";

const AGENTS = ["twin-operator-agent", "twin-operator-agent-1"];
const SECRETS = ["twin-kubeconfig", "witness-kubeconfig"];

async function namesOf(
	world: ManagedWorld,
	region: RegionName,
	resource: Resource,
): Promise<string[]> {
	const all = await world.list(region, resource);
	return all.map((it) => it.metadata.name ?? "").sort();
}

const isComplete = async (world: ManagedWorld): Promise<boolean> => {
	for (const region of REGIONS)
		if ((await namesOf(world, region, DEPLOYMENT)).length < 2) return false;
	return true;
};
const agentReady = async (world: ManagedWorld, region: RegionName) => {
	const status = (await world.cluster(region))?.status as never;
	return said(
		(status as { conditions: [] } | undefined)?.conditions,
		"AgentReady",
	);
};

describe("a hub that installs agents", () => {
	it("puts accounts, credentials and both replicas into both regions, and is at rest then", async () => {
		const world = await ManagedWorld.start({
			north: "Managed",
			south: "Managed",
		});
		await world.until("both agents", () => isComplete(world));
		for (const region of REGIONS) {
			expect(await namesOf(world, region, DEPLOYMENT)).toEqual(AGENTS);
			expect(await namesOf(world, region, SECRET)).toEqual(SECRETS);
		}
		expect(world.tokens.toSorted()).toEqual([
			"hub twin-operator-witness-north",
			"hub twin-operator-witness-south",
			"north twin-operator-twin",
			"south twin-operator-twin",
		]);
		await world.clock.advance(10_000);
		world.writes.length = 0;
		await world.clock.advance(300_000);
		expect(world.writes.filter((it) => !it.startsWith("hub "))).toEqual([]);
		expect(world.log.join("\n")).not.toContain("the-token");
	});

	it.each([1, 4, 9, 17, 22, 29, 31, 33, 35])(
		"killed after %d writes: the next one goes on, and makes nothing twice that is there",
		async (writes) => {
			const world = new ManagedWorld();
			world.dieAfter = writes;
			await world.open({ north: "Managed", south: "Managed" });
			await world.clock.advance(30_000);
			expect(await isComplete(world)).toBe(false);
			const { length } = world.tokens;
			world.dieAfter = Number.POSITIVE_INFINITY;
			world.startHub();
			await world.until("both agents", () => isComplete(world));
			// The token of a Secret that was not written is asked for once more.
			expect(world.tokens.length).toBeLessThanOrEqual(5);
			expect(world.tokens.length).toBeGreaterThanOrEqual(Math.max(4, length));
		},
	);

	it("while a region is silent, nothing of it is guessed; when it is back, it goes on", async () => {
		const world = new ManagedWorld();
		await world.open({ north: "Managed", south: "Managed" }, () =>
			world.links.south.cut(),
		);
		await world.clock.advance(60_000);
		// Its own part, and no credentials for a place that nobody has seen.
		expect(await namesOf(world, "north", SERVICE_ACCOUNT)).toContain(
			"twin-operator-twin",
		);
		expect(await namesOf(world, "north", DEPLOYMENT)).toEqual([]);
		expect(world.tokens).toEqual([]);
		world.links.south.mend();
		await world.until("both agents", () => isComplete(world));
	});

	it.each([
		["External", "False WaitingForTwin"],
		["None", "False WaitingForTwin"],
	] as const)("touches nothing while the twin is %s", async (agent, words) => {
		const world = await ManagedWorld.start({ north: "Managed", south: agent });
		await world.until("it to say so", async () => {
			return (await agentReady(world, "north")) === words;
		});
		for (const region of REGIONS)
			expect(await namesOf(world, region, SERVICE_ACCOUNT)).toEqual([]);
	});

	it("says what it was not given", async () => {
		const world = new ManagedWorld();
		world.kit = false;
		await world.open({ north: "Managed", south: "Managed" });
		await world.until("it to say so", async () => {
			return (await agentReady(world, "north")) === "False InstallRefused";
		});
		for (const region of REGIONS)
			expect(await namesOf(world, region, SERVICE_ACCOUNT)).toEqual([]);
	});

	it("leaves the agent of another hub alone, and says whose it is", async () => {
		const world = await ManagedWorld.start({
			north: "Managed",
			south: "Managed",
		});
		await world.until("both agents", () => isComplete(world));
		await world.clock.advance(10_000);
		world.killHub();
		world.installation = "another";
		world.writes.length = 0;
		world.startHub();
		await world.clock.advance(60_000);
		expect(await agentReady(world, "north")).toBe("False InstallRefused");
		expect(world.log.join("\n")).toContain(
			"the agent in north is that of installation default",
		);
		const written = world.writes.filter((it) => !it.startsWith("hub "));
		expect(written.filter((it) => it.includes("Deployment"))).toEqual([]);
	});

	it("a TwinCluster that goes leaves the agent: nothing is deleted, nothing put back", async () => {
		const world = await ManagedWorld.start({
			north: "Managed",
			south: "Managed",
		});
		await world.until("both agents", () => isComplete(world));
		await world.person.hub.request({
			verb: "delete",
			resource: TWIN_CLUSTER,
			name: "south",
			body: {},
			timeoutMs: 1_000,
		});
		await world.clock.advance(200_000);
		expect(await isComplete(world)).toBe(true);
		expect(world.writes.filter((it) => it.includes("delete"))).toEqual([]);
	});
});
