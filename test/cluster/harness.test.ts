/** The harness itself: what the other tests on real control planes rely on. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	closeRun,
	type Network,
	networkFault,
	type RealCluster,
	startCluster,
	startClusters,
	startNetwork,
} from "../clusters/real/cluster.ts";
import { namespacesOf, processesOf } from "../clusters/real/sweep.ts";
import { until } from "../clusters/wait.ts";

afterAll(closeRun);

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: example.test/web }] }
`;
const STATEFUL_SET = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: default }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: example.test/db }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        accessModes: [ReadWriteOnce]
        resources: { requests: { storage: 1Gi } }
`;
const POD_NAMES = ["get", "pods", "-n", "default", "-o", "name"];

async function applyDeployment(cluster: RealCluster): Promise<void> {
	await cluster.kubectl(["apply", "-f", "-"], DEPLOYMENT);
	await cluster.kubectl([
		"wait",
		"--for=condition=Available",
		"--timeout=60s",
		"deployment/web",
	]);
}

describe("three clusters", () => {
	let hub: RealCluster;
	let north: RealCluster;
	let south: RealCluster;

	beforeAll(async () => {
		[hub, north, south] = await startClusters(["hub", "north", "south"], {
			audit: true,
		});
	});
	afterAll(() => Promise.all([hub, north, south].map((it) => it?.stop())));

	it("are apart from each other", async () => {
		const uids = await Promise.all(
			[hub, north, south].map(async (it) => {
				const path = "/api/v1/namespaces/kube-system";
				return (await it.request("GET", path)).body.metadata.uid;
			}),
		);
		expect(new Set(uids).size).toBe(3);
		const askOther = ["--kubeconfig", hub.kubeconfigPath, "get", "nodes"];
		const wrong = hub.kubectl([...askOther, "--server", north.url]);
		await expect(wrong).rejects.toThrow("certificate");
	});

	it("make pods ready", async () => {
		await applyDeployment(hub);
		const pods = await hub.kubectl(POD_NAMES);
		expect(pods.trim().split("\n")).toHaveLength(2);
	});

	it("give volumes to stateful pods", async () => {
		await hub.kubectl(["apply", "-f", "-"], STATEFUL_SET);
		await hub.kubectl([
			"wait",
			"--for=jsonpath={.status.readyReplicas}=1",
			"--timeout=60s",
			"statefulset/db",
		]);
		await hub.kubectl(["delete", "statefulset/db", "pvc/data-db-0"]);
	});

	it("log who wrote what", async () => {
		await north.kubectl(["create", "configmap", "seen"]);
		const found = north
			.auditLog()
			.filter((it) => it.objectRef?.name === "seen");
		expect(found).toMatchObject([
			{
				verb: "create",
				user: { username: "admin" },
				responseStatus: { code: 201 },
			},
		]);
		const verbs = new Set(north.auditLog().map((it) => it.verb));
		expect(verbs).not.toContain("get");
	});

	it("die silently and come back with their data", async () => {
		await applyDeployment(south);
		const before = await south.kubectl(POD_NAMES);
		await south.die();
		await expect(south.request("GET", "/livez")).rejects.toThrow(
			"ECONNREFUSED",
		);
		await south.revive();
		expect(await south.kubectl(POD_NAMES)).toBe(before);
	});

	it("come back empty when etcd was wiped", async () => {
		await applyDeployment(north);
		await north.die();
		north.wipeEtcd();
		await north.revive();
		expect(await north.kubectl(POD_NAMES)).toBe("");
		await applyDeployment(north);
	});

	it("hold their connections when paused", async () => {
		south.pause();
		try {
			const asked = south.request("GET", "/livez", undefined, undefined, 500);
			await expect(asked).rejects.toThrow("aborted");
		} finally {
			south.resume();
		}
		expect((await south.request("GET", "/livez")).status).toBe(200);
	});

	it("refuse an expired certificate, and limit a plain user", async () => {
		const use = (kubeconfig: string) => {
			const path = join(hub.dir, "other.kubeconfig");
			writeFileSync(path, kubeconfig);
			return hub.kubectl(["--kubeconfig", path, "get", "secrets"]);
		};
		const hour = 3_600_000;
		const expired = await hub.kubeconfigFor({
			user: "late",
			groups: ["system:masters"],
			notBefore: new Date(Date.now() - 2 * hour),
			notAfter: new Date(Date.now() - hour),
		});
		await expect(use(expired)).rejects.toThrow(/Unauthorized|logged in/);
		const plain = await hub.kubeconfigFor({ user: "plain" });
		await expect(use(plain)).rejects.toThrow("Forbidden");
	});
});

const fault = networkFault();
const everywhere = process.env.CI === "true";

describe.skipIf(fault !== undefined && !everywhere)("a network", () => {
	let network: Network;
	let north: RealCluster;
	let south: RealCluster;

	beforeAll(async () => {
		network = await startNetwork();
		const light = { network, controllers: false, kwok: false };
		[north, south] = await startClusters(["north", "south"], light);
	});
	afterAll(() => Promise.all([north, south].map((it) => it?.stop())));

	/** Exit code of curl inside `from`: 0 answered, 7 refused, 28 silent. */
	function ask(from: RealCluster, to: RealCluster): Promise<number | null> {
		const [file = "", ...enter] = from.enter;
		const url = `${to.url}/livez`;
		const args = [...enter, "curl", "-sk", "-o", "/dev/null", "-m", "2", url];
		return new Promise((resolve, reject) => {
			spawn(file, args).on("error", reject).on("exit", resolve);
		});
	}

	it("joins clusters that are not on loopback", async () => {
		expect(north.url).not.toContain("127.0.0.1");
		expect(await ask(north, south)).toBe(0);
	});

	it("is cut and healed between two of them only", async () => {
		network.cut("north", "south");
		expect(await ask(north, south)).toBe(28);
		expect(await ask(south, north)).toBe(28);
		expect((await south.request("GET", "/livez")).status).toBe(200);
		network.heal("north", "south");
		expect(await ask(north, south)).toBe(0);
	});

	it("refuses instead of dropping when asked to", async () => {
		network.cut("north", "south", "reject");
		expect(await ask(north, south)).toBe(7);
		network.healAll();
		expect(await ask(north, south)).toBe(0);
	});

	it("can be cut from the test itself", async () => {
		network.cut("host", "south");
		const asked = south.request("GET", "/livez", undefined, undefined, 500);
		await expect(asked).rejects.toThrow("aborted");
		expect(await ask(north, south)).toBe(0);
		network.healAll();
		expect((await south.request("GET", "/livez")).status).toBe(200);
	});
});

