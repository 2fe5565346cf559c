/** kubectl as a person runs it, with a kubeconfig of its own. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Kubectl {
	/** What it prints; throws with its words when it fails. */
	run(...args: string[]): string;
	close(): void;
}

export function kubectlOf(program: string, kubeconfig: string): Kubectl {
	const dir = mkdtempSync(join(tmpdir(), "twin-operator-kubectl-"));
	const file = join(dir, "kubeconfig");
	writeFileSync(file, kubeconfig, { mode: 0o600 });
	return {
		close: () => rmSync(dir, { recursive: true, force: true }),
		run: (...args) =>
			// Its discovery cache goes to the directory too: two clusters may have the same address.
			execFileSync(program, ["--cache-dir", join(dir, "cache"), ...args], {
				encoding: "utf8",
				stdio: ["ignore", "pipe", "pipe"],
				env: { ...process.env, KUBECONFIG: file },
			}),
	};
}
