/** `kubectl twin`, as a person runs it: a process of its own, with a kubeconfig of several contexts. */
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { load } from "js-yaml";
import { programs } from "../clusters/real/binaries.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { prepareHelm } from "../clusters/real/helm.ts";

const ROOT = join(import.meta.dirname, "../..");
const SRC = join(ROOT, "src");

export interface Ended {
	readonly code: number | null;
	/** Standard output, and standard error. */
	readonly out: string;
	readonly err: string;
}

export interface Person {
	/** Path of the kubeconfig. */
	readonly kubeconfig: string;
	/** Runs `kubectl-twin` itself. `until` ends it with SIGINT once that text was told. */
	twin(args: readonly string[], until?: string): Promise<Ended>;
	/** Runs the real kubectl with the plugin on its PATH. */
	kubectl(args: readonly string[]): Promise<Ended>;
	/** A line as a document has it, in this project's folder, with kubectl and Helm on the PATH too. */
	shell(line: string): Promise<Ended>;
}

interface Kubeconfig {
	clusters: { cluster: object }[];
	users: { user: object }[];
}

/** One context for each cluster, by its name; the first one is current. */
export function personWith(
	clusters: readonly Pick<RealCluster, "name" | "kubeconfig" | "dir">[],
	namespace: string,
): Person {
	const [first] = clusters;
	if (!first) throw new Error("a person needs a cluster");
	const dir = mkdtempSync(join(first.dir, "person-"));
	const parts = clusters.map(({ name, kubeconfig }) => {
		const { clusters, users } = load(kubeconfig) as Kubeconfig;
		return { name, cluster: clusters[0]?.cluster, user: users[0]?.user };
	});
	const text = JSON.stringify({
		apiVersion: "v1",
		kind: "Config",
		"current-context": first.name,
		clusters: parts.map(({ name, cluster }) => ({ name, cluster })),
		users: parts.map(({ name, user }) => ({ name, user })),
		contexts: parts.map(({ name }) => ({
			name,
			context: { cluster: name, user: name, namespace },
		})),
	});
	const kubeconfig = join(dir, "config");
	writeFileSync(kubeconfig, text, { mode: 0o600 });
	for (const name of ["kubectl-twin", "kubectl_complete-twin"])
		writeFileSync(
			join(dir, name),
			`#!/bin/sh\nexec '${process.execPath}' '${SRC}/${name}.ts' "$@"\n`,
			{ mode: 0o755 },
		);
	const env = {
		PATH: `${dir}:${process.env.PATH}`,
		HOME: dir,
		KUBECONFIG: kubeconfig,
	};
	return {
		kubeconfig,
		twin: (args, until) => run(join(dir, "kubectl-twin"), args, env, until),
		kubectl: async (args) =>
			run((await programs()).get("kubectl") ?? "kubectl", args, env),
		shell: async (line) => {
			const tools = [await programs(), await prepareHelm()].flatMap((it) =>
				["kubectl", "helm"].flatMap((name) => it.get(name) ?? []),
			);
			const path = [dir, ...tools.map((it) => dirname(it))].join(":");
			const PATH = `${path}:${process.env.PATH}`;
			return run("/bin/sh", ["-c", line], { ...env, PATH });
		},
	};
}

function run(
	file: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv,
	until?: string,
): Promise<Ended> {
	return new Promise((resolve, reject) => {
		const child = spawn(file, args, {
			...{ env, cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] },
		});
		let [out, err] = ["", ""];
		let interrupted = false;
		child.stdout.on("data", (part: Buffer) => {
			out += part.toString();
		});
		child.stderr.on("data", (part: Buffer) => {
			err += part.toString();
			if (interrupted || until === undefined || !err.includes(until)) return;
			interrupted = true;
			child.kill("SIGINT");
		});
		child.on("error", reject);
		child.on("close", (code) => resolve({ code, out, err }));
	});
}
