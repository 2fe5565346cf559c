/**
 * How fast N services are propagated, beside a floor measured in the same run
 * on the same control planes; what that costs; and that nothing is written at
 * rest or at a restart. `npm run bench -- --services 1600`.
 *
 * The control planes run without controllers and nodes here: on a small
 * machine their work on the workloads would be measured instead of ours.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { access, crds, registration } from "../clusters/install.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { startClusters } from "../clusters/real/cluster.ts";
import { measureOperator } from "./measure.ts";
import { connect } from "./raw.ts";
import { report } from "./report.ts";

const run = promisify(execFile);
const WIDTH = 32;

export interface Floor {
	readonly seconds: number;
	readonly cpuSeconds: number;
	readonly residentBytes: number;
	readonly writes: number;
}

const { values } = parseArgs({
	options: {
		services: { type: "string", default: "200" },
		out: { type: "string", default: "bench-result.json" },
	},
});
const services = Number(values.services);
if (!Number.isInteger(services) || services < 1 || services > 1600) {
	throw new Error(
		`--services ${values.services}: expected a whole number from 1 to 1600; give another one`,
	);
}

const root = join(import.meta.dirname, "../..");
await run(process.execPath, [
	join(root, "node_modules/typescript/bin/tsc"),
	"-p",
	join(root, "tsconfig.build.json"),
]);
console.log(`bench: ${services} services`);
const floor = await onFresh(runFloor);
console.log(`floor: ${floor.writes} writes in ${floor.seconds.toFixed(1)} s`);
const measured = await onFresh(([hub, north, south]) =>
	measureOperator(hub, { north, south }, services),
);
const result = report(services, floor, measured);
writeFileSync(values.out, `${JSON.stringify(result, undefined, 2)}\n`);
console.log(`written to ${values.out}`);

type Clusters = readonly [RealCluster, RealCluster, RealCluster];

/** The operator would take up what the floor has written: each has control planes of its own. */
async function onFresh<T>(work: (on: Clusters) => Promise<T>): Promise<T> {
	const clusters = await startClusters(["hub", "north", "south"], {
		controllers: false,
		kwok: false,
	});
	try {
		const [hub, ...regions] = clusters;
		await install(hub, regions);
		return await work(clusters);
	} finally {
		await Promise.all(clusters.map((it) => it.stop()));
	}
}

async function install(
	hub: RealCluster,
	regions: readonly RealCluster[],
): Promise<void> {
	const apply = (objects: readonly unknown[]) =>
		hub.kubectl(
			["apply", "--server-side", "-f", "-"],
			objects.map((it) => JSON.stringify(it)).join("\n---\n"),
		);
	await apply(crds());
	await hub.kubectl([
		"wait",
		"--for=condition=Established",
		"crd",
		...crds().map((it) => it.metadata.name ?? ""),
	]);
	// The floor writes TwinSides too; the operator brings their CRD to a region.
	const side = crds().filter((it) => it.metadata.name?.startsWith("twinsides"));
	for (const it of regions) {
		await it.kubectl(
			["apply", "--server-side", "-f", "-"],
			JSON.stringify(side[0]),
		);
	}
	await apply(
		access(Object.fromEntries(regions.map((it) => [it.name, it.kubeconfig]))),
	);
	await apply(regions.map((it) => registration(it.name)));
}

/** In a process of its own, as the operator is. */
async function runFloor(on: readonly RealCluster[]): Promise<Floor> {
	const dir = mkdtempSync(join(tmpdir(), "twin-operator-bench-"));
	try {
		const files = on.map((it) => {
			const path = join(dir, it.name);
			writeFileSync(path, it.kubeconfig, { mode: 0o600 });
			return path;
		});
		for (const it of on) {
			const raw = connect(it.kubeconfig, 1);
			await raw.send("POST", "/api/v1/namespaces", {
				metadata: { name: "floor" },
			});
			raw.close();
		}
		const { stdout } = await run(process.execPath, [
			join(import.meta.dirname, "floor.ts"),
			...files,
			String(services),
			"floor",
			String(WIDTH),
		]);
		return JSON.parse(stdout) as Floor;
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}
