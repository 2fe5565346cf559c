import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { secretConnector } from "../../src/adapters/credentials.ts";
import { serveHealth } from "../../src/adapters/http.ts";
import { jsonLog } from "../../src/adapters/log.ts";
import { prometheus } from "../../src/adapters/metrics.ts";
import { connectFile } from "../../src/adapters/trusted.ts";
import { NAMESPACE } from "../../src/api/kind.ts";
import { METRICS } from "../../src/shell/metric.ts";
import type { Call } from "../../src/shell/port.ts";
import { VirtualClock } from "../clusters/embedded/clock.ts";
import { type Hostile, json, startHostile } from "./hostile.ts";

const get: Call = {
	verb: "get",
	resource: NAMESPACE,
	name: "kube-system",
	timeoutMs: 20_000,
};

describe("connections", () => {
	let server: Hostile;
	let dir: string;
	beforeAll(async () => {
		server = await startHostile();
		server.answer = (_, response) => json(response, {});
		dir = mkdtempSync(join(tmpdir(), "twin-operator-test-"));
	});
	afterAll(async () => {
		rmSync(dir, { recursive: true, force: true });
		await server.stop();
	});
	const config = (cluster: object, user: object) =>
		JSON.stringify({
			clusters: [
				{
					name: "c",
					cluster: { server: `https://127.0.0.1:${server.port}`, ...cluster },
				},
			],
			users: [{ name: "u", user }],
			contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
			"current-context": "x",
		});

	it("are made from a Secret's kubeconfig", async () => {
		const connector = secretConnector(systemClock, {
			component: "hub",
			version: "1",
		});
		const ca = Buffer.from(server.ca).toString("base64");
		const made = connector.connect(
			"north",
			config({ "certificate-authority-data": ca }, { token: "t" }),
		);
		if ("fault" in made) throw new Error(made.fault);
		expect((await made.api.request(get)).kind).toBe("ok");
		expect(server.seen.at(-1)?.headers.authorization).toBe("Bearer t");
		made.api.close();
		expect(connector.connect("north", "")).toHaveProperty("fault");
	});

	it("tell when their credentials end, by the hub's connector and from the agent's own files", async () => {
		const claims = Buffer.from('{"exp":1900000000}').toString("base64url");
		const text = config({}, { token: `e30.${claims}.c2ln` });
		const http = { component: "agent", version: "1" };
		const made = secretConnector(systemClock, http).connect("north", text);
		expect(made).toMatchObject({ expiresAt: new Date(1_900_000_000_000) });
		writeFileSync(join(dir, "ending"), text);
		const { metrics, text: shown } = prometheus();
		const cluster = "north";
		const options = { ...http, cluster, metrics };
		connectFile(join(dir, "ending"), systemClock, options).close();
		const series =
			'twin_operator_credentials_expiry_timestamp_seconds{cluster="north"}';
		expect(await shown()).toContain(`${series} 1900000000`);
		metrics.drop("twin_operator_credentials_expiry_timestamp_seconds", {
			cluster,
		});
		expect(await shown()).not.toContain(series);
	});

	it("are made from a file of the operator's own, whose files are read, and a renewed token is used", async () => {
		writeFileSync(join(dir, "ca.crt"), server.ca);
		writeFileSync(join(dir, "token"), "one\n");
		writeFileSync(
			join(dir, "config"),
			config({ "certificate-authority": "ca.crt" }, { tokenFile: "token" }),
		);
		const clock = new VirtualClock();
		const api = connectFile(join(dir, "config"), clock);
		const used = async () => {
			expect((await api.request(get)).kind).toBe("ok");
			return server.seen.at(-1)?.headers.authorization;
		};
		expect(await used()).toBe("Bearer one");
		writeFileSync(join(dir, "token"), "two\n");
		expect(await used()).toBe("Bearer one");
		await clock.advance(61_000);
		expect(await used()).toBe("Bearer two");
		api.close();
	});

	it("take a token from a program that the operator's own kubeconfig names", async () => {
		const credential = JSON.stringify({
			apiVersion: "client.authentication.k8s.io/v1",
			kind: "ExecCredential",
			status: { token: "from-program" },
		});
		writeFileSync(join(dir, "ca.crt"), server.ca);
		writeFileSync(
			join(dir, "config"),
			config(
				{ "certificate-authority": "ca.crt" },
				{
					exec: {
						apiVersion: "client.authentication.k8s.io/v1",
						command: process.execPath,
						args: ["-e", `console.log(${JSON.stringify(credential)})`],
						interactiveMode: "Never",
					},
				},
			),
		);
		const api = connectFile(join(dir, "config"), systemClock);
		expect(await api.request(get)).toMatchObject({ kind: "ok" });
		expect(server.seen.at(-1)?.headers.authorization).toBe(
			"Bearer from-program",
		);
		api.close();
	});
});

