/**
 * A node that runs pods as processes of this machine: what kubelet is to
 * containers, in small. The scheduler places pods here, each is started as it
 * says (container.ts), and is Ready when its own probe says so, which is what
 * `helm --wait` and the Deployment controller wait for. kwok would call every
 * pod ready that never ran.
 */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RealCluster } from "../cluster.ts";
import { type Container, type Pod, startContainer } from "./container.ts";

export interface ProcessNode {
	/** The processes that run now, by pod. */
	readonly running: ReadonlyMap<string, Container>;
	/** Every process there was, oldest first. */
	readonly all: readonly Container[];
	/** Pods that are placed here from now on are not started, until `release`. */
	hold(): void;
	release(): void;
	stop(): Promise<void>;
}

const NAME = "processes";
/** Beside kwok's nodes: what is placed on this one by its label. */
export const PROCESSES = { type: NAME } as const;
const EVERY_MS = 200;
const MERGE = "application/merge-patch+json";
/** As kubelet's, but with no growth. */
const BACK_OFF_MS = 1_000;

export async function startProcessNode(
	cluster: RealCluster,
): Promise<ProcessNode> {
	const node = new Node(cluster);
	await node.register();
	node.start();
	return node;
}

class Node implements ProcessNode {
	readonly running = new Map<string, Container>();
	readonly all: Container[] = [];
	readonly #cluster: RealCluster;
	readonly #pods = new Map<string, Promise<void>>();
	readonly #stopping = new AbortController();
	#loop: Promise<void> = Promise.resolve();
	#held = false;

	constructor(cluster: RealCluster) {
		this.#cluster = cluster;
	}

	async register(): Promise<void> {
		const { request } = this.#cluster;
		const made = await request("POST", "/api/v1/nodes", {
			apiVersion: "v1",
			kind: "Node",
			metadata: {
				name: NAME,
				labels: { "kubernetes.io/os": "linux", ...PROCESSES },
			},
		});
		if (made.status !== 201) throw new Error(made.body?.message);
		const room = { cpu: "100", memory: "100Gi", pods: "100" };
		const ready = { type: "Ready", status: "True", reason: "Registered" };
		await request(
			"PATCH",
			`/api/v1/nodes/${NAME}/status`,
			{
				status: {
					...{ capacity: room, allocatable: room },
					// As kwok's nodes do: the gate's form hangs on it.
					declaredFeatures: ["RestartAllContainersOnContainerExits"],
					conditions: [{ ...ready, ...times() }],
				},
			},
			MERGE,
		);
	}

	hold(): void {
		this.#held = true;
	}

	release(): void {
		this.#held = false;
	}

	start(): void {
		this.#loop = this.#run();
	}

	async stop(): Promise<void> {
		this.#stopping.abort();
		await this.#loop;
		await Promise.all(this.all.map((it) => it.kill()));
		await Promise.all(this.#pods.values());
	}

	async #run(): Promise<void> {
		while (!this.#stopping.signal.aborted) {
			for (const pod of await this.#list()) {
				const uid = pod.metadata.uid ?? "";
				if (!this.#held && !this.#pods.has(uid))
					this.#pods.set(uid, this.#live(pod));
			}
			await sleep(EVERY_MS);
		}
	}

	async #list(): Promise<readonly Pod[]> {
		const path = `/api/v1/pods?fieldSelector=spec.nodeName%3D${NAME}`;
		const { body } = await this.#cluster.request("GET", path);
		return body.items;
	}

	/** The whole life of one pod. */
	async #live(pod: Pod): Promise<void> {
		const { signal } = this.#stopping;
		const { name = "" } = pod.metadata;
		const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${name}`;
		for (let restarts = 0; !signal.aborted; restarts++) {
			const dir = mkdtempSync(join(this.#cluster.dir, `${name}-`));
			const container = await startContainer(this.#cluster, pod, dir);
			this.running.set(name, container);
			this.all.push(container);
			const leaving = await this.#attend(path, pod, container, restarts);
			this.running.delete(name);
			if (leaving) return;
			await this.#say(path, pod, false, restarts);
			await sleep(BACK_OFF_MS);
		}
	}

	/** Until the process has ended; true when the pod is gone with it. */
	async #attend(
		path: string,
		pod: Pod,
		container: Container,
		restarts: number,
	): Promise<boolean> {
		const { request } = this.#cluster;
		let over = false;
		void container.ended.then(() => {
			over = true;
		});
		let said: boolean | undefined;
		while (!over && !this.#stopping.signal.aborted) {
			const { status, body } = await request("GET", path);
			const isOther = body?.metadata?.uid !== pod.metadata.uid;
			if (status === 404 || isOther || body.metadata.deletionTimestamp) {
				const graceMs = 1_000 * (pod.spec.terminationGracePeriodSeconds ?? 30);
				const late = setTimeout(() => void container.kill(), graceMs);
				await container.stop();
				clearTimeout(late);
				const { uid } = pod.metadata;
				const gone = { gracePeriodSeconds: 0, preconditions: { uid } };
				await request("DELETE", path, gone);
				return true;
			}
			const ready = (await container.unready()) === undefined;
			if (ready !== said) await this.#say(path, pod, ready, restarts);
			said = ready;
			await sleep(EVERY_MS);
		}
		return this.#stopping.signal.aborted;
	}

	async #say(
		path: string,
		pod: Pod,
		ready: boolean,
		restartCount: number,
	): Promise<void> {
		const status = ready ? "True" : "False";
		const [container] = pod.spec.containers;
		const { name, image } = container ?? { name: "", image: "" };
		await this.#cluster.request(
			"PATCH",
			`${path}/status`,
			{
				status: {
					...{ phase: "Running", podIP: "127.0.0.1", hostIP: "127.0.0.1" },
					conditions: [
						...["PodScheduled", "Initialized"].map((type) => ({
							...{ type, status: "True" },
						})),
						...["ContainersReady", "Ready"].map((type) => ({
							...{ type, status },
						})),
					].map((it) => ({ ...it, ...times() })),
					containerStatuses: [
						{
							...{ name, image, imageID: image, ready, restartCount },
							started: true,
							state: { running: { startedAt: times().lastTransitionTime } },
						},
					],
				},
			},
			MERGE,
		);
	}
}

const times = () => ({
	lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
});
