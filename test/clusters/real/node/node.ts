/**
 * A real node for a cluster that is in a network: kubelet, containerd and runc
 * as processes of this machine, in the cluster's network namespace and a mount
 * namespace of their own.
 *
 *   startNode(cluster, network): Promise<RealNode>     Ready, the images there
 *   nodeFault()                   why none can run here, or undefined
 *
 * All it has lies in one directory of the run, one cgroup and those namespaces;
 * nothing outlives the process that started it: see sweep.ts.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { until } from "../../wait.ts";
import { type Programs, programs } from "../binaries.ts";
import type { RealCluster } from "../cluster.ts";
import { install } from "../debian.ts";
import type { Network } from "../network.ts";
import { died, type Program, type Run, start, thisRun } from "../run.ts";
import { prefixOf } from "../sweep.ts";
import {
	cgroupsOf,
	makeCgroup,
	processesIn,
	removeCgroup,
	thaw,
} from "./cgroup.ts";
import {
	containerdFlags,
	kubeletFlags,
	type NodeLayout,
	SOCKET,
	writeConfigs,
} from "./config.ts";
import { makeImages } from "./image.ts";
import { NODE_PACKAGES, NODE_PARTS } from "./part.ts";
import { openSpace, processesAt, type Space } from "./space.ts";

export type Agency = "kubelet" | "containerd";

export interface RealNode {
	/** The cluster's. */
	readonly name: string;
	/** Logs and configuration. */
	readonly dir: string;
	/** Put before a command, runs it on the node. */
	readonly enter: readonly string[];
	/** SIGKILL; containers go on. */
	kill(agency: Agency): Promise<void>;
	/** After `kill`: a new process, which knows only what its files say. */
	restart(agency: Agency): void;
	/** Stops it where it is, and lets it go on. */
	pause(agency: Agency): void;
	resume(agency: Agency): void;
	/** Brings images of an archive (as `docker save` writes it) onto the node. */
	importImages(archive: string): void;
	/** The same image by its digest, as `NAME@sha256:…`, which the node then knows too. */
	withDigest(image: string): string;
	/** Ends it and every container, and removes everything it left. */
	stop(): Promise<void>;
}

export { nodeFault } from "./fault.ts";

/** Fetches or builds what `startNode` needs; takes minutes the first time. */
export async function prepareNodes(): Promise<Programs> {
	await install(NODE_PACKAGES, (it) => process.stderr.write(`${it}\n`));
	return programs(NODE_PARTS);
}

export async function startNode(
	cluster: RealCluster,
	network: Network,
): Promise<RealNode> {
	const [binaries, run] = [await prepareNodes(), await thisRun()];
	const { name } = cluster;
	const layout: NodeLayout = {
		name,
		dir: join(run.dir, `${name}-node`),
		address: new URL(cluster.url).hostname,
		podSubnet: network.routePods(name),
		cgroup: `${prefixOf(run.id)}${name}`,
		cniDir: dirname(pathOf(binaries, "bridge")),
		runc: pathOf(binaries, "runc"),
	};
	writeConfigs(layout, {
		authority: cluster.authority,
		serving: await cluster.servingFor([name, layout.address]),
		kubeconfig: await cluster.kubeconfigFor({
			user: `system:node:${name}`,
			groups: ["system:nodes"],
		}),
	});
	makeCgroup(layout.cgroup);
	const space = await openSpace(run, layout.dir, cluster.enter);
	const node = assemble(run, layout, binaries, space);
	try {
		await node.start(cluster, makeImages(run.dir));
	} catch (error) {
		await node.stop();
		throw error;
	}
	return node;
}

function assemble(
	run: Run,
	layout: NodeLayout,
	binaries: Programs,
	space: Space,
) {
	const { dir, name } = layout;
	const running = new Map<Agency, Program>();
	const flags = {
		kubelet: kubeletFlags(layout),
		containerd: containerdFlags(layout),
	};
	function launch(agency: Agency): Program {
		const command = [pathOf(binaries, agency), ...flags[agency]];
		const program = start(run, agency, [...space.enter, ...command], dir);
		running.set(agency, program);
		return program;
	}
	function signal(agency: Agency, what: NodeJS.Signals): void {
		running.get(agency)?.child.kill(what);
	}
	function ctr(...args: string[]): string {
		const [file = "", ...enter] = space.enter;
		const command = [pathOf(binaries, "ctr"), "-a", SOCKET, "-n", "k8s.io"];
		const all = [...enter, ...command, ...args];
		return execFileSync(file, all, { stdio: "pipe", encoding: "utf8" });
	}
	return {
		name,
		dir,
		enter: space.enter,
		async start(cluster: RealCluster, images: string) {
			const containerd = launch("containerd");
			const answers = until("containerd to answer", () => {
				ctr("version");
				return true;
			});
			await Promise.race([died(containerd), answers]);
			ctr("images", "import", images);
			const kubelet = launch("kubelet");
			const ready = until(`node ${name} to be ready`, () => isReady(cluster));
			await Promise.race([died(kubelet), died(containerd), ready]);
		},
		async kill(agency: Agency) {
			signal(agency, "SIGKILL");
			await running.get(agency)?.ended;
		},
		restart(agency: Agency) {
			if (running.get(agency)?.alive()) throw new Error(`${agency} is alive`);
			launch(agency);
		},
		pause: (agency: Agency) => signal(agency, "SIGSTOP"),
		resume: (agency: Agency) => signal(agency, "SIGCONT"),
		importImages: (archive: string) => void ctr("images", "import", archive),
		withDigest(image: string) {
			const listed = ctr("images", "ls", `name==${image}`);
			const [digest] = /sha256:[0-9a-f]{64}/.exec(listed) ?? [];
			if (!digest) throw new Error(`${name} has no image ${image}: ${listed}`);
			const exact = `${image.replace(/:[^:/]*$/, "")}@${digest}`;
			ctr("images", "tag", "--force", image, exact);
			return exact;
		},
		async stop() {
			// First who would start containers anew.
			for (const it of ["kubelet", "containerd"] as const)
				signal(it, "SIGKILL");
			await endAll(layout.cgroup, space);
			rmSync(dir, { recursive: true, force: true, maxRetries: 20 });
		},
	};
}

async function isReady(cluster: RealCluster): Promise<boolean> {
	const path = `/api/v1/nodes/${cluster.name}`;
	const { body } = await cluster.request("GET", path);
	const conditions: { type: string; status: string }[] =
		body.status?.conditions ?? [];
	return conditions.some((it) => it.type === "Ready" && it.status === "True");
}

/** Containers by their cgroup, all others by their mount namespace. */
async function endAll(cgroup: string, space: Space): Promise<void> {
	const own = () => cgroupsOf(cgroup).filter((it) => basename(it) === cgroup);
	await until(`${cgroup} to be empty`, () => {
		for (const it of own()) thaw(it);
		const pids = [...own().flatMap(processesIn), ...processesAt(space)];
		for (const it of pids) {
			try {
				process.kill(it, "SIGKILL");
			} catch {
				// It ended by itself meanwhile.
			}
		}
		return pids.length === 0;
	});
	for (const it of own()) removeCgroup(it);
}

function pathOf(binaries: Programs, name: string): string {
	const path = binaries.get(name);
	if (!path) throw new Error(`no program ${name}`);
	return path;
}
