/**
 * Where the programs of a real cluster come from, in this order: a given
 * directory, the user's cache, the official release, a build with Go.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.ts";
import { download } from "./download.ts";
import { withLock } from "./lock.ts";
import { PARTS, type Part } from "./part.ts";

/** Program name -> path. */
export type Programs = ReadonlyMap<string, string>;

export const GIVEN = "TWIN_OPERATOR_BINARIES";

const found = new Map<readonly Part[], Promise<Programs>>();

/** A control plane's programs, or those of other parts. */
export function programs(
	parts: readonly Part[] = PARTS,
	say = log,
): Promise<Programs> {
	const known = found.get(parts) ?? find(parts, say);
	found.set(parts, known);
	return known;
}

/** What a given directory lacks; undefined when it has all, or none is given. */
export function givenFault(parts: readonly Part[] = PARTS): string | undefined {
	const given = process.env[GIVEN];
	if (!given) return undefined;
	const missing = namesOf(parts.filter((it) => it.release)).filter(
		(it) => !existsSync(join(given, it)),
	);
	if (missing.length === 0) return undefined;
	return `${GIVEN}=${given} lacks ${missing.join(", ")}`;
}

async function find(
	parts: readonly Part[],
	say: (line: string) => void,
): Promise<Programs> {
	const given = process.env[GIVEN];
	const fault = givenFault(parts);
	if (fault) throw new Error(fault);
	const result = new Map<string, string>();
	for (const part of parts) {
		const isGiven = given && part.release;
		if (!isGiven && !inCache(part)) await obtain(part, say);
		const place = isGiven ? given : placeOf(part);
		for (const name of Object.keys(part.programs))
			result.set(name, join(place, name));
	}
	return result;
}

/** Two processes must not build the same: it takes minutes and gigabytes. */
async function obtain(part: Part, say: (line: string) => void): Promise<void> {
	const place = placeOf(part);
	mkdirSync(cacheDir(), { recursive: true });
	await withLock(`${place}.lock`, say, async () => {
		if (inCache(part)) return;
		const draft = `${place}.draft`;
		rmSync(draft, { recursive: true, force: true });
		mkdirSync(draft, { recursive: true });
		const fault = await download(part, draft, say);
		if (fault) {
			say(`${part.name} ${part.version}: no download (${fault})`);
			if (!hasGo()) throw new Error(nothingHelps(part, fault));
			await build(part, draft, say);
		}
		// Whole or not at all: a build that is broken off leaves no half cache.
		rmSync(place, { recursive: true, force: true });
		renameSync(draft, place);
	});
}

function nothingHelps(part: Part, fault: string): string {
	const names = namesOf([part]).join(", ");
	return `no ${names} ${part.version}: not in ${cacheDir()}, no download (${fault}), and no Go to build with. Install Go 1.26 or later, or set ${GIVEN} to a directory that holds ${names} and the other programs`;
}

function inCache(part: Part): boolean {
	return Object.keys(part.programs).every((it) =>
		existsSync(join(placeOf(part), it)),
	);
}

function placeOf(part: Part): string {
	return join(cacheDir(), `${part.name}-${part.version}`);
}

function cacheDir(): string {
	const home = process.env.HOME ? homedir() : tmpdir();
	const base = process.env.XDG_CACHE_HOME || join(home, ".cache");
	return join(base, "twin-operator", "bin");
}

function namesOf(parts: readonly Part[]): string[] {
	return parts.flatMap((it) => Object.keys(it.programs));
}

function hasGo(): boolean {
	try {
		execFileSync("go", ["version"], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}

function log(line: string): void {
	process.stderr.write(`${line}\n`);
}
