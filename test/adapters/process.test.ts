/** What a process of the operator tells Prometheus before any API server answers. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { until } from "../clusters/wait.ts";

const ROOT = join(import.meta.dirname, "../..");
const dir = mkdtempSync(join(tmpdir(), "twin-operator-test-"));
const running: ChildProcess[] = [];
afterAll(() => {
	for (const it of running) it.kill("SIGKILL");
	rmSync(dir, { recursive: true });
});

const base64 = (it: string) => Buffer.from(it).toString("base64url");
const SIGNATURE = "a-signature-that-nobody-may-see";

/** Of a server that is not there, with a token that ends then, or does not say. */
function kubeconfig(name: string, exp?: number): string {
	const file = join(dir, name);
	const claims = base64(JSON.stringify({ sub: "hub", exp }));
	const text = {
		clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
		users: [{ name: "u", user: { token: `e30.${claims}.${SIGNATURE}` } }],
		contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
		"current-context": "x",
	};
	writeFileSync(file, JSON.stringify(text));
	return file;
}

async function freePort(): Promise<number> {
	const server = createServer();
	const { promise, resolve } = Promise.withResolvers<void>();
	server.listen(0, "127.0.0.1", resolve);
	await promise;
	const { port } = server.address() as { port: number };
	await new Promise((done) => server.close(done));
	return port;
}

async function metricsOf(...args: readonly string[]): Promise<string> {
	const port = await freePort();
	const child = spawn(
		process.execPath,
		[join(ROOT, "src/main.ts"), ...args, `--http-port=${port}`],
		{ stdio: "ignore", env: {} },
	);
	running.push(child);
	let text = "";
	const read = async () => {
		const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
		text = await answer.text();
		return answer.ok;
	};
	await until("metrics", read, { timeoutMs: 20_000 });
	child.kill("SIGTERM");
	return text;
}

describe("a process tells", () => {
	it("that it is the hub, and which version", async () => {
		const text = await metricsOf("hub", "--kubeconfig", kubeconfig("hub"));
		expect(text).toMatch(
			/^twin_operator_build_info\{version="\d[^"]*",command="hub",region=""\} 1$/m,
		);
		expect(text).toMatch(/^twin_operator_hub_isolated 0$/m);
		expect(text).not.toMatch(/^twin_operator_credentials_expiry[^ ]*\{/m);
	});

	it("of which region it is the agent, when its ways to twin and hub close, and no secret", async () => {
		const text = await metricsOf(
			"agent",
			"--region=north",
			...["--kubeconfig", kubeconfig("own")],
			...[
				"--twin=south",
				"--twin-kubeconfig",
				kubeconfig("twin", 1_900_000_000),
			],
			...["--witness-kubeconfig", kubeconfig("witness", 1_800_000_000)],
		);
		expect(text).toMatch(
			/^twin_operator_build_info\{[^}]*command="agent",region="north"\} 1$/m,
		);
		const ends = text
			.split("\n")
			.filter((it) => it.startsWith("twin_operator_credentials_expiry"));
		expect(ends.sort()).toEqual([
			'twin_operator_credentials_expiry_timestamp_seconds{cluster="hub"} 1800000000',
			'twin_operator_credentials_expiry_timestamp_seconds{cluster="south"} 1900000000',
		]);
		expect(text).toContain(
			'twin_operator_grant_confirmed{region="north",by="hub"} 0',
		);
		expect(text).not.toContain(SIGNATURE);
	});
});
