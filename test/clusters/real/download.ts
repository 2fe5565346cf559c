import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	chmodSync,
	copyFileSync,
	mkdtempSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { arch } from "node:os";
import { basename, join } from "node:path";
import type { Part, Release } from "./part.ts";

/** Long enough for any network there is; short, since without one the build has to wait for it. */
const CONNECT_MS = 5_000;
const TRANSFER_MS = 600_000;

/** Fetches a part's released programs into `dir`; answers why not, or nothing. */
export async function download(
	part: Part,
	dir: string,
	say: (line: string) => void,
): Promise<string | undefined> {
	if (!part.release) return "nobody releases it";
	const platform = {
		os: process.platform,
		arch: arch() === "x64" ? "amd64" : arch(),
	};
	// One archive may hold several of the programs.
	const fetched = new Map<string, Buffer>();
	try {
		for (const program of Object.keys(part.programs)) {
			const release = part.release(program, platform);
			const content =
				fetched.get(release.url) ?? (await fetchReleased(release, say));
			fetched.set(release.url, content);
			place(content, release, program, dir);
		}
		return undefined;
	} catch (error) {
		const { message, cause } = error as Error;
		return cause instanceof Error ? cause.message : message;
	}
}

async function fetchReleased(
	release: Release,
	say: (line: string) => void,
): Promise<Buffer> {
	const { url } = release;
	const sum = await expectedSum(release);
	say(`downloading ${url}`);
	const answer = await fetch(url, {
		signal: AbortSignal.timeout(TRANSFER_MS),
	});
	if (!answer.ok) throw new Error(`${url}: HTTP ${answer.status}`);
	const content = Buffer.from(await answer.arrayBuffer());
	const found = createHash("sha256").update(content).digest("hex");
	if (found === sum) return content;
	throw new Error(`${url}: its SHA-256 is ${found}, the published one ${sum}`);
}

async function expectedSum(release: Release): Promise<string> {
	const answer = await fetch(release.checksumUrl, {
		signal: AbortSignal.timeout(CONNECT_MS),
	});
	if (!answer.ok) throw new Error(`${release.checksumUrl}: ${answer.status}`);
	const name = basename(new URL(release.url).pathname);
	const lines = (await answer.text()).trim().split("\n");
	const line =
		lines.length > 1 ? lines.find((it) => it.endsWith(name)) : lines[0];
	const sum = line?.trim().split(/\s+/)[0];
	if (!sum) throw new Error(`${release.checksumUrl} does not list ${name}`);
	return sum;
}

function place(
	content: Buffer,
	release: Release,
	program: string,
	dir: string,
): void {
	const target = join(dir, program);
	if (release.member === undefined) {
		writeFileSync(target, content);
	} else {
		// A folder of its own: a member may bear the name of the program, or of another.
		const open = mkdtempSync(join(dir, "open-"));
		const archive = join(open, basename(release.url));
		writeFileSync(archive, content);
		// Both GNU's and BSD's tar find out the compression; BSD's reads zip too.
		execFileSync("tar", ["-xf", archive, "-C", open, release.member]);
		copyFileSync(join(open, release.member), target);
		rmSync(open, { recursive: true });
	}
	chmodSync(target, 0o755);
}
