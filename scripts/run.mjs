/**
 * Starts a script of this project on a machine that has nothing but some Node
 * (20 or later) and npm: installs the packages when they are missing or older
 * than the lock file, then runs the script on the Node that npm has put in
 * place. Plain JavaScript without imports from packages: it runs before they
 * are there.
 *
 *   node scripts/run.mjs SCRIPT [ARGUMENT ...]
 *   node scripts/run.mjs --bin NAME [ARGUMENT ...]
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const BIN = join(ROOT, "node_modules", ".bin");
/** Holds the hash of the lock file that node_modules was installed from. */
const STAMP = join(ROOT, "node_modules", ".installed-from");

installPackages();
run(process.argv.slice(2));

function installPackages() {
	const lock = readFileSync(join(ROOT, "package-lock.json"));
	const wanted = createHash("sha256").update(lock).digest("hex");
	const node = join(BIN, "node");
	if (existsSync(node) && existsSync(STAMP)) {
		if (readFileSync(STAMP, "utf8") === wanted) return;
	}
	const why = existsSync(node)
		? "package-lock.json has changed"
		: "node_modules is not there yet";
	console.log(`installing npm packages (${why}); this takes about a minute`);
	const started = Date.now();
	const { status, error } = spawnSync(
		"npm",
		["ci", "--no-fund", "--no-audit", "--loglevel=error"],
		{ cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] },
	);
	if (error || status !== 0) {
		const cause = error ? error.message : `npm ci ended with ${status}`;
		console.error(
			`The npm packages could not be installed: ${cause}.\nCheck that npm is on the PATH and reaches its registry, then run the same command again.`,
		);
		process.exit(1);
	}
	writeFileSync(STAMP, wanted);
	console.log(`installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

function run([first, ...rest]) {
	if (first === undefined) {
		console.error("usage: node scripts/run.mjs SCRIPT [ARGUMENT ...]");
		process.exit(2);
	}
	const [file, args] =
		first === "--bin"
			? [join(BIN, rest[0] ?? ""), rest.slice(1)]
			: [join(BIN, "node"), [join(ROOT, first), ...rest]];
	const child = spawn(file, args, {
		stdio: "inherit",
		// Whatever the script starts finds the same Node first.
		env: { ...process.env, PATH: `${BIN}:${process.env.PATH ?? ""}` },
	});
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
		process.on(signal, () => child.kill(signal));
	}
	child.on("error", (error) => {
		console.error(`${file} could not be started: ${error.message}`);
		process.exit(1);
	});
	child.on("exit", (code, signal) => {
		process.exit(code ?? (signal === "SIGINT" ? 130 : 1));
	});
}
