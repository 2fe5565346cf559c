import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { download } from "./download.ts";
import { withLock } from "./lock.ts";
import { PARTS, type Part, type Release } from "./part.ts";
import { RUN_PREFIX, startOf, sweepStale } from "./sweep.ts";

const dir = mkdtempSync(join(tmpdir(), "twin-operator-obtain-"));
afterAll(() => rmSync(dir, { recursive: true }));
const ignore = () => {};

describe("a download", () => {
	const files = new Map<string, Buffer>();
	const server = createServer((request, response) => {
		const file = files.get(request.url ?? "");
		response.writeHead(file ? 200 : 404).end(file);
	});
	let base = "";
	beforeAll(async () => {
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterAll(() => {
		server.close();
	});

	function serve(name: string, content: Buffer, sum?: string): Release {
		const real = createHash("sha256").update(content).digest("hex");
		files.set(`/${name}`, content);
		files.set("/SUMS", Buffer.from(`beef  other\n${sum ?? real}  ${name}\n`));
		return { url: `${base}/${name}`, checksumUrl: `${base}/SUMS` };
	}
	const fetched = (release: Release) =>
		download(
			{ ...(PARTS[0] as Part), programs: { tool: "" }, release: () => release },
			dir,
			ignore,
		);

	it("is kept when it has the published checksum", async () => {
		expect(await fetched(serve("tool", Buffer.from("good")))).toBeUndefined();
		expect(readFileSync(join(dir, "tool"), "utf8")).toBe("good");
	});

	it("is refused when it has another", async () => {
		const fault = await fetched(serve("tool", Buffer.from("bad"), "c0ffee"));
		expect(fault).toMatch(/its SHA-256 is .*, the published one c0ffee/);
		expect(readFileSync(join(dir, "tool"), "utf8")).toBe("good");
	});

	it("is taken out of its archive", async () => {
		const inside = join(dir, "v1");
		mkdirSync(inside);
		writeFileSync(join(inside, "tool"), "packed");
		execFileSync("tar", ["-czf", "all.tar.gz", "v1"], { cwd: dir });
		const release = serve("a.tar.gz", readFileSync(join(dir, "all.tar.gz")));
		const fault = await fetched({ ...release, member: "v1/tool" });
		expect(fault).toBeUndefined();
		expect(readFileSync(join(dir, "tool"), "utf8")).toBe("packed");
	});

	it("is fetched once for all the programs in it", async () => {
		for (const name of ["one", "two"]) writeFileSync(join(dir, name), name);
		execFileSync("tar", ["-czf", "both.tar.gz", "./one", "./two"], {
			cwd: dir,
		});
		const both = serve("b.tar.gz", readFileSync(join(dir, "both.tar.gz")));
		const lines: string[] = [];
		const place = mkdtempSync(join(dir, "place-"));
		const part: Part = {
			...(PARTS[0] as Part),
			programs: { one: "", two: "" },
			release: (program) => ({ ...both, member: `./${program}` }),
		};
		expect(await download(part, place, (it) => lines.push(it))).toBeUndefined();
		expect(readdirSync(place).sort()).toEqual(["one", "two"]);
		expect(readFileSync(join(place, "two"), "utf8")).toBe("two");
		expect(lines).toHaveLength(1);
	});

	it("is not tried where nobody releases the program", async () => {
		const { release: _, ...part } = PARTS[0] as Part;
		expect(await download(part, dir, ignore)).toBe("nobody releases it");
	});

	it("says why there is none", async () => {
		const lost = { url: `${base}/no`, checksumUrl: `${base}/no.sha256` };
		expect(await fetched(lost)).toContain("404");
	});
});

describe("what a dead process left", () => {
	const dead = "4194305 1";

	it("does not hold a lock", async () => {
		const lock = join(dir, "lock");
		writeFileSync(lock, dead);
		expect(await withLock(lock, ignore, async () => "done")).toBe("done");
		expect(existsSync(lock)).toBe(false);
	});

	it("is swept by the next run, and what a living one owns is not", async () => {
		const [pid, started] = dead.split(" ");
		const runs = [
			{ pid: Number(pid), started },
			{ pid: process.pid, started: startOf(process.pid) },
		].map((owner) => {
			const run = mkdtempSync(join(tmpdir(), RUN_PREFIX));
			writeFileSync(join(run, "owner.json"), JSON.stringify(owner));
			return run;
		});
		await sweepStale();
		expect(runs.map((it) => existsSync(it))).toEqual([false, true]);
		rmSync(runs[1] ?? "", { recursive: true });
	});
});
