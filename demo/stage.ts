/** Three control planes, the operator on the hub and an agent in each region, up and ready; and how all of it is taken down again. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../src/adapters/clock.ts";
import { connectTrusted } from "../src/adapters/trusted.ts";
import type { Api } from "../src/shell/port.ts";
import type { TestCluster } from "../test/clusters/cluster.ts";
import { type Operator, startOperator } from "../test/clusters/operator.ts";
import { freePort } from "../test/clusters/real/port.ts";
import { installHub, installRegion } from "./install.ts";
import { say } from "./screen.ts";

export const REGIONS = ["north", "south"] as const;
export type RegionName = (typeof REGIONS)[number];

/** A site: its cluster, and the agent that runs in it. */
export interface Region {
	readonly cluster: TestCluster;
	/** Of the process that runs now, or ran last. */
	log(): readonly string[];
	/** Fire: the cluster and the agent end at once, without last words. */
	burn(): Promise<void>;
	/** Both again, with everything that the cluster had stored. */
	rebuild(): Promise<void>;
}

export interface Stage {
	readonly hub: TestCluster;
	readonly regions: Readonly<Record<RegionName, Region>>;
	/** The hub, as a user of the demo sees it. */
	readonly api: Api;
	readonly operator: Operator;
	/** Of the operator and of the agents: `127.0.0.1:PORT` with /metrics. */
	readonly metrics: readonly string[];
	/** Where the kubeconfigs lie: `hub.kubeconfig`, and one for each region. */
	readonly dir: string;
	close(): Promise<void>;
}

/** Of the gate: nothing pulls it here, the pods of these clusters are played. */
const GATE_IMAGE = `busybox@sha256:${"0".repeat(64)}`;

export async function openStage(real: boolean): Promise<Stage> {
	say(
		real
			? "starting three real control planes: hub, north, south"
			: "starting three embedded control planes: hub, north, south (--real for real ones)",
	);
	const dir = mkdtempSync(join(tmpdir(), "twin-operator-demo-"));
	const ends: (() => unknown)[] = [
		() => rmSync(dir, { recursive: true, force: true }),
	];
	const close = async () => {
		for (const end of ends.splice(0).reverse()) await end();
	};
	try {
		const names = ["hub", ...REGIONS];
		const clusters = await Promise.all(names.map((it) => start(it, real)));
		ends.push(() => Promise.all(clusters.map((it) => it.stop())));
		const [hub, north, south] = clusters;
		if (!hub || !north || !south) throw new Error("a cluster is missing");
		for (const it of clusters) {
			say(`  ${it.name.padEnd(5)} answers on ${it.url}`);
			const path = join(dir, `${it.name}.kubeconfig`);
			writeFileSync(path, it.kubeconfig, { mode: 0o600 });
		}
		const api = connectTrusted(hub.kubeconfig, systemClock);
		ends.push(() => api.close());
		await installHub(api, { north, south });
		await Promise.all([north, south].map(installRegion));
		say(
			"installed: CRDs, the operator's namespaces, and on the hub a kubeconfig of each region",
		);
		const [hubPort, northPort, southPort] = [
			await freePort(),
			await freePort(),
			await freePort(),
		];
		const operator = startOperator({
			command: "hub",
			kubeconfig: hub.kubeconfig,
			httpPort: hubPort,
			flags: ["--profile", "Fast", "--failure-domain", "data-centre-hub"],
		});
		ends.push(() => operator.stop());
		const regions = {
			north: await openRegion(north, "south", dir, northPort),
			south: await openRegion(south, "north", dir, southPort),
		};
		ends.push(() => Promise.all(Object.values(regions).map((it) => it.end())));
		say(
			"started, each a process of its own: the operator on the hub, an agent in north, an agent in south",
		);
		const metrics = [hubPort, northPort, southPort].map(
			(it) => `127.0.0.1:${it}`,
		);
		return { hub, regions, api, operator, metrics, dir, close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function start(name: string, real: boolean): Promise<TestCluster> {
	if (real)
		return (await import("../test/clusters/real/cluster.ts")).startCluster({
			name,
		});
	const { startEmbedded } = await import(
		"../test/clusters/embedded/cluster.ts"
	);
	return startEmbedded({ name, askAgent });
}

/** What the script in the pod's gate does with wget. */
const askAgent = (url: string): Promise<boolean> =>
	fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
		async (it) => (await it.text()).startsWith("yes"),
		() => false,
	);

async function openRegion(
	cluster: TestCluster,
	twin: string,
	dir: string,
	httpPort: number,
): Promise<Region & { end(): Promise<unknown> }> {
	const gatePort = String(await freePort());
	const startAgent = () =>
		startOperator({
			command: "agent",
			kubeconfig: cluster.kubeconfig,
			httpPort,
			flags: [
				...["--region", cluster.name, "--profile", "Fast", "--twin", twin],
				...["--twin-kubeconfig", join(dir, `${twin}.kubeconfig`)],
				...["--witness-kubeconfig", join(dir, "hub.kubeconfig")],
				...["--gate-image", GATE_IMAGE, "--gate-port", gatePort],
				...["--gate-addresses", `127.0.0.1:${gatePort}`],
			],
		});
	let agent = startAgent();
	return {
		cluster,
		log: () => agent.lines,
		burn: async () => {
			await Promise.all([agent.kill(), cluster.die()]);
		},
		rebuild: async () => {
			await cluster.revive();
			agent = startAgent();
		},
		end: () => agent.stop(),
	};
}