describe("a run", () => {
	/** Starts a process that owns a cluster; resolves with the run's name. */
	async function owner(): Promise<{ child: ChildProcess; run: string }> {
		const child = spawn(
			process.execPath,
			[join(import.meta.dirname, "owner.ts")],
			{ stdio: ["ignore", "pipe", "inherit"] },
		);
		for await (const line of createInterface({ input: child.stdout })) {
			return { child, run: line };
		}
		throw new Error("the owner ended without a word");
	}

	for (const signal of ["SIGKILL", "SIGINT"] as const) {
		it(`leaves nothing when its owner gets ${signal}`, async () => {
			const { child, run } = await owner();
			const dir = join(tmpdir(), run);
			expect(existsSync(dir)).toBe(true);
			expect(processesOf(run).length).toBeGreaterThanOrEqual(2);
			expect(namespacesOf(run)).toHaveLength(fault === undefined ? 2 : 0);
			child.kill(signal);
			await until("everything to be gone", () => {
				const left = [...processesOf(run), ...namespacesOf(run)];
				if (existsSync(dir)) left.push(dir);
				if (left.length > 0) throw new Error(left.join(", "));
				return true;
			});
		});
	}

	it("says why when a cluster cannot start", async () => {
		await expect(
			startCluster({ name: "wrong", etcdFlags: ["--listen-peer-urls=wrong"] }),
		).rejects.toThrow(/etcd ended; its log:[\s\S]*listen-peer-urls/);
	});
});
