/** What a node's programs are told. JSON is YAML. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pair } from "../pki.ts";
import { PAUSE } from "./image.ts";

export interface NodeLayout {
	/** The name of the node, and of its cluster. */
	readonly name: string;
	readonly dir: string;
	readonly address: string;
	readonly podSubnet: string;
	readonly cgroup: string;
	/** Where the CNI plugins lie. */
	readonly cniDir: string;
	readonly runc: string;
}

export interface Credentials {
	readonly authority: string;
	readonly serving: Pair;
	readonly kubeconfig: string;
}

/** Inside the node's own /run. */
export const SOCKET = "/run/containerd/containerd.sock";

export function writeConfigs(it: NodeLayout, credentials: Credentials): void {
	for (const name of ["cni", "plugins", "tmp"]) {
		mkdirSync(join(it.dir, name), { recursive: true });
	}
	const write = (name: string, text: string) => {
		writeFileSync(join(it.dir, name), text, { mode: 0o600 });
	};
	write("ca.crt", credentials.authority);
	write("kubelet.crt", credentials.serving.cert);
	write("kubelet.key", credentials.serving.key);
	write("kubeconfig", credentials.kubeconfig);
	write("kubelet.yaml", JSON.stringify(kubeletConfig(it), null, 2));
	write("containerd.toml", containerdConfig(it));
	write("cni/pods.conflist", JSON.stringify(cniConfig(it), null, 2));
}

export function kubeletFlags(it: NodeLayout): string[] {
	return [
		`--config=${join(it.dir, "kubelet.yaml")}`,
		`--kubeconfig=${join(it.dir, "kubeconfig")}`,
		"--root-dir=/var/lib/kubelet",
		"--cert-dir=/var/lib/kubelet/pki",
		`--hostname-override=${it.name}`,
		`--node-ip=${it.address}`,
	];
}

export function containerdFlags(it: NodeLayout): string[] {
	return ["--config", join(it.dir, "containerd.toml")];
}

function kubeletConfig(it: NodeLayout): object {
	return {
		apiVersion: "kubelet.config.k8s.io/v1beta1",
		kind: "KubeletConfiguration",
		address: it.address,
		healthzPort: 0,
		readOnlyPort: 0,
		authentication: {
			anonymous: { enabled: false },
			webhook: { enabled: false },
			x509: { clientCAFile: join(it.dir, "ca.crt") },
		},
		// Only the cluster's own API server has a certificate of that authority.
		authorization: { mode: "AlwaysAllow" },
		tlsCertFile: join(it.dir, "kubelet.crt"),
		tlsPrivateKeyFile: join(it.dir, "kubelet.key"),
		containerRuntimeEndpoint: `unix://${SOCKET}`,
		volumePluginDir: join(it.dir, "plugins"),
		podLogsDir: "/var/log/pods",
		// No name service and no service proxy: pods ask by address.
		resolvConf: "",
		makeIPTablesUtilChains: false,
		cgroupDriver: "cgroupfs",
		cgroupRoot: `/${it.cgroup}`,
		enforceNodeAllocatable: [],
		failCgroupV1: false,
		failSwapOn: false,
		// The right to lower it is not given everywhere.
		oomScoreAdj: 0,
		maxOpenFiles: 20_000,
		// The machine belongs to others too: neither its full disk nor its
		// little memory is a reason to evict the test's pods.
		evictionHard: {
			"memory.available": "0%",
			"nodefs.available": "0%",
			"nodefs.inodesFree": "0%",
			"imagefs.available": "0%",
			"imagefs.inodesFree": "0%",
		},
		imageGCHighThresholdPercent: 100,
	};
}

function cniConfig(it: NodeLayout): object {
	return {
		cniVersion: "1.0.0",
		name: "pods",
		plugins: [
			{
				type: "bridge",
				bridge: "pods",
				isGateway: true,
				hairpinMode: true,
				ipam: {
					type: "host-local",
					ranges: [[{ subnet: it.podSubnet }]],
					routes: [{ dst: "0.0.0.0/0" }],
				},
			},
		],
	};
}

function containerdConfig(it: NodeLayout): string {
	const text = (value: string) => JSON.stringify(value);
	return `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
oom_score = 0
disabled_plugins = [
  "io.containerd.nri.v1.nri",
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.tracing.processor.v1.otlp",
]

[grpc]
address = ${text(SOCKET)}

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = ${text(PAUSE)}

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true
disable_apparmor = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = [${text(it.cniDir)}]
conf_dir = ${text(join(it.dir, "cni"))}

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = ${text(it.runc)}
SystemdCgroup = false
`;
}
