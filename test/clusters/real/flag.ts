/** The command lines of a cluster's programs. */
import { join } from "node:path";

export interface Layout {
	readonly dir: string;
	/** Where the API server listens and is found. */
	readonly address: string;
	readonly apiPort: number;
	readonly etcdPort: number;
	readonly peerPort: number;
	readonly kwokPort: number;
	readonly audit: boolean;
}

export const AUDIT_POLICY = {
	apiVersion: "audit.k8s.io/v1",
	kind: "Policy",
	omitStages: ["RequestReceived"],
	omitManagedFields: true,
	rules: [
		{ level: "None", verbs: ["get", "list", "watch"] },
		// The kind of a patch shows in its body only.
		{ level: "Request", verbs: ["patch"], users: ["admin", "twin-operator"] },
		{ level: "Metadata" },
	],
};

export function etcdFlags(it: Layout): string[] {
	const client = `http://127.0.0.1:${it.etcdPort}`;
	const peer = `http://127.0.0.1:${it.peerPort}`;
	return [
		`--data-dir=${join(it.dir, "etcd")}`,
		`--listen-client-urls=${client}`,
		`--advertise-client-urls=${client}`,
		`--listen-peer-urls=${peer}`,
		`--initial-advertise-peer-urls=${peer}`,
		`--initial-cluster=default=${peer}`,
		// Data must outlive SIGKILL, which it does without fsync, not the machine.
		"--unsafe-no-fsync",
		"--log-level=warn",
	];
}

export function apiServerFlags(it: Layout): string[] {
	const file = (name: string) => join(it.dir, name);
	return [
		`--etcd-servers=http://127.0.0.1:${it.etcdPort}`,
		`--bind-address=${it.address}`,
		`--advertise-address=${it.address}`,
		`--secure-port=${it.apiPort}`,
		`--cert-dir=${file("certs")}`,
		`--tls-cert-file=${file("serving.crt")}`,
		`--tls-private-key-file=${file("serving.key")}`,
		`--client-ca-file=${file("ca.crt")}`,
		"--authorization-mode=Node,RBAC",
		// How it comes to a kubelet, where there is a real one.
		`--kubelet-certificate-authority=${file("ca.crt")}`,
		`--kubelet-client-certificate=${file("admin.crt")}`,
		`--kubelet-client-key=${file("admin.key")}`,
		"--kubelet-preferred-address-types=InternalIP",
		`--service-account-issuer=https://${it.address}:${it.apiPort}`,
		`--service-account-key-file=${file("sa.key")}`,
		`--service-account-signing-key-file=${file("sa.key")}`,
		"--service-cluster-ip-range=10.96.0.0/16",
		// The reconciler would refuse to publish a loopback address as an endpoint.
		"--endpoint-reconciler-type=none",
		"--profiling=false",
		...(it.audit
			? [
					`--audit-policy-file=${file("audit-policy.json")}`,
					`--audit-log-path=${file("audit.log")}`,
					"--audit-log-mode=blocking-strict",
				]
			: []),
	];
}

/** More workers than by default: a test waits for what they do. */
const WORKERS = {
	"deployment-syncs": 50,
	"replicaset-syncs": 50,
	"statefulset-syncs": 50,
	"job-syncs": 20,
	"cron-job-syncs": 20,
	"gc-syncs": 50,
	"horizontal-pod-autoscaler-syncs": 20,
	"namespace-syncs": 20,
	"endpoint-syncs": 20,
	"service-endpoint-syncs": 20,
	"serviceaccount-token-syncs": 20,
};

export function controllerFlags(it: Layout): string[] {
	return [
		`--kubeconfig=${join(it.dir, "controller-manager.kubeconfig")}`,
		`--service-account-private-key-file=${join(it.dir, "sa.key")}`,
		`--root-ca-file=${join(it.dir, "ca.crt")}`,
		"--controllers=*",
		"--leader-elect=false",
		"--secure-port=0",
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
		// A starved test machine is no reason to evict pods.
		"--node-monitor-grace-period=1h",
		...Object.entries(WORKERS).map(([name, n]) => `--concurrent-${name}=${n}`),
	];
}

export function schedulerFlags(it: Layout): string[] {
	return [
		`--kubeconfig=${join(it.dir, "scheduler.kubeconfig")}`,
		"--leader-elect=false",
		"--secure-port=0",
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
	];
}

export function kwokFlags(it: Layout): string[] {
	return [
		`--kubeconfig=${join(it.dir, "kwok.kubeconfig")}`,
		`--config=${join(import.meta.dirname, "kwok.yaml")}`,
		// Others run what is placed on them: a kubelet, or process/node.ts.
		"--manage-all-nodes=false",
		"--manage-nodes-with-label-selector=type=kwok",
		`--server-address=127.0.0.1:${it.kwokPort}`,
	];
}
