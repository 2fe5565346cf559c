/**
 * The rules of the house, checked: which way imports point, what core may not
 * touch, how long a file may be, which words are not used, and that the
 * documentation lists exactly what the code has. Each message says what to do
 * instead.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseAst } from "vite";
import { describe, expect, it } from "vitest";
import { REASONS } from "../src/api/reason.ts";
import { METRICS } from "../src/shell/metric.ts";

const ROOT = join(import.meta.dirname, "..");
const files = execFileSync(
	"git",
	["ls-files", "--cached", "--others", "--exclude-standard"],
	{ cwd: ROOT, encoding: "utf8" },
)
	.split("\n")
	.filter((it) => it !== "" && existsSync(join(ROOT, it)));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const GENERATED = "src/api/generated/";
const code = files.filter(
	(it) => /\.(ts|mjs)$/.test(it) && !it.startsWith(GENERATED),
);
const source = code.filter((it) => it.startsWith("src/"));

/** What each part of src may import from src, type imports included. */
const MAY_IMPORT: Record<string, readonly string[]> = {
	api: ["api"],
	core: ["api", "core"],
	port: ["api", "shell/port", "shell/metric"],
	shell: ["api", "core", "shell"],
	adapters: ["api", "core", "shell/port", "shell/metric", "adapters"],
	config: ["api", "core", "config"],
	cli: ["api", "core", "shell/port", "cli"],
	"command-line": ["api", "cli", "adapters"],
	"kubectl-twin": ["command-line", "supported-node"],
	"kubectl_complete-twin": ["command-line", "supported-node"],
	main: [
		"api",
		"core",
		"shell",
		"adapters",
		"config",
		"cli/command",
		"command-line",
	],
};

/** Packages that only one part may import. */
const ONLY_IN: Record<string, string> = {
	"@kubernetes/client-node": "adapters",
	undici: "adapters",
	pino: "adapters",
	"prom-client": "adapters",
	"fastest-levenshtein": "cli",
};

/** What a core file may import besides api and core: pure functions only. */
const PURE_PACKAGES = new Set(["node:crypto", "rfc6902", "js-yaml"]);

const IMPURE: readonly [RegExp, string][] = [
	[/\bDate\b/, "take the time as an argument"],
	[/\bMath\.random\b/, "take the random number as an argument"],
	[/\brandomUUID\b|\brandomBytes\b/, "take the random value as an argument"],
	[/\bset(Timeout|Interval|Immediate)\b/, "return the delay as a value"],
	[
		/\basync\b|\bawait\b|\bPromise\b/,
		"return an action; the shell carries it out",
	],
	[/\bprocess\./, "take it as an argument; main.ts reads the process"],
	[/\bconsole\./, "return a finding; the shell logs it"],
	[/\bperformance\b/, "take the time as an argument"],
];

/** Words this house does not use, and what it says instead. Built from parts, so that this file passes itself. */
const BANNED: readonly [RegExp, string][] = [
	[
		// Kubernetes' own name of its group of administrators stays as it is.
		new RegExp(`(?<!system:)\\b(mas${"ter"}|sla${"ve"})s?\\b`, "i"),
		"say active and standby",
	],
	[
		new RegExp(`\\b(prim${"ary"}|second${"ary"})\\b`, "i"),
		"say active and standby",
	],
	[new RegExp(`\\b(TO${"DO"}|FIX${"ME"}|X{3})\\b`), "do it, or open an issue"],
	[new RegExp(`\\b(white|black)${"list"}`, "i"), "say allow-list or deny-list"],
	[
		new RegExp(`registry\\.npm${"js"}|proxy\\.gol${"ang"}`),
		"name no registry host",
	],
	[new RegExp(`(^|[\\s"'\`])/(work|root)${"/"}`), "no path of one machine"],
];

function partOf(path: string): string {
	const inside = path.slice("src/".length);
	if (inside === "shell/port.ts" || inside === "shell/metric.ts") return "port";
	if (!inside.includes("/")) return inside.replace(/\.ts$/, "");
	return inside.split("/")[0] ?? inside;
}

interface Node {
	type: string;
	source?: { value: string } | null;
}

function importsOf(path: string): string[] {
	const body = parseAst(read(path), { lang: "ts" }).body as unknown as Node[];
	const found = body.flatMap((it) => (it.source ? [it.source.value] : []));
	const inTypes = [...read(path).matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)];
	return [...found, ...inTypes.map((it) => it[1] ?? "")];
}

