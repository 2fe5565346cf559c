/**
 * The one container of a pod as a process of this machine: its arguments, the
 * environment and the service account's files that kubelet gives, the Secrets
 * that are mounted. What is different: it shares this machine's network and
 * programs, so that its ports are others, and its image is this project.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "../../../../src/api/object.ts";
import { follow, MAIN, type Operator } from "../../operator.ts";
import type { RealCluster } from "../cluster.ts";
import { freePort } from "../port.ts";
import { MARK } from "../sweep.ts";

export interface Pod extends KubeObject {
	readonly spec: {
		readonly serviceAccountName: string;
		readonly terminationGracePeriodSeconds?: number;
		readonly containers: readonly {
			readonly name: string;
			readonly image: string;
			readonly args?: readonly string[];
			readonly env?: readonly { name: string; value?: string }[];
			readonly volumeMounts?: readonly { name: string; mountPath: string }[];
			readonly readinessProbe?: { httpGet?: { path: string } };
		}[];
		readonly volumes?: readonly {
			readonly name: string;
			readonly secret?: { readonly secretName: string };
		}[];
	};
}

export interface Container extends Operator {
	/** As the pod says, but for the ports. */
	readonly args: readonly string[];
	/** Why its readiness probe fails, or undefined. */
	unready(): Promise<string | undefined>;
	/** What Prometheus would read. */
	metrics(): Promise<string>;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
/** Only root may mount; another user is root in a namespace of its own. */
const UNSHARE = [
	"unshare",
	"--mount",
	...(process.getuid?.() === 0 ? [] : ["--map-root-user"]),
];

/** Why no pod can be given files of its own here, or undefined. */
export function mountFault(): string | undefined {
	try {
		execFileSync(UNSHARE[0] ?? "", [...UNSHARE.slice(1), "true"]);
		return undefined;
	} catch {
		return "pods as processes need Linux, unshare (package util-linux), and the right to make namespaces";
	}
}

export async function startContainer(
	cluster: RealCluster,
	pod: Pod,
	dir: string,
): Promise<Container> {
	const [container, more] = pod.spec.containers;
	if (!container || more) throw new Error("a pod of one container is expected");
	const mounts = await filesOf(cluster, pod, dir);
	const [port, gatePort] = [await freePort(), await freePort()];
	const args = container.args ?? [];
	const { hostname, port: apiPort } = new URL(cluster.url);
	const own = Object.fromEntries(
		(container.env ?? []).map((it) => [it.name, it.value ?? ""]),
	);
	const command = [
		...[process.execPath, MAIN],
		...args
			.map((it) => it.replace(/^--http-port=.*/, `--http-port=${port}`))
			.map((it) => it.replace(/^--gate-port=.*/, `--gate-port=${gatePort}`)),
	];
	const child = spawn(
		UNSHARE[0] ?? "",
		[...UNSHARE.slice(1), "sh", "-ec", mountScript(mounts), "sh", ...command],
		{
			cwd: dir,
			stdio: ["ignore", "pipe", "pipe"],
			env: {
				PATH: process.env.PATH,
				[MARK]: process.env[MARK],
				KUBERNETES_SERVICE_HOST: hostname,
				KUBERNETES_SERVICE_PORT: apiPort,
				...own,
			},
		},
	);
	const path = container.readinessProbe?.httpGet?.path ?? "/";
	const ask = (path: string) =>
		fetch(`http://127.0.0.1:${port}${path}`, {
			signal: AbortSignal.timeout(5_000),
		});
	return {
		...follow(child),
		args,
		unready: async () => {
			const answer = await ask(path).catch(() => undefined);
			if (!answer) return "it does not answer";
			return answer.ok ? undefined : (await answer.text()).trim();
		},
		metrics: async () => (await ask("/metrics")).text(),
	};
}

/** Where a directory of this machine is to be seen by the process. */
type Mounts = Readonly<Record<string, string>>;

/** Empty file systems over the two places, in which the pod's own files are the only ones. */
const mountScript = (mounts: Mounts): string =>
	[
		...["/run", "/etc"].map((it) => `mount -t tmpfs tmpfs ${it}`),
		...Object.entries(mounts).flatMap(([to, from]) => [
			`mkdir -p ${to}`,
			`mount --bind ${from} ${to}`,
		]),
		'exec "$@"',
	].join("\n");

async function filesOf(
	cluster: RealCluster,
	pod: Pod,
	dir: string,
): Promise<Mounts> {
	const { namespace = "", name, uid } = pod.metadata;
	const inside = `/api/v1/namespaces/${namespace}`;
	const put = (folder: string, files: Record<string, string | Buffer>) => {
		mkdirSync(join(dir, folder), { recursive: true });
		for (const [file, content] of Object.entries(files))
			writeFileSync(join(dir, folder, file), content, { mode: 0o600 });
		return join(dir, folder);
	};
	// Bound to the pod: without it the token is worth nothing.
	const account = `${inside}/serviceaccounts/${pod.spec.serviceAccountName}`;
	const token = await cluster.request("POST", `${account}/token`, {
		apiVersion: "authentication.k8s.io/v1",
		kind: "TokenRequest",
		spec: { boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid } },
	});
	const root = `${inside}/configmaps/kube-root-ca.crt`;
	const authority = await cluster.request("GET", root);
	const mounts: Record<string, string> = {
		[SERVICE_ACCOUNT.replace("/var", "")]: put("account", {
			token: token.body.status.token,
			"ca.crt": authority.body.data["ca.crt"],
			namespace,
		}),
	};
	for (const volume of pod.spec.volumes ?? []) {
		const to = pod.spec.containers[0]?.volumeMounts?.find(
			(it) => it.name === volume.name,
		)?.mountPath;
		if (!volume.secret || !to) continue;
		const path = `${inside}/secrets/${volume.secret.secretName}`;
		const { body } = await cluster.request("GET", path);
		const files = Object.entries(body.data as Record<string, string>).map(
			([file, text]) => [file, Buffer.from(text, "base64")] as const,
		);
		mounts[to] = put(volume.name, Object.fromEntries(files));
	}
	return mounts;
}
