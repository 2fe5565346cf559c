/**
 * Real Kubernetes control planes, as processes of this machine.
 *
 *   startCluster(options): Promise<RealCluster>     ready to schedule pods
 *   startClusters(["hub", "north", "south"], options?)  at the same time; a tuple
 *   startNode(cluster, network), in node/node.ts, gives one a real kubelet
 *   startNetwork(): Promise<Network>   namespaces for `options.network` (root only)
 *   networkFault()                     why there is no network here, or undefined
 *   closeRun()                         ends everything this process started
 *
 * Nothing outlives this process, however it dies: see sweep.ts. Logs lie in
 * `cluster.dir` until `stop`.
 */
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestCluster } from "../cluster.ts";
import { type AuditEvent, readAuditLog } from "./audit.ts";
import { type Programs, programs } from "./binaries.ts";
import type { Layout } from "./flag.ts";
import { furnish } from "./furnish.ts";
import { ask, type Reply } from "./http.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import { kubectl } from "./kubectl.ts";
import { type Material, prepare } from "./material.ts";
import { createNetwork, type Network, type Site } from "./network.ts";
import type { ClientRequest, Pair } from "./pki.ts";
import { freePort } from "./port.ts";
import { type Machinery, machineryOf } from "./program.ts";
import { thisRun } from "./run.ts";

export interface ClusterOptions {
	readonly name: string;
	/** Puts the cluster into a namespace of its own in this network. */
	readonly network?: Network;
	/** Log every mutating request; default false. */
	readonly audit?: boolean;
	/** kube-controller-manager and kube-scheduler; default true. */
	readonly controllers?: boolean;
	/** kwok, and its nodes; default true. */
	readonly kwok?: boolean;
	/** How many nodes kwok plays; default 1. */
	readonly nodes?: number;
	/** More flags for etcd and kube-apiserver; a later one wins. */
	readonly etcdFlags?: readonly string[];
	readonly apiServerFlags?: readonly string[];
}

