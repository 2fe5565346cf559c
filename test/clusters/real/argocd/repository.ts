/** A Git repository on disk, as a team would have one for what it runs. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { KubeObject } from "../../../../src/api/object.ts";

export interface Repository {
	readonly url: string;
	/** One commit on `main`: file -> its objects, or undefined to remove it. */
	commit(
		files: Readonly<Record<string, readonly KubeObject[] | undefined>>,
	): void;
}

export function createRepository(dir: string): Repository {
	mkdirSync(dir, { recursive: true });
	const git = (...args: string[]) =>
		execFileSync("git", args, {
			cwd: dir,
			stdio: "pipe",
			// Hooks, signatures and names of the person who runs the tests stay outside.
			env: { PATH: process.env.PATH, HOME: dir, GIT_CONFIG_NOSYSTEM: "1" },
		});
	git("init", "-q", "-b", "main");
	git("config", "user.name", "A Team");
	git("config", "user.email", "team@example.com");
	return {
		url: `file://${dir}`,
		commit(files) {
			for (const [name, objects] of Object.entries(files)) {
				const path = join(dir, name);
				mkdirSync(dirname(path), { recursive: true });
				// JSON is YAML.
				if (objects)
					writeFileSync(
						path,
						objects.map((it) => JSON.stringify(it, null, 2)).join("\n---\n"),
					);
				else rmSync(path);
			}
			git("add", "-A");
			git("commit", "-q", "-m", `Change ${Object.keys(files).join(", ")}`);
		},
	};
}
