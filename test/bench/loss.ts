/**
 * A region with N Exclusive services dies: when has its twin taken the grant,
 * when is the first service active there, when the last? And what do the
 * grants cost at rest.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "../../src/api/object.ts";
import type { TwinSide } from "../../src/api/types.ts";
import { PROFILES } from "../../src/core/profile.ts";
import { type Operator, startOperator } from "../clusters/operator.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { freePort } from "../clusters/real/port.ts";
import type { StandbyMode } from "./load.ts";
import { BUILT, NAMESPACE, placeAll, REST_MS, WIDTH } from "./measure.ts";
import { connect, type Raw } from "./raw.ts";
import {
	difference,
	type PerCluster,
	quiet,
	scrapeAll,
	scrapeLeaseWrites,
} from "./scrape.ts";
import { usage } from "./usage.ts";

const PROFILE = PROFILES.Fast;

export interface Loss {
	readonly mode: StandbyMode;
	/** From the kill of the region, its agent included. */
	readonly takenSeconds: number;
	readonly firstSeconds: number;
	readonly lastSeconds: number;
	/** From the loss until nothing is written any more, by cluster and resource. */
	readonly writes: PerCluster;
	readonly leaseWritesPerPeriod: number;
	/** Percent of one core. */
	readonly cpuAtRest: { readonly hub: number; readonly agent: number };
	readonly agentResidentBytes: number;
}

export async function measureLoss(
	[hub, north, south]: readonly [RealCluster, RealCluster, RealCluster],
	mode: StandbyMode,
	services: number,
): Promise<Loss> {
	const raws = Object.fromEntries(
		[hub, north, south].map((it) => [it.name, connect(it.kubeconfig, WIDTH)]),
	);
	const at = (it: RealCluster) => raws[it.name] as Raw;
	await at(hub).send("POST", "/api/v1/namespaces", {
		metadata: { name: NAMESPACE },
	});
	for (const it of [north, south]) await addNode(at(it));
	let takenMs: number | undefined;
	const agents = [
		await startAgent({ own: north, twin: south, hub }),
		await startAgent({ own: south, twin: north, hub }, (line) => {
			if (line.includes("has taken the grant of north"))
				takenMs ??= performance.now();
		}),
	];
	const operator = startOperator({
		command: "hub",
		kubeconfig: hub.kubeconfig,
		main: BUILT,
		flags: ["--profile", "Fast"],
	});
	try {
		await placeAll(at(hub), services, mode);
		await quiet(raws);
		console.log(`loss: ${services} ${mode} services placed; resting`);
		const rest = await atRest(raws, operator, agents);
		const before = await scrapeAll(raws);
		const seen = watchActive(at(south), mode);
		const from = performance.now();
		delete raws[north.name];
		await Promise.all([north.die(), agents[0]?.kill()]);
		while (seen.active.size < services) await sleep(50);
		await quiet(raws);
		const after = await scrapeAll(raws);
		const times = [...seen.active.values()];
		const since = (ms: number) => (ms - from) / 1_000;
		return {
			mode,
			takenSeconds: since(takenMs ?? Number.NaN),
			firstSeconds: since(Math.min(...times)),
			lastSeconds: since(Math.max(...times)),
			writes: difference(before, after),
			...rest,
		};
	} finally {
		await Promise.all([operator, ...agents].map((it) => it.kill()));
		for (const it of Object.values(raws)) it.close();
	}
}

/** By name: when it could run. Cold, its workload has to be scaled up for that. */
function watchActive(raw: Raw, mode: StandbyMode) {
	const active = new Map<string, number>();
	const roles = new Set<string>();
	const scaled = new Set<string>();
	const look = (name: string) => {
		if (active.has(name) || !roles.has(name)) return;
		if (mode === "Warm" || scaled.has(name))
			active.set(name, performance.now());
	};
	const nameOf = (it: KubeObject) => it.metadata.name ?? "";
	raw.watch(
		`/apis/twin-operator.dev/v1alpha1/namespaces/${NAMESPACE}/twinsides`,
		(it) => {
			if ((it as TwinSide).status?.role !== "Active") return;
			roles.add(nameOf(it));
			look(nameOf(it));
		},
	);
	raw.watch(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, (it) => {
		if (!((it.spec as { replicas?: number }).replicas ?? 0)) return;
		scaled.add(nameOf(it));
		look(nameOf(it));
	});
	return { active };
}

async function atRest(
	raws: Record<string, Raw>,
	hub: Operator,
	agents: readonly Operator[],
) {
	const leases = async () => {
		const all = await Promise.all(Object.values(raws).map(scrapeLeaseWrites));
		return all.reduce((sum, it) => sum + it, 0);
	};
	const cpu = () => [hub, ...agents].map((it) => usage(it).cpuSeconds);
	const [writesBefore, cpuBefore] = [await leases(), cpu()];
	await sleep(REST_MS);
	const [writesAfter, cpuAfter] = [await leases(), cpu()];
	const percent = (nth: number) =>
		(((cpuAfter[nth] ?? 0) - (cpuBefore[nth] ?? 0)) / REST_MS) * 100_000;
	return {
		leaseWritesPerPeriod:
			((writesAfter - writesBefore) / REST_MS) * 1_000 * PROFILE.periodSeconds,
		cpuAtRest: { hub: percent(0), agent: percent(2) },
		agentResidentBytes: usage(agents[1] as Operator).residentBytes,
	};
}

interface Reach {
	readonly own: RealCluster;
	readonly twin: RealCluster;
	readonly hub: RealCluster;
}

async function startAgent(
	{ own, twin, hub }: Reach,
	onLine: (line: string) => void = () => {},
): Promise<Operator> {
	const file = (it: RealCluster): string => {
		const path = join(own.dir, `agent-${it.name}.kubeconfig`);
		writeFileSync(path, it.kubeconfig, { mode: 0o600 });
		return path;
	};
	const port = await freePort();
	return startOperator({
		command: "agent",
		kubeconfig: own.kubeconfig,
		main: BUILT,
		onLine,
		flags: [
			...["--region", own.name, "--profile", "Fast", "--twin", twin.name],
			...["--twin-kubeconfig", file(twin), "--witness-kubeconfig", file(hub)],
			...["--gate-image", `registry.example/gate@sha256:${"0".repeat(64)}`],
			...["--gate-addresses", `${new URL(own.url).hostname}:${port}`],
			...["--gate-port", String(port)],
		],
	});
}

/** Nothing runs on it; that it bears the gate is what the agent looks for. */
async function addNode(raw: Raw): Promise<void> {
	await raw.send("POST", "/api/v1/nodes", { metadata: { name: "node-1" } });
	const status = {
		nodeInfo: NODE_INFO,
		declaredFeatures: ["RestartAllContainersOnContainerExits"],
	};
	await raw.send(
		"PATCH",
		"/api/v1/nodes/node-1/status",
		{ status },
		"application/merge-patch+json",
	);
}

const NODE_INFO = {
	operatingSystem: "linux",
	architecture: "amd64",
	kubeletVersion: "v1.37.0",
};
