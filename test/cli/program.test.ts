/** Commands, help, completion; and the built package. */
import { execFileSync } from "node:child_process";
import {
	cpSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, it, vi } from "vitest";
import { TWIN_SERVICE } from "../../src/api/kind.ts";
import type { KubeObject } from "../../src/api/object.ts";
import { COMMANDS } from "../../src/cli/command.ts";
import { completions } from "../../src/cli/completion.ts";
import { faultOf, unknownName } from "../../src/cli/fault.ts";
import { programOf } from "../../src/cli/program.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { missingFields } from "../../src/cli/view/schema.ts";
import { onSupportedNode } from "../../src/supported-node.ts";

const ROOT = join(import.meta.dirname, "../..");

function make() {
	const out: string[] = [];
	const terminal = {
		out: (line: string) => void out.push(line),
		note: (line: string) => void out.push(line),
		colour: false,
		interactive: false,
		ask: () => Promise.reject(new Error("nobody is there")),
		interrupted: new AbortController().signal,
	} satisfies Terminal;
	const connect = () => {
		throw new Error("connected");
	};
	return { out, program: programOf({ terminal, version: "1.2.3", connect }) };
}

describe("kubectl twin", () => {
	it("has the commands that twin-operator passes on, and each is documented", () => {
		const { program } = make();
		const names = program.commands.map((it) => it.name());
		expect(names.toSorted()).toEqual([...COMMANDS].toSorted());
		const docs = readFileSync(join(ROOT, "docs/kubectl-twin.md"), "utf8");
		for (const it of program.commands) {
			expect(docs).toContain(`### ${it.name()}`);
			for (const { long } of it.options) expect(docs).toContain(long);
		}
	});

	it.each([
		["switch", "unknown command 'switch'"],
		["explain", "missing required argument 'name'"],
		["switchover web --timeout soon", "Give a time such as 90s, 5m or 1h."],
		[
			"register x --agent Some --kubeconfig-of y",
			"Allowed choices are None, Managed, External",
		],
		["register x", "required option '--kubeconfig-of <context>' not specified"],
		["status --al", "unknown option '--al'"],
	])("%s: %s", async (line, message) => {
		const { out, program } = make();
		await expect(
			program.parseAsync(line.split(" "), { from: "user" }),
		).rejects.toThrow();
		expect(out.join("\n")).toContain(message);
	});

	it("completes commands, options and services", async () => {
		const of = async (...words: string[]) => {
			const found = await completions(make().program, words, async () => [
				"web",
				"api",
			]);
			expect(found.at(-1)).toBe(":4");
			return found.slice(0, -1);
		};
		expect(await of("s")).toEqual(["status", "switchover", "suspend"]);
		expect(await of("explain", "w")).toEqual(["web"]);
		expect(await of("-n", "shop", "explain", "")).toEqual(["web", "api"]);
		expect(await of("failover", "web", "--y")).toEqual(["--yes"]);
		expect(await of("clusters", "")).toEqual([]);
	});

	it("is built to JavaScript that runs, with what it needs beside it", () => {
		const dir = mkdtempSync(join(tmpdir(), "twin-operator-built-"));
		try {
			const tsc = join(ROOT, "node_modules/.bin/tsc");
			const build = [
				"-p",
				join(ROOT, "tsconfig.build.json"),
				"--outDir",
				join(dir, "dist"),
			];
			execFileSync(tsc, build);
			cpSync(join(ROOT, "package.json"), join(dir, "package.json"));
			symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"));
			const { bin, version } = JSON.parse(
				readFileSync(join(dir, "package.json"), "utf8"),
			) as { bin: Record<string, string>; version: string };
			const run = (name: string, ...args: string[]) =>
				execFileSync(process.execPath, [join(dir, bin[name] ?? ""), ...args], {
					encoding: "utf8",
				}).trim();
			expect(run("kubectl-twin", "--version")).toBe(version);
			expect(run("kubectl_complete-twin", "expl")).toBe("explain\n:4");
			expect(run("twin-operator", "completion", "bash")).toContain(
				"complete -F",
			);
		} finally {
			rmSync(dir, { recursive: true, force: true });
		}
	}, 60_000);
});

it("says which Node it needs, as package.json does", async () => {
	const { engines } = JSON.parse(
		readFileSync(join(ROOT, "package.json"), "utf8"),
	) as { engines: { node: string } };
	const { versions } = process;
	const told: unknown[] = [];
	vi.spyOn(console, "error").mockImplementation((it) => void told.push(it));
	const ran: string[] = [];
	for (const node of ["20.20.2", "22.18.0", "22.19.0", "24.0.0"]) {
		vi.stubGlobal("process", {
			versions: { ...versions, node },
			version: node,
		});
		await onSupportedNode(async () => ran.push(node));
	}
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
	expect(ran).toEqual(["22.19.0", "24.0.0"]);
	expect(told).toHaveLength(2);
	expect(String(told[0])).toContain(engines.node.replace(">=", ""));
});

describe("faults", () => {
	const call = { verb: "list", resource: TWIN_SERVICE, timeoutMs: 1 } as const;
	it.each([
		[
			{ kind: "refused", status: 401, reason: "Unauthorized", message: "" },
			"Log in again",
		],
		[
			{ kind: "refused", status: 403, reason: "Forbidden", message: "no" },
			"Ask for a Role",
		],
		[
			{ kind: "silent", why: "timeout", message: "1 s" },
			"ask a region instead",
		],
		[
			{ kind: "failing", status: 503, message: "etcd" },
			"Look at it and its etcd",
		],
		[{ kind: "nonsense", message: "HTML" }, "Correct the kubeconfig"],
	] as const)("%o says what to do: %s", (answer, next) => {
		expect(faultOf(answer, call, "hub").message).toContain(next);
	});

	it.each([
		["wbe", ["web", "api"], "Did you mean web?"],
		["we", ["web", "api"], "Did you mean web?"],
		["payments", ["web", "api"], "There are: web, api."],
		["web", [], "There is none here."],
	])("%s among %j: %s", (name, existing, message) => {
		expect(
			unknownName("TwinService", name, "here", existing).message,
		).toContain(message);
	});

	it("an older CRD is told by the fields that it lacks", () => {
		const crd = () =>
			load(
				readFileSync(
					join(ROOT, "crds/twin-operator.dev_twinservices.yaml"),
					"utf8",
				),
			) as KubeObject;
		const older = crd();
		// biome-ignore lint/suspicious/noExplicitAny: a schema is walked by hand.
		const spec = (older.spec as any).versions[0].schema.openAPIV3Schema
			.properties.spec;
		delete spec.properties.promotion.properties.gate;
		expect(missingFields(crd(), older)).toEqual(["spec.promotion.gate"]);
		expect(missingFields(crd(), crd())).toEqual([]);
	});
});