describe("jsonLog", () => {
	it("writes one line of JSON each, from the level on", () => {
		const lines: string[] = [];
		const log = jsonLog("warn", { write: (line) => void lines.push(line) });
		log.info({ a: 1 }, "left out");
		log.warn({ service: "shop/web" }, "lost");
		expect(lines).toHaveLength(1);
		expect(JSON.parse(lines[0] ?? "")).toEqual({
			level: "warn",
			time: expect.stringMatching(/^\d{4}-.*Z$/),
			service: "shop/web",
			msg: "lost",
		});
	});
});

describe("prometheus", () => {
	it("has every metric of the table", async () => {
		const text = await prometheus().text();
		for (const name of Object.keys(METRICS))
			expect(text).toContain(
				`# TYPE ${name} ${METRICS[name as "twin_operator_build_info"].kind}`,
			);
	});

	it("shows moves at 0 before the first, so that Prometheus sees it", async () => {
		const out = await prometheus().text();
		for (const kind of ["Creation", "Failover", "Switchover", "Failback"]) {
			expect(out).toContain(`_transitions_total{kind="${kind}"} 0`);
			expect(out).toContain(`_recovery_seconds_count{kind="${kind}"} 0`);
		}
	});

	it("counts, sets and observes, and no label makes it throw", async () => {
		const { metrics, text } = prometheus();
		metrics.count("twin_operator_transitions_total", { kind: "Failover" }, 2);
		metrics.count("twin_operator_transitions_total", { wrong: "x" });
		metrics.set("twin_operator_queue_depth", { loop: "hub" }, 3);
		metrics.observe("twin_operator_recovery_seconds", { kind: "Failover" }, 14);
		const out = await text();
		for (const line of [
			'twin_operator_transitions_total{kind="Failover"} 2',
			'twin_operator_transitions_total{kind=""} 1',
			'twin_operator_queue_depth{loop="hub"} 3',
			'twin_operator_recovery_seconds_bucket{le="15",kind="Failover"} 1',
			'twin_operator_recovery_seconds_bucket{le="10",kind="Failover"} 0',
		])
			expect(out).toContain(line);
	});
});

describe("serveHealth", () => {
	it("answers kubelet and Prometheus, and closes in spite of open connections", async () => {
		let ill: string | undefined;
		const server = await serveHealth(0, {
			healthy: () => ill,
			ready: () => "the TwinServices have not been listed yet",
			contentType: "text/plain; version=0.0.4",
			metrics: async () => "a 1\n",
		});
		const read = async (path: string, method = "GET") => {
			const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
				method,
			});
			return `${answer.status} ${(await answer.text()).trim()}`;
		};
		expect(await read("/healthz?verbose")).toBe("200 ok");
		ill = "the loop stands still";
		expect(await read("/healthz")).toBe("503 the loop stands still");
		expect(await read("/readyz")).toBe(
			"503 the TwinServices have not been listed yet",
		);
		expect(await read("/metrics")).toBe("200 a 1");
		expect(await read("/secret")).toContain("404");
		expect(await read("/healthz", "POST")).toContain("405");
		const open = connect(server.port, "127.0.0.1");
		open.on("error", () => {});
		await new Promise((resolve) => open.once("connect", resolve));
		await server.close();
		open.destroy();
	});
});
