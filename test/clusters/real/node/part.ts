/** What a real node needs besides the parts of a control plane. */
import {
	KUBERNETES,
	KUBERNETES_LDFLAGS,
	kubernetesRelease,
	type Package,
	type Part,
} from "../part.ts";

const CONTAINERD = "2.4.2";
const RUNC = "1.4.2";
const CNI = "1.9.1";

/** Of these the images are made and the node's namespaces set up. */
export const NODE_PACKAGES: readonly Package[] = [
	{ name: "busybox", probe: ["busybox", "true"] },
	{ name: "iproute2", probe: ["ip", "-V"] },
	{ name: "util-linux", probe: ["nsenter", "--version"] },
];

export const NODE_PARTS: readonly Part[] = [
	{
		// Not among the programs of a control plane: who has those in the cache
		// shall not have to build them again.
		name: "kubelet",
		module: "kubernetes",
		version: `v${KUBERNETES}`,
		programs: { kubelet: "k8s.io/kubernetes/cmd/kubelet" },
		ldflags: KUBERNETES_LDFLAGS,
		buildSeconds: 325,
		release: kubernetesRelease,
	},
	{
		name: "containerd",
		version: `v${CONTAINERD}`,
		programs: Object.fromEntries(
			["containerd", "containerd-shim-runc-v2", "ctr"].map((it) => [
				it,
				`github.com/containerd/containerd/v2/cmd/${it}`,
			]),
		),
		ldflags: "-s -w",
		buildEnv: { CGO_ENABLED: "0" },
		buildFlags: ["-tags", "no_btrfs no_devmapper no_zfs no_tracing"],
		buildSeconds: 65,
		release: (program, { os, arch }) => {
			const url = `https://github.com/containerd/containerd/releases/download/v${CONTAINERD}/containerd-static-${CONTAINERD}-${os}-${arch}.tar.gz`;
			const checksumUrl = `${url}.sha256sum`;
			return { url, checksumUrl, member: `bin/${program}` };
		},
	},
	{
		name: "runc",
		version: `v${RUNC}`,
		programs: { runc: "github.com/opencontainers/runc" },
		ldflags: "-s -w -extldflags -static",
		buildEnv: { CGO_ENABLED: "1" },
		// Without seccomp no container starts: the kubelet asks for a profile.
		buildFlags: ["-tags", "seccomp netgo osusergo"],
		buildPackages: [
			{ name: "gcc", probe: ["gcc", "--version"] },
			{ name: "pkg-config", probe: ["pkg-config", "--version"] },
			{
				name: "libc6-dev",
				probe: ["gcc", "-E", "-include", "stdio.h", "-x", "c", "/dev/null"],
			},
			{ name: "libseccomp-dev", probe: ["pkg-config", "libseccomp"] },
		],
		buildSeconds: 15,
		release: (_program, { arch }) => {
			const base = `https://github.com/opencontainers/runc/releases/download/v${RUNC}`;
			return {
				url: `${base}/runc.${arch}`,
				checksumUrl: `${base}/runc.sha256sum`,
			};
		},
	},
	{
		name: "cni",
		version: `v${CNI}`,
		programs: {
			bridge: "github.com/containernetworking/plugins/plugins/main/bridge",
			"host-local":
				"github.com/containernetworking/plugins/plugins/ipam/host-local",
			loopback: "github.com/containernetworking/plugins/plugins/main/loopback",
		},
		ldflags: "-s -w",
		buildEnv: { CGO_ENABLED: "0" },
		buildSeconds: 5,
		release: (program, { os, arch }) => {
			const url = `https://github.com/containernetworking/plugins/releases/download/v${CNI}/cni-plugins-${os}-${arch}-v${CNI}.tgz`;
			return { url, checksumUrl: `${url}.sha256`, member: `./${program}` };
		},
	},
];
