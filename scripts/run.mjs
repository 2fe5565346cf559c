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
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const BIN = join(ROOT, "node_modules", ".bin");
installPackages();
run(process.argv.slice(2));

function installPackages() {
	const why = staleness();
	if (why === undefined) return;
	console.log(`installing npm packages (${why}); this takes about a minute`);
	const started = Date.now();
	const { status, error } = spawnSync(
		"npm",
		["ci", "--no-fund", "--no-audit", "--loglevel=error"],
		{ cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] },
	);
	const left = staleness();
	if (error || status !== 0 || left !== undefined) {
		const cause =
			error?.message ?? (status ? `npm ci ended with ${status}` : left);
		console.error(
			`The npm packages could not be installed: ${cause}.\nCheck that npm is on the PATH, reaches its registry and may run install scripts (they fetch Node), then run the same command again.`,
		);
		process.exit(1);
	}
	console.log(`installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

/**
 * Why node_modules does not do, or nothing. Compares what npm says it has
 * installed with what the lock file asks for: times of change would be wrong
 * after a checkout, a hash of the lock file after an `npm install`.
 */
function staleness() {
	const installed = packagesIn(join("node_modules", ".package-lock.json"));
	if (installed === undefined) return "node_modules is not there yet";
	const wanted = packagesIn("package-lock.json") ?? {};
	for (const [path, { version, optional }] of Object.entries(wanted)) {
		if (path === "") continue;
		const has = installed[path];
		// An optional package may be meant for another system.
		if (has === undefined && optional) continue;
		if (has?.version !== version) {
			return `${path} is ${has?.version ?? "missing"}, package-lock.json asks for ${version}`;
		}
	}
	return existsSync(join(BIN, "node")) ? undefined : "Node 24 is missing";
}

function packagesIn(file) {
	try {
		return JSON.parse(readFileSync(join(ROOT, file), "utf8")).packages;
	} catch {
		return undefined;
	}
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
		process.on(signal, () => {
			// At a terminal Ctrl-C has reached the child already; twice means "now!".
			if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
		});
	}
	child.on("error", (error) => {
		console.error(`${file} could not be started: ${error.message}`);
		process.exit(1);
	});
	child.on("exit", (code, signal) => {
		process.exit(code ?? (signal === "SIGINT" ? 130 : 1));
	});
}
