/**
 * Agents as processes of their own, in a region each. Everybody has the rights
 * that docs/install gives, and no more: certificates in the names of the
 * service accounts stand for their tokens.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crds, OPERATOR_NAMESPACE, yaml } from "../clusters/install.ts";
import { type Operator, startOperator } from "../clusters/operator.ts";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { operate, pods, roleIn } from "./move.ts";
import {
	apply,
	condition,
	get,
	isTrue,
	openWorld,
	pathOf,
	place,
	twinCluster,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

const NS = "shop";
let world: World;
const agents: Operator[] = [];

const account = (it: RealCluster, name: string) =>
	it.kubeconfigFor({
		user: `system:serviceaccount:${OPERATOR_NAMESPACE}:${name}`,
	});

/** Everything but the Deployment: the tests run its process themselves. */
const rights = (file: string) =>
	yaml(`docs/install/${file}.yaml`).filter((it) => it.kind !== "Deployment");

const agentOf = async (region: RealCluster): Promise<Operator> => {
	const agent = startOperator({
		command: "agent",
		kubeconfig: await account(region, "twin-operator-agent"),
		flags: ["--region", region.name],
	});
	agents.push(agent);
	return agent;
};

const untilAgent = (region: string, status: string) =>
	until(
		`AgentReady=${status} of ${region}`,
		async () => {
			const it = condition(await twinCluster(world, region), "AgentReady");
			if (it?.status === status) return it;
			throw new Error(JSON.stringify(it ?? null));
		},
		{ timeoutMs: 120_000, everyMs: 250 },
	);

beforeAll(async () => {
	world = await openWorld({
		agent: "External",
		withoutOperator: true,
		kubeconfigOf: (it) =>
			account(it, `twin-operator-${it.name === "hub" ? "hub" : "access"}`),
	});
	const { hub, north, south } = world;
	const sides = crds().filter((it) =>
		it.metadata.name?.startsWith("twinsides"),
	);
	for (const it of [north, south]) {
		await apply(it, ...sides, ...rights("region-external"));
	}
	await apply(hub, ...rights("hub"));
	world.restartOperator();
});
afterAll(async () => {
	await Promise.all(agents.map((it) => it.kill()));
	await world?.stop();
	await closeRun();
});

describe("agents in their regions", () => {
	let north: Operator;
	let south: Operator;

	it("without them nothing starts, and the hub says what is missing", async () => {
		await untilAgent("north", "False");
		await untilAgent("south", "False");
	});

	it("they say that they are there, and carry a service out", async () => {
		north = await agentOf(world.north);
		south = await agentOf(world.south);
		await untilAgent("north", "True");
		await untilAgent("south", "True");
		await place(world, NS);
		expect(await roleIn(world.north, NS)).toBe("Active 1");
		expect(await pods(world.north, NS)).toHaveLength(2);
	});

	it("drift is repaired while the hub is away", async () => {
		await world.operator.stop();
		const path = pathOf.configMap(NS, "web");
		await world.north.request("DELETE", path);
		await until("the ConfigMap to be there again", () =>
			get(world.north, path),
		);
		world.restartOperator();
		await untilPlaced(world, NS);
	});

	it("the hub itself may neither end a workload, nor read a Secret, nor change a role", async () => {
		const can = async (...what: string[]) => {
			const hub = `system:serviceaccount:${OPERATOR_NAMESPACE}:twin-operator-access`;
			const asked = ["auth", "can-i", ...what, "-n", NS, "--as", hub];
			// No is an exit code too.
			return (await world.north.kubectl(asked).catch(() => "no")).trim();
		};
		const sides = "twinsides.twin-operator.dev";
		expect(await can("patch", sides)).toBe("yes");
		expect(await can("patch", sides, "--subresource=status")).toBe("no");
		expect(await can("delete", "deployments.apps")).toBe("no");
		expect(await can("get", "secrets")).toBe("no");
	});

	it("switchover", async () => {
		const away = await operate(world, NS, "away", { to: "south" });
		expect(isTrue(away, "Complete"), JSON.stringify(away.status)).toBe(true);
		const back = await operate(world, NS, "back", { to: "north" });
		expect(isTrue(back, "Complete"), JSON.stringify(back.status)).toBe(true);
		await untilPlaced(world, NS);
		expect(await roleIn(world.north, NS)).toBe("Active 3");
	});

	it("the region burns: the other one's agent takes over", async () => {
		await Promise.all([world.north.kill(), north.kill()]);
		const { status } = await untilService(
			world,
			NS,
			"the service to be ready in south",
			(it) => it.status?.activeCluster === "south" && isTrue(it, "Available"),
		);
		expect(status?.lastTransition).toMatchObject({
			kind: "Failover",
			reason: "Unreachable",
		});
		expect(await pods(world.south, NS)).toHaveLength(2);
	});

	it("the region is back, its agent is not: AgentReady=False, and its side is as it was", async () => {
		await world.north.restart();
		await until("north to answer", async () =>
			isTrue(await twinCluster(world, "north"), "Reachable"),
		);
		const it = await untilAgent("north", "False");
		expect(it.reason).toBe("AgentMissing");
		expect(await roleIn(world.north, NS)).toBe("Active 3");
		const { status } = await untilService(
			world,
			NS,
			"the service to say so",
			(it) => condition(it, "Redundant")?.status === "False",
		);
		expect(status?.activeCluster).toBe("south");
	});

	it("the agent is back: the superseded side stands down", async () => {
		await agentOf(world.north);
		await untilAgent("north", "True");
		await untilPlaced(world, NS);
		expect(await roleIn(world.north, NS)).toBe("Standby 4");
		expect(await roleIn(world.south, NS)).toBe("Active 3");
		expect(await pods(world.north, NS)).toEqual([]);
	});

	it("SIGTERM ends an agent at once", async () => {
		const asked = performance.now();
		expect(await south.stop()).toBe(0);
		expect(performance.now() - asked).toBeLessThan(10_000);
	});
});
