import { PROFILES } from "../../src/core/profile.ts";
import type { Loss } from "./loss.ts";
import type { Floor } from "./main.ts";
import { MEBI, type Measured } from "./measure.ts";
import { type PerCluster, total } from "./scrape.ts";

const sum = (writes: PerCluster): number =>
	Object.values(writes).reduce((all, it) => all + total(it), 0);

/** Prints the table and returns the same figures for the JSON file. */
export function report(services: number, floor: Floor, measured: Measured) {
	const rate = services / measured.seconds;
	const floorRate = services / floor.seconds;
	const figures = {
		servicesPerSecond: rate,
		floorServicesPerSecond: floorRate,
		ratioToFloor: rate / floorRate,
		cpuMsPerService: (measured.cpuSeconds / services) * 1000,
		floorCpuMsPerService: (floor.cpuSeconds / services) * 1000,
		cpuRatioToFloor: measured.cpuSeconds / floor.cpuSeconds,
		writesPerService: sum(measured.writes) / services,
		floorWritesPerService: floor.writes / services,
		writesAtRest: sum(measured.writesAtRest),
		writesAtRestart: sum(measured.writesAtRestart),
		residentMiB: measured.residentBytes / MEBI,
		residentMiBAfterRestart: measured.residentBytesAfterRestart / MEBI,
	};
	console.log("\n| figure | operator | floor | ratio |\n|---|---|---|---|");
	row("services/s", rate, floorRate);
	row(
		"CPU ms per service",
		figures.cpuMsPerService,
		figures.floorCpuMsPerService,
	);
	row(
		"API writes per service",
		figures.writesPerService,
		figures.floorWritesPerService,
	);
	row(
		"resident MiB, services placed",
		figures.residentMiB,
		floor.residentBytes / MEBI,
	);
	row("resident MiB, after a restart", figures.residentMiBAfterRestart);
	row(`API writes in ${measured.restSeconds} s at rest`, figures.writesAtRest);
	row("API writes at a restart", figures.writesAtRestart);
	row(
		"CPU % at rest",
		(measured.cpuSecondsAtRest / measured.restSeconds) * 100,
	);
	console.log("\nAPI writes per service by cluster and resource:");
	list(measured.writes, services);
	return { ...figures, measured };
}

function list(writes: PerCluster, services: number): void {
	for (const [cluster, counts] of Object.entries(writes))
		for (const [resource, count] of Object.entries(counts))
			console.log(
				`  ${cluster.padEnd(6)} ${resource.padEnd(36)} ${(count / services).toFixed(2)}`,
			);
}

function row(name: string, own: number, floor?: number): void {
	const cells =
		floor === undefined
			? ["", ""]
			: [floor.toFixed(1), (own / floor).toFixed(2)];
	console.log(`| ${name} | ${own.toFixed(1)} | ${cells.join(" | ")} |`);
}

/** D_p: from the last sign of the grant until the twin may take it. */
const LOSS_SECONDS = PROFILES.Fast.lossSeconds;

export function reportLosses(
	services: number,
	floor: Floor,
	losses: readonly Loss[],
) {
	const aim = LOSS_SECONDS + 1.25 * floor.moveSeconds;
	console.log(
		`\nA region with ${services} Exclusive services dies; D_p is ${LOSS_SECONDS} s, the floor moves all in ${floor.moveSeconds.toFixed(1)} s with ${(floor.moveWrites / services).toFixed(1)} writes each:`,
	);
	console.log(
		`| standby | grant taken | first active (aim ${(LOSS_SECONDS + 2).toFixed(1)}) | last active (aim ${aim.toFixed(1)}) | writes each | Lease writes per R | CPU at rest, hub | agent | agent MiB |`,
	);
	console.log("|---|---|---|---|---|---|---|---|---|");
	for (const it of losses) {
		const cells = [
			...[it.takenSeconds, it.firstSeconds, it.lastSeconds],
			sum(it.writes) / services,
			...[it.leaseWritesPerPeriod, it.cpuAtRest.hub, it.cpuAtRest.agent],
			it.agentResidentBytes / MEBI,
		].map((one) => one.toFixed(1));
		console.log(`| ${it.mode} | ${cells.join(" | ")} |`);
		list(it.writes, services);
	}
	return losses;
}
