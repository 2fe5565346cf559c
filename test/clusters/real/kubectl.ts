import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Programs } from "./binaries.ts";

/** Runs kubectl as administrator of the cluster in `dir`. */
export function kubectl(
	programs: Programs,
	dir: string,
	args: readonly string[],
	input = "",
): Promise<string> {
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	const child = execFile(
		programs.get("kubectl") ?? "kubectl",
		["--kubeconfig", join(dir, "kubeconfig"), ...args],
		{
			maxBuffer: 64 * 1024 * 1024,
			// Its cache goes into the cluster's directory, and a proxy or settings
			// of the person who runs the tests stay outside.
			env: { PATH: process.env.PATH, HOME: dir },
		},
		(error, stdout, stderr) => {
			if (error) reject(new Error(stderr.trim() || error.message));
			else resolve(stdout);
		},
	);
	// It may end without reading: that is its own affair.
	child.stdin?.on("error", () => {});
	child.stdin?.end(input);
	return promise;
}
