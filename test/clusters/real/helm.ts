/** Helm, as a person runs it: as administrator of one cluster. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { type Programs, programs } from "./binaries.ts";
import type { RealCluster } from "./cluster.ts";
import type { Part } from "./part.ts";

const HELM = "4.2.4";

export const HELM_PARTS: readonly Part[] = [
	{
		name: "helm",
		version: `v${HELM}`,
		programs: { helm: "helm.sh/helm/v4/cmd/helm" },
		ldflags: `-s -w -X helm.sh/helm/v4/internal/version.version=v${HELM}`,
		buildSeconds: 60,
		release: (program, { os, arch }) => {
			const url = `https://get.helm.sh/helm-v${HELM}-${os}-${arch}.tar.gz`;
			const checksumUrl = `${url}.sha256sum`;
			return { url, checksumUrl, member: `${os}-${arch}/${program}` };
		},
	},
];

/** Fetches or builds it; takes a minute the first time. */
export const prepareHelm = (): Promise<Programs> => programs(HELM_PARTS);

/** Standard output; rejects with standard error. */
export async function helm(
	cluster: RealCluster,
	args: readonly string[],
): Promise<string> {
	const program = (await prepareHelm()).get("helm") ?? "helm";
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	execFile(
		program,
		["--kubeconfig", cluster.kubeconfigPath, ...args],
		{
			maxBuffer: 64 * 1024 * 1024,
			// Caches and settings of the person who runs the tests stay outside.
			env: { PATH: process.env.PATH, HOME: join(cluster.dir, "helm") },
		},
		(error, stdout, stderr) => {
			if (error) reject(new Error(stderr.trim() || error.message));
			else resolve(stdout);
		},
	);
	return promise;
}
