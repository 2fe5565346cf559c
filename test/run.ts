/**
 * Runs every layer of tests, the cheapest first, and ends with one line that
 * sums them all: `N passed, N failed` (and `, N skipped` if there are any).
 *
 *   npm test                         every layer
 *   npm test -- --fast               what takes seconds and needs no control planes
 *   npm test -- --layer cluster      one layer
 *   npm test -- --layer cluster -t switchover   further arguments go to vitest
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programs } from "./clusters/real/binaries.ts";
import { HELM_PARTS } from "./clusters/real/helm.ts";
import { nodeFault, prepareNodes } from "./clusters/real/node/node.ts";
import type { Part } from "./clusters/real/part.ts";
import { ARGOCD_PARTS, TOOLS } from "./clusters/real/tool.ts";

interface Layer {
	readonly name: string;
	readonly what: string;
	/** Needs real control planes. */
	readonly real?: boolean;
	/** Programs that it needs besides. Without `real` they are all: no control plane runs. */
	readonly parts?: readonly Part[];
	/** Needs real nodes too. */
	readonly nodes?: boolean;
	/** Takes minutes. */
	readonly slow?: boolean;
	/** Another tool than vitest: counts as one test. */
	readonly tool?: readonly string[];
}

interface Outcome {
	readonly layer: string;
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
	readonly seconds: number;
	readonly note?: string;
}

const LAYERS: readonly Layer[] = [
	{ name: "lint", what: "format and lint", tool: ["biome", "check", "."] },
	{ name: "types", what: "types", tool: ["tsc", "-p", "."] },
	{ name: "rules", what: "the rules, the adapters, the house" },
	{ name: "embedded", what: "contract, on the embedded API server" },
	{ name: "sim", what: "the operator in virtual time", slow: true },
	{ name: "demo", what: "the demo", slow: true },
	{
		name: "tools",
		what: "alerts, health and status, by promtool, Argo CD and kstatus",
		parts: TOOLS,
	},
	{ name: "contract", what: "contract, on a real API server", real: true },
	{
		name: "cluster",
		what: "the operator on real control planes",
		real: true,
		parts: [...HELM_PARTS, ...ARGOCD_PARTS],
	},
	{
		name: "node",
		what: "pods on real kubelets",
		real: true,
		nodes: true,
	},
];

/** Files at the same time. Most tests wait more than they work; three control planes take 1.4 GB. */
const WORKERS = 2;
const ROOT = join(import.meta.dirname, "..");
const BIN = join(ROOT, "node_modules", ".bin");

function wanted(argv: readonly string[]): {
	layers: readonly Layer[];
	rest: readonly string[];
} {
	const rest: string[] = [];
	const names: string[] = [];
	let fast = false;
	for (let at = 0; at < argv.length; at += 1) {
		const it = argv[at] ?? "";
		if (it === "--fast") fast = true;
		else if (it === "--layer") names.push(argv[++at] ?? "");
		else rest.push(it);
	}
	const unknown = names.find((it) => !LAYERS.some((l) => l.name === it));
	if (unknown !== undefined) {
		throw new Error(
			`--layer ${unknown}: there is no such layer; choose from ${LAYERS.map((it) => it.name).join(", ")}`,
		);
	}
	const layers = LAYERS.filter(
		(it) =>
			(names.length === 0 || names.includes(it.name)) &&
			!(fast && (it.real || it.slow || it.parts)),
	);
	return { layers, rest };
}

/** A signal ended a layer: the ones after it were not asked for any more. */
let broken = false;

function start(file: string, args: readonly string[]): Promise<number> {
	return new Promise((resolve) => {
		const child = spawn(join(BIN, file), args, { cwd: ROOT, stdio: "inherit" });
		const pass = (signal: NodeJS.Signals) => child.kill(signal);
		process.on("SIGTERM", pass).on("SIGINT", pass);
		child.on("error", () => resolve(1));
		child.on("exit", (code, signal) => {
			process.off("SIGTERM", pass).off("SIGINT", pass);
			if (signal !== null || (code ?? 0) > 128) broken = true;
			resolve(code ?? 1);
		});
	});
}

interface VitestReport {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numTodoTests: number;
	testResults: { status: string; assertionResults: unknown[] }[];
}