/** Comments and strings are prose: the purity check reads code only. */
function withoutProse(text: string): string {
	return text
		.replace(/\/\*[\s\S]*?\*\//g, "")
		.replace(/\/\/.*$/gm, "")
		.replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
		.replace(/`(?:[^`\\]|\\.)*`/g, "``");
}

describe("imports", () => {
	it("point one way: api, core, ports, shell; adapters beside", () => {
		const faults = source.flatMap((path) => {
			const allowed = MAY_IMPORT[partOf(path)] ?? [];
			return importsOf(path)
				.filter((it) => it.startsWith("."))
				.map((it) => normalize(join(dirname(path), it)))
				.map((it) => it.replace(/^src\//, "").replace(/\.ts$/, ""))
				.filter(
					(it) => !allowed.some((a) => it === a || it.startsWith(`${a}/`)),
				)
				.map(
					(it) =>
						`${path} imports ${it}: it may import ${allowed.join(", ")} only; pass what is needed as an argument or a port`,
				);
		});
		expect(faults).toEqual([]);
	});

	it("keep the client library, HTTP and logging in the adapters", () => {
		const faults = source.flatMap((path) =>
			importsOf(path)
				.filter((it) => {
					const owner = Object.keys(ONLY_IN).find(
						(p) => it === p || it.startsWith(`${p}/`),
					);
					return owner !== undefined && partOf(path) !== ONLY_IN[owner];
				})
				.map(
					(it) =>
						`${path} imports ${it}: only src/adapters may; use a port of src/shell/port.ts`,
				),
		);
		expect(faults).toEqual([]);
	});
});

describe("core", () => {
	const core = source.filter((it) => it.startsWith("src/core/"));

	it("imports nothing that has effects", () => {
		const faults = core.flatMap((path) =>
			importsOf(path)
				.filter((it) => !it.startsWith(".") && !PURE_PACKAGES.has(it))
				.map((it) => `${path} imports ${it}: core decides, the shell does`),
		);
		expect(faults).toEqual([]);
	});

	it("has no clock, no randomness, no waiting", () => {
		const faults = core.flatMap((path) => {
			const text = withoutProse(read(path));
			return IMPURE.filter(([pattern]) => pattern.test(text)).map(
				([pattern, instead]) => `${path} has ${pattern.source}: ${instead}`,
			);
		});
		expect(faults).toEqual([]);
	});
});

describe("files", () => {
	it("are short enough to be read in five minutes", () => {
		const faults = code
			.map((path) => ({ path, lines: read(path).split("\n").length - 1 }))
			.filter((it) => it.lines > 300)
			.map(
				(it) =>
					`${it.path} has ${it.lines} lines: split it by noun, 300 at most`,
			);
		expect(faults).toEqual([]);
	});

	it("use the words of the field", () => {
		const text = files.filter(
			(it) =>
				/\.(ts|mjs|md|yaml|yml|json|tpl|txt)$/.test(it) ||
				it === "Dockerfile" ||
				it === ".ci/run",
		);
		const faults = text
			.filter((it) => it !== "package-lock.json" && it !== "LICENSE")
			.flatMap((path) =>
				read(path)
					.split("\n")
					.flatMap((line, at) =>
						BANNED.filter(([pattern]) => pattern.test(line)).map(
							([pattern, instead]) =>
								`${path}:${at + 1} has ${pattern.exec(line)?.[0].trim()}: ${instead}`,
						),
					),
			);
		expect(faults).toEqual([]);
	});

	it("read the environment and the arguments in entry files alone", () => {
		const entries = ["main", "kubectl-twin", "kubectl_complete-twin"];
		const faults = source
			.filter((it) => !entries.some((entry) => it === `src/${entry}.ts`))
			.filter((it) => /\bprocess\.(env|argv)\b/.test(withoutProse(read(it))))
			.map(
				(it) =>
					`${it} reads the process: let config.ts parse it and pass it on`,
			);
		expect(faults).toEqual([]);
	});

	it("skip no test and leave none alone", () => {
		const pattern = new RegExp(
			`\\b(it|test|describe)\\.(skip|to${"do"}|only)\\(`,
		);
		const faults = files.filter(
			(it) => it.endsWith(".test.ts") && pattern.test(read(it)),
		);
		expect(faults).toEqual([]);
	});
});

describe("documentation", () => {
	/** First cells of the table rows, code marks taken off. */
	const rows = (path: string) =>
		[...read(path).matchAll(/^\| `([A-Za-z_]+)` *\|/gm)]
			.map((it) => it[1] ?? "")
			.sort();

	it("lists every condition reason, and no other", () => {
		expect(rows("docs/reasons.md")).toEqual(Object.keys(REASONS).sort());
	});

	it("uses every reason somewhere in the code", () => {
		const text = source
			.filter((it) => !it.startsWith("src/api/reason"))
			.map(read)
			.join("\n");
		const unused = Object.keys(REASONS).filter(
			(it) => !new RegExp(`\\b${it}\\b`).test(text),
		);
		expect(unused).toEqual([]);
	});

	it("lists every metric, and no other", () => {
		expect(rows("docs/metrics.md")).toEqual(Object.keys(METRICS).sort());
	});
});
