/**
 * The gate on real nodes. Two regions take turns: one is told no, F seconds
 * later the other is told yes, while something at the first is broken. All
 * their apps write into the same files, in which no two regions may overlap,
 * ever, and the time of each hand-over can be read.
 */
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PROFILES } from "../../src/core/profile.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import {
	type HandOver,
	handOver,
	type Line,
	overlaps,
	readLines,
	type Turn,
} from "../clusters/real/node/lines.ts";
import { until } from "../clusters/wait.ts";
import { APPS, deploymentOf, NAMESPACE } from "./app.ts";
import { FAULTS, type Fault } from "./fault.ts";
import { type Region, startRegions } from "./region.ts";
import { tableOf } from "./table.ts";

/** F: from "no" to the last instruction of the last pod. */
const FENCE_SECONDS = PROFILES.Fast.fenceSeconds;
/** More rounds for a closer look at the figures. */
const ROUNDS = Number(process.env.TWIN_OPERATOR_GATE_ROUNDS ?? 2);
/** A pod that was let in, on a machine that is busy with other things. */
const START_MS = 120_000;

let regions: [Region, Region];
let dir: string;
const turns: Turn[] = [];
/** Overlaps of earlier rounds, which were judged there. */
const judged = new Map<string, number>();
const figures = new Map<string, HandOver[]>();

const linesOf = (app: string): Line[] =>
	readLines(readFileSync(join(dir, app), "utf8"));
const now = () =>
	Number.parseFloat(readFileSync("/proc/uptime", "utf8").split(" ")[0] ?? "");

/** Resolves when every app writes in this region. */
async function running(region: Region, sinceSeconds: number): Promise<void> {
	for (const { name } of APPS) {
		await until(
			`${name} to write in ${region.name}`,
			() => {
				const last = linesOf(name).at(-1);
				const fresh = last && now() - last.atSeconds < 1;
				return (
					fresh && last.region === region.name && last.atSeconds > sinceSeconds
				);
			},
			{ timeoutMs: START_MS, everyMs: 50 },
		);
	}
}

/** Resolves when every app of this region stands at its gate. */
async function waiting(region: Region): Promise<void> {
	for (const { name } of APPS) {
		await until(
			`the gate of ${name} in ${region.name} to ask`,
			() => region.agent.askedAgo(NAMESPACE, name) < 2,
			{ timeoutMs: START_MS },
		);
	}
}

async function install(region: Region): Promise<void> {
	const at = { region: region.name, agent: region.agent.url, dir };
	for (const app of APPS) {
		const deployment = JSON.stringify(deploymentOf(app, at));
		await region.cluster.kubectl(["apply", "-f", "-"], deployment);
	}
}

async function deleteSome(region: Region): Promise<void> {
	const names = APPS.filter((it) => it.deleted).map((it) => it.name);
	const which = `app in (${names.join(",")})`;
	const args = ["delete", "pods", "--selector", which, "--wait=false"];
	await region.cluster.kubectl(args);
	// A replacement that is just starting when its region is told no is a case
	// of its own, with faults of its own.
	for (const name of names)
		await until(
			`the replacement of ${name} to write beside it`,
			() => podsWriting(name, region) >= 2,
			{ timeoutMs: START_MS, everyMs: 50 },
		);
}

/** Within the last second. */
function podsWriting(app: string, region: Region): number {
	const recent = linesOf(app).filter(
		(it) => it.region === region.name && now() - it.atSeconds < 1,
	);
	return new Set(recent.map((it) => it.pod)).size;
}

function spanOf(lines: readonly Line[]): number {
	const at = lines.map((it) => it.atSeconds);
	return Math.max(...at) - Math.min(...at);
}

function letIn(region: Region): Turn {
	const turn = { region: region.name, atSeconds: now() };
	turns.push(turn);
	region.agent.answer = "yes";
	return turn;
}

beforeAll(async () => {
	regions = await startRegions();
	dir = join(dirname(regions[0].cluster.dir), "lines");
	mkdirSync(dir);
	// For the apps' own user.
	chmodSync(dir, 0o777);
	await Promise.all(regions.map(install));
	await Promise.all(regions.map(waiting));
	const { atSeconds } = letIn(regions[0]);
	await running(regions[0], atSeconds);
});
afterAll(async () => {
	console.log(tableOf(figures));
	await Promise.all((regions ?? []).map((it) => it.stop()));
	await closeRun();
});

describe("a region that is told no stops before its twin is told yes", () => {
	// Both ways; what takes a minute, since all pods are replaced, one way.
	const rounds = FAULTS.flatMap((it) =>
		Array<Fault>(ROUNDS * (it.straySeconds ? 1 : 2)).fill(it),
	);

	afterEach(async ({ task }) => {
		if (task.result?.state !== "fail") return;
		for (const it of regions) console.log(`${it.name}:\n${await it.seen()}`);
	});

	it.each(rounds)("$name", async (fault) => {
		const [from, to] = regions;
		await waiting(to);
		await deleteSome(from);
		// Anywhere between two questions of the gate, and two turns of the kubelet.
		await sleep(500 + Math.random() * 1_000);
		await fault.begin?.(from);
		const no = { region: from.name, atSeconds: now() };
		from.agent.answer = "no";
		await fault.meanwhile?.(from);
		await sleep((no.atSeconds + FENCE_SECONDS - now()) * 1_000);
		const yes = letIn(to);
		regions = [to, from];
		try {
			await running(to, yes.atSeconds);
		} finally {
			await fault.end?.(from);
		}
		// What the fault held back must not come to life when it ends, either.
		await waiting(from);
		const faults: string[] = [];
		for (const { name, what } of APPS) {
			const all = linesOf(name);
			const found = overlaps(all, turns).slice(judged.get(name));
			judged.set(name, found.length + (judged.get(name) ?? 0));
			// What strays is listed when it is too much.
			const strays = found.length > 0 ? spanOf(found) : 0;
			const allowed = fault.straySeconds ?? 0;
			const shown = strays <= allowed && allowed > 0 ? [] : found;
			faults.push(...shown.map((it) => `${name}: ${it.why}`));
			const stray = new Set(found.map((it) => it.atSeconds));
			const lines = all.filter(
				(it) => it.region !== from.name || !stray.has(it.atSeconds),
			);
			const took = handOver(lines, no, yes);
			if (!took) {
				faults.push(`${name}: no hand-over can be read`);
				continue;
			}
			if (took.stopSeconds >= FENCE_SECONDS)
				faults.push(`${name}: stopped after ${took.stopSeconds} s`);
			for (const key of [fault.name, what]) {
				figures.set(key, [...(figures.get(key) ?? []), took]);
			}
		}
		// At the end: what is not judged here would be charged to the next round.
		expect(faults).toEqual([]);
	});
});
