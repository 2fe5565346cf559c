import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install } from "./debian.ts";
import type { Part } from "./part.ts";

const PROGRESS_MS = 10_000;

/** Builds a part's programs with Go into `dir`. */
export async function build(
	part: Part,
	dir: string,
	say: (line: string) => void,
): Promise<void> {
	const names = Object.keys(part.programs);
	await install(part.buildPackages ?? [], say);
	say(
		`building ${part.name} ${part.version} (${names.join(", ")}) with Go, once: about ${part.buildSeconds} s on two cores with an empty Go cache, and the time to fetch its modules`,
	);
	// A copy, because -mod=mod writes go.sum beside go.mod. A program of our own lies there too.
	const place = mkdtempSync(join(tmpdir(), "twin-operator-build-"));
	const began = performance.now();
	try {
		const module = part.module ?? part.name;
		cpSync(join(import.meta.dirname, "build", module), place, {
			recursive: true,
		});
		for (const [name, goPackage] of Object.entries(part.programs)) {
			const progress = setInterval(() => {
				const seconds = Math.round((performance.now() - began) / 1000);
				say(`  ${name}: ${seconds} s of about ${part.buildSeconds} s`);
			}, PROGRESS_MS);
			try {
				const output = ["-o", join(dir, name)];
				const flags = ["-ldflags", part.ldflags, ...(part.buildFlags ?? [])];
				const args = ["build", "-mod=mod", ...flags, ...output, goPackage];
				await go(place, args, part.buildEnv);
			} finally {
				clearInterval(progress);
			}
		}
		const seconds = Math.round((performance.now() - began) / 1000);
		say(`built ${part.name} ${part.version} in ${seconds} s`);
	} finally {
		rmSync(place, { recursive: true, force: true });
	}
}

function go(
	cwd: string,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const child = spawn("go", args, {
		cwd,
		stdio: ["ignore", "ignore", "pipe"],
		// A go.work or flags of the person's own must not change what is built.
		// Without a home Go finds no place for its cache.
		env: {
			...process.env,
			HOME: process.env.HOME || tmpdir(),
			GOWORK: "off",
			GOFLAGS: "",
			...env,
		},
	});
	let errors = "";
	child.stderr.on("data", (it: Buffer) => {
		errors = (errors + it.toString()).slice(-4_000);
	});
	child.once("error", reject);
	child.once("close", (code) => {
		if (code === 0) resolve();
		else reject(new Error(`go ${args.join(" ")}: exit ${code}\n${errors}`));
	});
	return promise;
}
