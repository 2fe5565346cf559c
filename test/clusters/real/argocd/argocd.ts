/** Argo CD over one cluster: all of its parts as plain processes, and redis. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../wait.ts";
import { programs } from "../binaries.ts";
import type { RealCluster } from "../cluster.ts";
import { install } from "../debian.ts";
import { freePort } from "../port.ts";
import { died, type Program, start, thisRun } from "../run.ts";
import { ARGOCD_PARTS } from "../tool.ts";
import { scriptsOfArgoCd } from "./manifest.ts";

export const ARGOCD_NAMESPACE = "argocd";

export interface ArgoCd {
	/** Runs `argocd ARGS` as a person would. Standard output; rejects with everything that it said. */
	cli(...args: string[]): Promise<string>;
	stop(): Promise<void>;
}

interface Ports {
	readonly redis: number;
	readonly repository: number;
	readonly server: number;
	/** What nobody asks, and must not be taken twice. */
	readonly idle: readonly number[];
}

const REDIS = { name: "redis-server", probe: ["redis-server", "--version"] };
const local = (port: number | undefined) => `127.0.0.1:${port}`;

/** Fetches, builds or installs what it needs; takes minutes the first time. */
export async function prepareArgoCd(): Promise<string> {
	await install([REDIS], console.log);
	return (await programs(ARGOCD_PARTS)).get("argocd") ?? "argocd";
}

/**
 * Its CRDs, its namespace and its ConfigMaps must be there. `appSetKubeconfig`
 * is the path of what its ApplicationSet controller works with.
 */
export async function startArgoCd(
	hub: RealCluster,
	appSetKubeconfig: string,
): Promise<ArgoCd> {
	const [program, run] = [await prepareArgoCd(), await thisRun()];
	const dir = join(hub.dir, "argocd");
	for (const it of ["tmp", "bin"])
		mkdirSync(join(dir, it), { recursive: true });
	for (const [name, text] of Object.entries(await scriptsOfArgoCd()))
		writeFileSync(join(dir, "bin", name), text, { mode: 0o755 });
	const idle = await Promise.all(Array.from({ length: 6 }, freePort));
	const ports: Ports = {
		redis: await freePort(),
		repository: await freePort(),
		server: await freePort(),
		idle,
	};
	const env = [
		// The cluster that it is in, says its kubeconfig.
		"ARGOCD_FAKE_IN_CLUSTER=true",
		"ARGOCD_GPG_ENABLED=false",
		`ARGOCD_TLS_DATA_PATH=${dir}/tls`,
		`ARGOCD_SSH_DATA_PATH=${dir}/ssh`,
		`ARGOCD_PLUGINSOCKFILEPATH=${dir}/plugins`,
		`ARGOCD_ASK_PASS_SOCK=${dir}/ask-pass.sock`,
		`TMPDIR=${dir}/tmp`,
		`PATH=${dir}/bin:${process.env.PATH}`,
	];
	const parts: Program[] = Object.entries(flagsOf(ports)).map(
		([name, flags]) => {
			const isAppSet = name === "argocd-applicationset-controller";
			const path = isAppSet ? appSetKubeconfig : hub.kubeconfigPath;
			const own = [`ARGOCD_BINARY_NAME=${name}`, `KUBECONFIG=${path}`];
			const namespace =
				name === "argocd-repo-server" ? [] : ["--namespace", ARGOCD_NAMESPACE];
			const command = ["env", ...env, ...own, program, ...namespace, ...flags];
			return start(run, name, command, dir);
		},
	);
	parts.push(start(run, "redis", redis(ports.redis), dir));
	const stop = async () => {
		for (const it of parts) if (it.alive()) it.child.kill("SIGKILL");
		await Promise.all(parts.map((it) => it.ended));
	};
	const ready = async () =>
		(await fetch(`http://${local(ports.server)}/healthz`)).ok;
	try {
		await Promise.race([
			...parts.map(died),
			until("Argo CD to answer", ready, { timeoutMs: 120_000 }),
		]);
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		cli: (...args) => cli(program, dir, ports.server, args),
		stop,
	};
}

const redis = (port: number): string[] => [
	"redis-server",
	...["--port", String(port), "--bind", "127.0.0.1"],
	// Nothing on disk: it is a cache.
	...["--save", "", "--appendonly", "no"],
	// A title of its own would be written over the mark by which a run is swept.
	...["--set-proc-title", "no"],
];

function flagsOf({ redis, repository, server, idle }: Ports) {
	const cache = ["--redis", local(redis)];
	const sources = ["--repo-server", local(repository)];
	const [a, b, c, d, e, f] = idle.map(String);
	return {
		"argocd-repo-server": [
			...cache,
			...["--address", "127.0.0.1"],
			...["--port", String(repository), "--metrics-port", `${a}`],
		],
		"argocd-application-controller": [
			...cache,
			...sources,
			...["--metrics-port", `${b}`],
			// Every two minutes by default: who fights over a field shall be found out.
			...["--app-resync", "5", "--app-resync-jitter", "0"],
		],
		"argocd-server": [
			...cache,
			...sources,
			...["--insecure", "--disable-auth", "--address", "127.0.0.1"],
			...["--port", String(server), "--metrics-port", `${c}`],
		],
		"argocd-applicationset-controller": [
			...["--argocd-repo-server", local(repository)],
			...["--metrics-addr", `127.0.0.1:${d}`, "--probe-addr", `127.0.0.1:${e}`],
			...["--webhook-addr", `127.0.0.1:${f}`],
		],
	};
}

function cli(
	program: string,
	dir: string,
	port: number,
	args: readonly string[],
): Promise<string> {
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	const where = ["--server", local(port), "--plaintext"];
	const config = ["--config", join(dir, "cli", "config")];
	execFile(
		program,
		[...args, ...where, ...config],
		{ env: { PATH: process.env.PATH, HOME: dir }, maxBuffer: 64 * 1024 * 1024 },
		(error, stdout, stderr) => {
			if (error)
				reject(new Error(`argocd ${args.join(" ")}:\n${stdout}${stderr}`));
			else resolve(stdout);
		},
	);
	return promise;
}
