import { execFile, execFileSync } from "node:child_process";
import type { Package } from "./part.ts";

/** For the lock of another installation on this machine. */
const LOCK_SECONDS = 300;

/**
 * Installs the packages that are not there yet; under root only. Rejects with
 * what is missing, and what to do about it.
 */
export async function install(
	packages: readonly Package[],
	say: (line: string) => void,
): Promise<void> {
	const missing = packages.filter((it) => !succeeds(it.probe));
	if (missing.length === 0) return;
	const names = missing.map((it) => it.name);
	const asked = `apt-get install ${names.join(" ")}`;
	if (process.getuid?.() !== 0 || !succeeds(["apt-get", "--version"])) {
		throw new Error(
			`${names.join(", ")} not found. On Debian, as root: ${asked}; elsewhere the packages that hold the same`,
		);
	}
	say(`${names.join(", ")} not found: ${asked}, once, about half a minute`);
	const lock = ["-o", `DPkg::Lock::Timeout=${LOCK_SECONDS}`];
	await aptGet([...lock, "update"], say);
	await aptGet(
		[...lock, "install", "-y", "--no-install-recommends", ...names],
		say,
	);
	const left = missing.filter((it) => !succeeds(it.probe));
	if (left.length === 0) return;
	const what = left.map((it) => `${it.name} (${it.probe.join(" ")})`);
	throw new Error(`installed, and still not found: ${what.join(", ")}`);
}

function succeeds([file = "", ...args]: readonly string[]): boolean {
	try {
		execFileSync(file, args, { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}

function aptGet(
	args: readonly string[],
	say: (line: string) => void,
): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	execFile(
		"apt-get",
		["-q", ...args],
		{
			maxBuffer: 64 * 1024 * 1024,
			env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
		},
		(error, _stdout, stderr) => {
			const verb = args.find((it) => /^(update|install)$/.test(it));
			if (error) reject(new Error(`apt-get ${verb}: ${stderr.trim()}`));
			else resolve(say(`  apt-get ${verb}: done`));
		},
	);
	return promise;
}
