/** docs/install is what Helm renders from the chart: people apply it, and the hub installs agents from it. */
import { execFileSync } from "node:child_process";
import {
	cpSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { prepareHelm } from "../clusters/real/helm.ts";

const ROOT = join(import.meta.dirname, "../..");
const INSTALL = "docs/install";
let dir: string;

beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "twin-operator-rendered-"));
	for (const it of [INSTALL, "charts/twin-operator"])
		cpSync(join(ROOT, it), join(dir, it), { recursive: true });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it("every file is what docs/install/render.sh writes", async () => {
	const HELM = (await prepareHelm()).get("helm");
	const files = readdirSync(join(dir, INSTALL)).filter((it) =>
		it.endsWith(".yaml"),
	);
	for (const it of files) rmSync(join(dir, INSTALL, it));
	execFileSync("sh", [join(dir, INSTALL, "render.sh")], {
		env: { PATH: process.env.PATH, HOME: dir, HELM },
	});
	expect(files.length).toBeGreaterThan(0);
	for (const it of files)
		expect(readFileSync(join(dir, INSTALL, it), "utf8"), it).toBe(
			readFileSync(join(ROOT, INSTALL, it), "utf8"),
		);
});
