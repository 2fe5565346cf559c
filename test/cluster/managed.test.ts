/**
 * Agents that the hub installs and upgrades (spec.agent Managed), on real control
 * planes: the hub runs as docs/install/hub-managed.yaml says, the regions are
 * registered by `kubectl twin register`, and the agents' processes run as the
 * Deployments say that the hub has written, with their accounts, rights and
 * mounts. Pods of services are kwok's.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { OPERATOR_NAMESPACE as OPS } from "../clusters/install.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { mountFault } from "../clusters/real/process/container.ts";
import { until } from "../clusters/wait.ts";
import { AGENTS, type Installed, openInstalled, REGIONS } from "./managed.ts";
import { exclusive, NS, running, untilCluster } from "./pair.ts";
import { twinOf } from "./pair-options.ts";
import {
	condition,
	get,
	place,
	type Region,
	twinCluster,
	untilPlaced,
	type World,
} from "./world.ts";

const fault = mountFault();
const ACCESS =
	"/apis/rbac.authorization.k8s.io/v1/clusterroles/twin-operator-access";
const MERGE = "application/merge-patch+json";

let installed: Installed;
let world: World;
/** What runs of the service, which nothing here touches. */
let before: unknown;

interface Role extends KubeObject {
	readonly rules: readonly { readonly resources: readonly string[] }[];
}

/** Of both Deployments. */
const images = (tag: string) => AGENTS.map(() => `twin-operator:${tag}`);

/** Takes the rules away in which a resource stands, and answers with how to give them back. */
async function takeRight(region: Region, resource: string) {
	const cluster = world[region];
	const rules = (await get<Role>(cluster, ACCESS))?.rules ?? [];
	const left = rules.filter((it) => !it.resources.includes(resource));
	expect(left.length).toBeLessThan(rules.length);
	await cluster.request("PATCH", ACCESS, { rules: left }, MERGE);
	return () => cluster.request("PATCH", ACCESS, { rules }, MERGE);
}

/** `sub` of the token that is kept. */
async function accountIn(region: Region, secret: string): Promise<string> {
	const it = await installed.secretIn(region, secret);
	const text = Buffer.from(it?.data.kubeconfig ?? "", "base64").toString();
	const { users } = JSON.parse(text) as {
		users: [{ user: { token: string } }];
	};
	const [, claims = ""] = users[0].user.token.split(".");
	return JSON.parse(Buffer.from(claims, "base64url").toString()).sub;
}

