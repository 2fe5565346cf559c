/**
 * How fast N services are propagated, and how fast all of them are active in
 * the other region when theirs is lost, beside a floor measured in the same run;
 * what that costs; and that nothing is written at rest or at a restart.
 *
 *   npm run bench -- --services 1600
 *   npm run bench -- --only loss        or placing
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
import { type Loss, measureLoss } from "./loss.ts";
import { measureOperator } from "./measure.ts";
import { connect } from "./raw.ts";
import { report, reportLosses } from "./report.ts";

const run = promisify(execFile);
const WIDTH = 32;

export interface Floor {
	readonly seconds: number;
	readonly cpuSeconds: number;
	readonly residentBytes: number;
	readonly writes: number;
	/** The same services, to the other region. */
	readonly moveSeconds: number;
	readonly moveWrites: number;
}

const { values } = parseArgs({
	options: {
		services: { type: "string", default: "200" },
		only: { type: "string" },
		out: { type: "string", default: "bench-result.json" },
	},
});
const services = Number(values.services);
if (!Number.isInteger(services) || services < 1 || services > 1600) {
	throw new Error(
		`--services ${values.services}: expected a whole number from 1 to 1600; give another one`,
	);
}

const { only } = values;
if (only !== undefined && only !== "placing" && only !== "loss") {
	throw new Error(
		`--only ${only}: expected placing or loss; leave it out for both`,
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
const measured =
	only === "loss"
		? undefined
		: await onFresh(([hub, north, south]) =>
				measureOperator(hub, { north, south }, services),
			);
const losses: Loss[] = [];
if (only !== "placing") {
	for (const mode of ["Cold", "Warm"] as const)
		losses.push(
			await onFresh((it) => measureLoss(it, mode, services), "External"),
		);
}
const result = {
	services,
	floor,
	...(measured ? report(services, floor, measured) : {}),
	...(losses.length > 0
		? { losses: reportLosses(services, floor, losses) }
		: {}),
};
writeFileSync(values.out, `${JSON.stringify(result, undefined, 2)}\n`);
console.log(`written to ${values.out}`);

type Clusters = readonly [RealCluster, RealCluster, RealCluster];

/** The operator would take up what the floor has written: each has control planes of its own. */
async function onFresh<T>(
	work: (on: Clusters) => Promise<T>,
	agent: "None" | "External" = "None",
): Promise<T> {
	const clusters = await startClusters(["hub", "north", "south"], {
		controllers: false,
		kwok: false,
	});
	try {
		const [hub, ...regions] = clusters;
		await install(hub, regions, agent);
		return await work(clusters);
	} finally {
		await Promise.all(clusters.map((it) => it.stop()));
	}
}

async function install(
	hub: RealCluster,
	regions: readonly RealCluster[],
	agent: "None" | "External",
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
	// The operator's namespace: agents keep their grants there.
	for (const it of regions) {
		await it.kubectl(
			["apply", "--server-side", "-f", "-"],
			[...side, ...access({})]
				.map((one) => JSON.stringify(one))
				.join("\n---\n"),
		);
	}
	await apply(
		access(Object.fromEntries(regions.map((it) => [it.name, it.kubeconfig]))),
	);
	await apply(regions.map((it) => registration(it.name, agent)));
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
