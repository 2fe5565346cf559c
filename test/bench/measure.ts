/** The operator's part of the bench: place N services, then rest, then restart. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TwinService } from "../../src/api/types.ts";
import { quantity } from "../../src/core/region/drift.ts";
import type { TestCluster } from "../clusters/cluster.ts";
import { yaml } from "../clusters/install.ts";
import { type Operator, startOperator } from "../clusters/operator.ts";
import { type StandbyMode, service, serviceName } from "./load.ts";
import { connect, each, type Raw } from "./raw.ts";
import { difference, type PerCluster, quiet, scrapeAll } from "./scrape.ts";
import { usage } from "./usage.ts";

/** What is shipped: JavaScript. Stripping types at run time would be measured as well. */
export const BUILT = join(import.meta.dirname, "../../dist/main.js");
export const NAMESPACE = "bench";
export const REST_MS = 20_000;
export const WIDTH = 32;
export const MEBI = 2 ** 20;

export interface Measured {
	readonly seconds: number;
	readonly cpuSeconds: number;
	readonly residentBytes: number;
	/** Writes while the services were placed, by cluster and resource. */
	readonly writes: PerCluster;
	readonly restSeconds: number;
	readonly writesAtRest: PerCluster;
	readonly cpuSecondsAtRest: number;
	readonly restartSeconds: number;
	readonly writesAtRestart: PerCluster;
	readonly residentBytesAfterRestart: number;
}

export async function measureOperator(
	hub: TestCluster,
	regions: Record<string, TestCluster>,
	services: number,
): Promise<Measured> {
	const raws = Object.fromEntries(
		[hub, ...Object.values(regions)].map((it) => [
			it.name,
			connect(it.kubeconfig, WIDTH),
		]),
	);
	const hubRaw = raws[hub.name] as Raw;
	await hubRaw.send("POST", "/api/v1/namespaces", {
		metadata: { name: NAMESPACE },
	});
	let operator = await started(hub);
	try {
		const before = await scrapeAll(raws);
		const idle = usage(operator);
		const from = performance.now();
		await placeAll(hubRaw, services);
		const seconds = (performance.now() - from) / 1000;
		await quiet(raws);
		const placed = await scrapeAll(raws);
		const busy = usage(operator);
		console.log(
			`operator: ${services} services in ${seconds.toFixed(1)} s; resting`,
		);
		await sleep(REST_MS);
		const rested = await scrapeAll(raws);
		const calm = usage(operator);
		await operator.stop();
		const again = performance.now();
		operator = await started(hub);
		await quiet(raws);
		const restartSeconds = (performance.now() - again) / 1000;
		const restarted = await scrapeAll(raws);
		return {
			seconds,
			cpuSeconds: busy.cpuSeconds - idle.cpuSeconds,
			residentBytes: busy.residentBytes,
			writes: difference(before, placed),
			restSeconds: REST_MS / 1000,
			writesAtRest: difference(placed, rested),
			cpuSecondsAtRest: calm.cpuSeconds - busy.cpuSeconds,
			restartSeconds,
			writesAtRestart: difference(rested, restarted),
			residentBytesAfterRestart: usage(operator).residentBytes,
		};
	} finally {
		await operator.stop();
		for (const raw of Object.values(raws)) raw.close();
	}
}

/**
 * Half of the chart's memory limit: what Node.js itself allows its heap in such a
 * container. Outside of one it lets garbage lie around until gigabytes are full.
 */
function heapMiB(): number {
	const [values] = yaml("charts/twin-operator/values.yaml") as unknown as {
		hub: { resources: { limits: { memory: string } } };
	}[];
	const bytes = quantity(values?.hub.resources.limits.memory ?? "");
	if (bytes === undefined) throw new Error("the chart limits no memory");
	return bytes / 2 / MEBI;
}

/** Started means: it has said that both regions are connected. */
async function started(hub: TestCluster): Promise<Operator> {
	const operator = startOperator({
		command: "hub",
		kubeconfig: hub.kubeconfig,
		main: BUILT,
		nodeFlags: [`--max-old-space-size=${heapMiB()}`],
	});
	const raw = connect(hub.kubeconfig, 1);
	const path = "/apis/twin-operator.dev/v1alpha1/twinclusters";
	for (;;) {
		const list = JSON.parse(await raw.send("GET", path)) as {
			items: { status?: { conditions?: { type: string; status: string }[] } }[];
		};
		const ready = list.items.filter((it) =>
			it.status?.conditions?.some(
				(c) => c.type === "Ready" && c.status === "True",
			),
		);
		if (ready.length === 2) break;
		if (operator.process.exitCode !== null) {
			throw new Error(
				`the operator ended: ${operator.lines.slice(-5).join("\n")}`,
			);
		}
		await sleep(200);
	}
	raw.close();
	return operator;
}

const SERVICES = `/apis/twin-operator.dev/v1alpha1/namespaces/${NAMESPACE}/twinservices`;

/** Until all have an active side, and both sides what the user wrote. */
export async function placeAll(
	hub: Raw,
	services: number,
	exclusive?: StandbyMode,
): Promise<void> {
	await each(services, WIDTH, async (at) => {
		const body = service(NAMESPACE, serviceName(at), exclusive);
		await hub.send("POST", SERVICES, body);
	});
	await allSynced(hub, services);
}

async function allSynced(hub: Raw, services: number): Promise<void> {
	for (let shown = -1; ; ) {
		const list = JSON.parse(await hub.send("GET", SERVICES)) as {
			items: TwinService[];
		};
		const synced = list.items.filter(
			(it) =>
				it.status?.activeCluster &&
				it.status.conditions?.some(
					(c) => c.type === "Synced" && c.status === "True",
				),
		).length;
		if (synced !== shown) console.log(`  ${synced} of ${services} synced`);
		shown = synced;
		if (synced >= services) return;
		await sleep(Math.max(500, services));
	}
}
