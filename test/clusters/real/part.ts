/** The foreign programs that a real cluster is made of, and where each comes from. */
export interface Part {
	readonly name: string;
	readonly version: string;
	/** Program name -> Go package. */
	readonly programs: Readonly<Record<string, string>>;
	/** The folder of its go.mod under build/, where that is not its name. */
	readonly module?: string;
	readonly ldflags: string;
	readonly buildFlags?: readonly string[];
	readonly buildEnv?: Readonly<Record<string, string>>;
	/** What a build needs besides Go. */
	readonly buildPackages?: readonly Package[];
	/** Cold build on two cores, for the message that asks for patience. */
	readonly buildSeconds: number;
	/**
	 * URL of one released program, or of an archive that holds it. Absent: nobody
	 * releases it, so it is built, whatever directory is given.
	 */
	readonly release?: (program: string, platform: Platform) => Release;
}

/** A package of Debian, and a command that succeeds where it is installed. */
export interface Package {
	readonly name: string;
	readonly probe: readonly string[];
}

export interface Platform {
	readonly os: string;
	readonly arch: string;
}

export interface Release {
	readonly url: string;
	/** A file that holds the SHA-256 of the download, alone or in a list with names. */
	readonly checksumUrl: string;
	/** The path inside the archive; absent when the download is the program itself. */
	readonly member?: string;
}

export const KUBERNETES = "1.37.0";
const ETCD = "3.6.8";
const KWOK = "0.8.0";
const VERSION_PACKAGE = "k8s.io/component-base/version";

// Without these the server does not know its version, and clients that look at
// it behave differently.
export const KUBERNETES_LDFLAGS = [
	"-s -w",
	`-X ${VERSION_PACKAGE}.gitVersion=v${KUBERNETES}`,
	`-X ${VERSION_PACKAGE}.gitMajor=${KUBERNETES.split(".")[0]}`,
	`-X ${VERSION_PACKAGE}.gitMinor=${KUBERNETES.split(".")[1]}`,
].join(" ");

export function kubernetesRelease(
	program: string,
	{ os, arch }: Platform,
): Release {
	const url = `https://dl.k8s.io/release/v${KUBERNETES}/bin/${os}/${arch}/${program}`;
	return { url, checksumUrl: `${url}.sha256` };
}

export const PARTS: readonly Part[] = [
	{
		name: "etcd",
		version: `v${ETCD}`,
		programs: { etcd: "go.etcd.io/etcd/server/v3" },
		ldflags: "-s -w",
		buildSeconds: 25,
		release: (_program, { os, arch }) => {
			const base = `https://github.com/etcd-io/etcd/releases/download/v${ETCD}`;
			const name = `etcd-v${ETCD}-${os}-${arch}`;
			const archive = os === "linux" ? `${name}.tar.gz` : `${name}.zip`;
			return {
				url: `${base}/${archive}`,
				checksumUrl: `${base}/SHA256SUMS`,
				member: `${name}/etcd`,
			};
		},
	},
	{
		name: "kwok",
		version: `v${KWOK}`,
		programs: { kwok: "sigs.k8s.io/kwok/cmd/kwok" },
		ldflags: "-s -w",
		buildSeconds: 90,
		release: (program, { os, arch }) => {
			const base = `https://github.com/kubernetes-sigs/kwok/releases/download/v${KWOK}`;
			const url = `${base}/${program}-${os}-${arch}`;
			return { url, checksumUrl: `${url}.sha256` };
		},
	},
	{
		name: "kubernetes",
		version: `v${KUBERNETES}`,
		programs: Object.fromEntries(
			[
				"kube-apiserver",
				"kube-controller-manager",
				"kube-scheduler",
				"kubectl",
			].map((it) => [it, `k8s.io/kubernetes/cmd/${it}`]),
		),
		ldflags: KUBERNETES_LDFLAGS,
		buildSeconds: 380,
		release: kubernetesRelease,
	},
];