export interface RealCluster extends TestCluster {
	readonly dir: string;
	readonly kubeconfigPath: string;
	/** The certificate by which its servers are known. */
	readonly authority: string;
	/** Put before a command, runs it where the cluster is; empty without a network. */
	readonly enter: readonly string[];
	/** Standard output; rejects with standard error. `input` is for `-f -`. */
	kubectl(args: readonly string[], input?: string): Promise<string>;
	/** One request as administrator, from this process. */
	request(
		method: string,
		path: string,
		body?: unknown,
		contentType?: string,
		timeoutMs?: number,
	): Promise<Reply>;
	/** One request to etcd's JSON gateway, past the API server; only without a network. */
	etcd(path: string, body: object): Promise<Reply["body"]>;
	/** Credentials of another user, also expired or not yet valid ones. */
	kubeconfigFor(client: ClientRequest): Promise<string>;
	/** A certificate that the API server trusts, for a server with these names and addresses. */
	servingFor(names: readonly string[]): Promise<Pair>;
	/** SIGKILL by default; connections break at once. The same as `die`. */
	kill(signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
	/** Same data, same address. The same as `revive`. */
	restart(): Promise<void>;
	/** Every process stops where it is: connections stay open and silent. */
	pause(): void;
	resume(): void;
	/** Forgets all data. Only while it is dead. */
	wipeEtcd(): void;
	/** Keeps a copy of etcd's data. */
	backUpEtcd(): void;
	/** The copy takes the place of what is there now. */
	putBackEtcd(): void;
	/** Mutating requests so far, oldest first, over all restarts. Needs `audit`. */
	auditLog(): AuditEvent[];
}

export { type Network, networkFault } from "./network.ts";
export { closeRun } from "./run.ts";

const LOOPBACK: Site = { address: "127.0.0.1", enter: [] };

export async function startNetwork(): Promise<Network> {
	return createNetwork((await thisRun()).id);
}

export async function startClusters<const N extends readonly string[]>(
	names: N,
	options: Omit<ClusterOptions, "name"> = {},
): Promise<{ [K in keyof N]: RealCluster }> {
	const started = await Promise.all(
		names.map((name) => startCluster({ ...options, name })),
	);
	return started as { [K in keyof N]: RealCluster };
}

export async function startCluster(
	options: ClusterOptions,
): Promise<RealCluster> {
	const [binaries, run] = [await programs(), await thisRun()];
	const { name, network } = options;
	const site = network ? network.join(name) : LOOPBACK;
	const layout: Layout = {
		dir: join(run.dir, `${name}-${await freePort()}`),
		address: site.address,
		apiPort: network ? 6443 : await freePort(),
		etcdPort: network ? 2379 : await freePort(),
		peerPort: network ? 2380 : await freePort(),
		kwokPort: network ? 10_247 : await freePort(),
		audit: options.audit ?? false,
	};
	const url = `https://${site.address}:${layout.apiPort}`;
	const material = await prepare(name, url, layout);
	const wanted = {
		etcdFlags: options.etcdFlags ?? [],
		apiServerFlags: options.apiServerFlags ?? [],
		controllers: options.controllers ?? true,
		kwok: options.kwok ?? true,
	};
	const machinery = machineryOf(run, layout, binaries, wanted, site.enter);
	const nodes = wanted.kwok ? (options.nodes ?? 1) : 0;
	const cluster = assemble(
		{ name, url, layout, material, machinery, site },
		binaries,
		{ nodes, controllers: wanted.controllers },
	);
	try {
		await cluster.restart();
	} catch (error) {
		await cluster.stop();
		throw error;
	}
	return cluster;
}

interface Pieces {
	readonly name: string;
	readonly url: string;
	readonly layout: Layout;
	readonly material: Material;
	readonly machinery: Machinery;
	readonly site: Site;
}

function assemble(
	{ name, url, layout, material, machinery, site }: Pieces,
	binaries: Programs,
	made: { readonly nodes: number; readonly controllers: boolean },
): RealCluster {
	const { authority, admin, kubeconfig, kubeconfigPath } = material;
	const access = { url, authority: authority.cert, ...admin };
	const request: RealCluster["request"] = (...args) => ask(access, ...args);
	const kill = async (signal: "SIGKILL" | "SIGTERM" = "SIGKILL") => {
		await machinery.kill(signal);
	};
	const restart = async () => {
		await machinery.start(
			async () => (await request("GET", "/readyz")).status === 200,
		);
		await furnish(request, made);
	};
	return {
		name,
		url,
		kubeconfig,
		kubeconfigPath,
		dir: layout.dir,
		authority: authority.cert,
		enter: site.enter,
		kubectl: (args, input) => kubectl(binaries, layout.dir, args, input),
		request,
		async etcd(path, body) {
			const answer = await fetch(`http://127.0.0.1:${layout.etcdPort}${path}`, {
				method: "POST",
				body: JSON.stringify(body),
			});
			if (answer.ok) return answer.json();
			throw new Error(`etcd ${path}: ${await answer.text()}`);
		},
		kubeconfigFor: async (client) =>
			kubeconfigOf(name, url, authority.cert, await authority.client(client)),
		servingFor: (names) => authority.serving(names),
		kill,
		die: () => kill(),
		restart,
		revive: restart,
		pause: () => machinery.signal("SIGSTOP"),
		resume: () => machinery.signal("SIGCONT"),
		backUpEtcd() {
			if (machinery.alive()) throw new Error(`${name} is alive: kill it first`);
			const [from, to] = [join(layout.dir, "etcd"), join(layout.dir, "backup")];
			rmSync(to, { recursive: true, force: true });
			cpSync(from, to, { recursive: true });
		},
		putBackEtcd() {
			if (machinery.alive()) throw new Error(`${name} is alive: kill it first`);
			const [from, to] = [join(layout.dir, "backup"), join(layout.dir, "etcd")];
			rmSync(to, { recursive: true, force: true });
			cpSync(from, to, { recursive: true });
		},
		wipeEtcd() {
			if (machinery.alive()) throw new Error(`${name} is alive: kill it first`);
			rmSync(join(layout.dir, "etcd"), { recursive: true, force: true });
		},
		auditLog: () => readAuditLog(join(layout.dir, "audit.log")),
		async stop() {
			await kill();
			rmSync(layout.dir, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}