/** The counts come from vitest's own report; a run that wrote none has failed. */
async function runVitest(
	layer: Layer,
	rest: readonly string[],
): Promise<Omit<Outcome, "seconds">> {
	const dir = mkdtempSync(join(tmpdir(), "twin-operator-test-"));
	const file = join(dir, "report.json");
	try {
		const code = await start("vitest", [
			"run",
			"--project",
			layer.name,
			`--maxWorkers=${WORKERS}`,
			"--reporter=default",
			"--reporter=json",
			`--outputFile.json=${file}`,
			"--passWithNoTests",
			// Control planes need the machine for themselves.
			...(layer.real ? ["--no-file-parallelism"] : []),
			...rest,
		]);
		const report = JSON.parse(readFileSync(file, "utf8")) as VitestReport;
		// A file that cannot even be loaded has no tests to count, and still fails.
		const unloadable = report.testResults.filter(
			(it) => it.status === "failed" && it.assertionResults.length === 0,
		).length;
		const failed = report.numFailedTests + unloadable;
		return {
			layer: layer.name,
			passed: report.numPassedTests,
			failed: failed === 0 && code !== 0 ? 1 : failed,
			skipped: report.numPendingTests + report.numTodoTests,
			...(report.testResults.length === 0 ? { note: "has no tests" } : {}),
		};
	} catch {
		return {
			layer: layer.name,
			passed: 0,
			failed: 1,
			skipped: 0,
			note: "vitest ended without a report",
		};
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

async function runTool(layer: Layer): Promise<Omit<Outcome, "seconds">> {
	const [file = "", ...args] = layer.tool ?? [];
	const ok = (await start(file, args)) === 0;
	return {
		layer: layer.name,
		passed: ok ? 1 : 0,
		failed: ok ? 0 : 1,
		skipped: 0,
	};
}

/** Without control planes a layer is skipped aloud; where everything must run, that is a failure. */
function cannotRun(layer: Layer, missing: string): Omit<Outcome, "seconds"> {
	const must = process.env.CI === "true";
	console.log(`${must ? "FAILED" : "SKIPPED"}: ${missing}`);
	return {
		layer: layer.name,
		passed: 0,
		failed: must ? 1 : 0,
		skipped: must ? 0 : 1,
		note: missing,
	};
}

/** Builds or fetches here and not inside a test, whose time is limited. */
async function missingFor(layer: Layer): Promise<string | undefined> {
	try {
		// Before minutes are spent on building what cannot run here.
		const fault = layer.nodes ? nodeFault() : undefined;
		if (fault) return fault;
		if (layer.real) await programs();
		if (layer.parts) await programs(layer.parts);
		if (layer.nodes) await prepareNodes();
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

function table(outcomes: readonly Outcome[]): void {
	const width = Math.max(...outcomes.map((it) => it.layer.length), 5);
	console.log(`\n${"layer".padEnd(width)}  passed  failed  skipped  seconds`);
	for (const it of outcomes) {
		console.log(
			[
				it.layer.padEnd(width),
				String(it.passed).padStart(6),
				String(it.failed).padStart(6),
				String(it.skipped).padStart(7),
				it.seconds.toFixed(1).padStart(7),
				it.note ?? "",
			]
				.join("  ")
				.trimEnd(),
		);
	}
}

const { layers, rest } = wanted(process.argv.slice(2));
const outcomes: Outcome[] = [];
for (const layer of layers) {
	if (broken) break;
	console.log(`\n━━ ${layer.name}: ${layer.what}`);
	const started = performance.now();
	const missing =
		layer.real || layer.parts ? await missingFor(layer) : undefined;
	const outcome =
		missing !== undefined
			? cannotRun(layer, missing)
			: layer.tool
				? await runTool(layer)
				: await runVitest(layer, rest);
	outcomes.push({
		...outcome,
		seconds: (performance.now() - started) / 1000,
	});
}
table(outcomes);
const sum = (of: "passed" | "failed" | "skipped") =>
	outcomes.reduce((all, it) => all + it[of], 0);
const skipped = sum("skipped");
console.log(
	`\n${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
);
process.exitCode = broken || sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