describe.skipIf(fault !== undefined)("agents that the hub installs", () => {
	beforeAll(async () => {
		installed = await openInstalled();
		({ world } = installed);
	});
	afterAll(async () => {
		await installed?.stop();
		await closeRun();
	});

	it("one command for each region is all that it takes", async () => {
		const register = (region: Region) =>
			installed.person.twin([
				...["register", region, "--kubeconfig-of", region],
				...["--server", world[region].url, "--agent", "Managed"],
				...["--failure-domain", `site-${region}`],
			]);
		const first = await register("north");
		expect(`${first.err}${first.out}`).toContain(
			"Next: register the other region",
		);
		expect(first.code).toBe(0);
		const second = await register("south");
		expect(`${second.err}${second.out}`).toMatch(
			/south is ready, after [\d.]+ s/,
		);
		await installed.untilAtWork();
		for (const region of REGIONS) {
			expect(await installed.imagesIn(region)).toEqual(images("0.1.0"));
			const it = await twinCluster(world, region);
			expect(it?.status?.agentVersion).toBe("0.1.0");
		}
	});

	it("an Exclusive service is placed, and could be taken over", async () => {
		await place(world, NS, exclusive());
		for (const region of REGIONS)
			await untilCluster(world, region, "Fencing", "Pod");
		before = await running(world);
	});

	it("each agent has its own account at each place, and renews its tokens by itself", async () => {
		const account = `system:serviceaccount:${OPS}:twin-operator`;
		for (const region of REGIONS) {
			expect(await accountIn(region, "twin-kubeconfig")).toBe(
				`${account}-twin`,
			);
			expect(await accountIn(region, "witness-kubeconfig")).toBe(
				`${account}-witness-${region}`,
			);
			for (const place of ["hub", twinOf(region)])
				await until(`the token of ${region} for ${place}`, () =>
					[...installed.nodes[region].running.values()]
						.flatMap((it) => it.lines)
						.some((it) => it.includes(`the token for ${place} was renewed`)),
				);
		}
	});

	it("at rest the hub looks, and writes nothing", async () => {
		const written = () => REGIONS.map((it) => installed.writesIn(it));
		const settled = written();
		for (const it of settled) expect(it.length).toBeGreaterThan(20);
		await installed.untilLooked();
		await installed.untilLooked();
		expect(written()).toEqual(settled);
	});

	it("a Secret that is lost is made again, and a change by hand undone", async () => {
		const kept = () => installed.secretIn("north", "twin-kubeconfig");
		const old = await kept();
		const lost = ["delete", "secret", "twin-kubeconfig", "-n", OPS];
		await world.north.kubectl(lost);
		const idle = ["deployment", AGENTS[1], "-n", OPS, "--replicas=0"];
		await world.south.kubectl(["scale", ...idle]);
		await installed.untilLooked();
		await until("the Secret", async () => {
			const uid = (await kept())?.metadata.uid;
			return uid !== undefined && uid !== old?.metadata.uid;
		});
		const { running: inSouth } = installed.nodes.south;
		await until("the second replica in south", () =>
			[...inSouth.keys()].some((it) => it.startsWith(`${AGENTS[1]}-`)),
		);
		await installed.untilAtWork();
		expect(await running(world)).toEqual(before);
	});

	it("an upgrade: the hub first, then one region, and the other when that is well again", async () => {
		const { north } = installed.nodes;
		north.hold();
		await installed.installHub("0.2.0");
		await untilCluster(world, "north", "AgentReady", "Upgrading");
		await until("south to wait for the pods of north", async () => {
			const it = condition(await twinCluster(world, "south"), "AgentReady");
			const waits = it?.status === "True" && it.reason === "WaitingForTwin";
			// Before, it waits for north to be written.
			if (waits && it.message.includes("in north, Deployment/twin-operator-"))
				return true;
			throw new Error(JSON.stringify(it ?? null));
		});
		expect(await installed.imagesIn("north")).toEqual(images("0.2.0"));
		// However often it looks.
		await installed.untilLooked();
		await installed.untilLooked();
		expect(await installed.imagesIn("south")).toEqual(images("0.1.0"));
		north.release();
		await until(
			"the upgrade of south",
			async () =>
				`${await installed.imagesIn("south")}` === `${images("0.2.0")}`,
			{ timeoutMs: 120_000 },
		);
		await installed.untilAtWork();
		await untilPlaced(world, NS);
		expect(await running(world)).toEqual(before);
	});

	it("a right that was taken is named, with who gives it; what runs goes on", async () => {
		const giveBack = await takeRight("north", "clusterroles");
		await installed.touch();
		const refused = ["north", "AgentReady", "InstallRefused"] as const;
		const said = await untilCluster(world, ...refused);
		expect(said.status).toBe("False");
		expect(said.message).toMatch(
			/ClusterRole twin-operator-agent cannot be read: .*cannot get resource "clusterroles".*What runs in north goes on.*kubectl twin register north --agent Managed/,
		);
		await untilCluster(world, "north", "GrantHeld", "GrantHeld");
		await giveBack();
		await installed.untilAtWork();
		expect(await running(world)).toEqual(before);
	});

	it("what the hub gives it has to have: without it nothing is given, and it says what", async () => {
		const giveBack = await takeRight("south", "jobs");
		await world.south.kubectl(["delete", "clusterrole", "twin-operator-agent"]);
		await installed.touch();
		const refused = ["south", "AgentReady", "InstallRefused"] as const;
		const said = await untilCluster(world, ...refused);
		expect(said.message).toMatch(
			/ClusterRole twin-operator-agent cannot be applied in south: .*grant RBAC permissions not currently held.*jobs/s,
		);
		await giveBack();
		await installed.untilAtWork();
		expect(await running(world)).toEqual(before);
	});

	it("in other hands the agents stay as they are", async () => {
		const uids = () => Promise.all(REGIONS.map((it) => installed.uidsIn(it)));
		const there = await uids();
		expect(there.flat()).not.toContain(undefined);
		const external = JSON.stringify({ spec: { agent: "External" } });
		for (const region of REGIONS)
			await world.hub.kubectl([
				...["patch", "twincluster", region],
				...["--type=merge", "-p", external],
			]);
		for (const region of REGIONS)
			await until(`${region} to be External`, async () => {
				const it = await twinCluster(world, region);
				const ready = condition(it, "AgentReady");
				const isNew = ready?.observedGeneration === it?.metadata?.generation;
				return isNew && ready?.reason === "AgentAtWork";
			});
		expect(await uids()).toEqual(there);
		await untilPlaced(world, NS);
		expect(await running(world)).toEqual(before);
	});

	it("no log has a token in it", () => {
		const all = Object.values(installed.nodes).flatMap((it) => it.all);
		const lines = all.flatMap((it) => it.lines);
		expect(lines.some((it) => it.includes("was given credentials"))).toBe(true);
		expect(lines.join("\n")).not.toMatch(/eyJ[\w-]{20}/);
	});
});
