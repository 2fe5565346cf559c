import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveGate } from "../../src/adapters/gate-server.ts";
import type { Listening } from "../../src/adapters/listen.ts";
import { until } from "../clusters/wait.ts";

let server: Listening;
const asked: string[] = [];

beforeAll(async () => {
	server = await serveGate({
		port: 0,
		host: "127.0.0.1",
		answer: (path) => {
			asked.push(path);
			return path === "/v1/gate/apps/shop"
				? { status: 200, body: "yes" }
				: { status: 403, body: "no Standby" };
		},
	});
});
afterAll(() => server?.close());

const get = (path: string, init: RequestInit = {}) =>
	fetch(`http://127.0.0.1:${server.port}${path}`, init);

/** All that comes back for these bytes, until the other end hangs up. */
async function raw(...bytes: string[]): Promise<string> {
	const socket: Socket = connect(server.port, "127.0.0.1");
	let text = "";
	let closed = false;
	socket.on("data", (it) => {
		text += it.toString();
	});
	socket.on("error", () => undefined);
	socket.on("close", () => {
		closed = true;
	});
	for (const it of bytes) socket.write(it);
	try {
		await until("the end of the connection", () => closed, {
			timeoutMs: 20_000,
			everyMs: 20,
		});
	} finally {
		socket.destroy();
	}
	return text;
}

describe("the server for gates", () => {
	it("says yes, and no with its reason", async () => {
		const yes = await get("/v1/gate/apps/shop");
		expect([yes.status, await yes.text()]).toEqual([200, "yes\n"]);
		expect(yes.headers.get("cache-control")).toBe("no-store");
		const no = await get("/v1/gate/apps/other");
		expect([no.status, await no.text()]).toEqual([403, "no Standby\n"]);
	});

	it("answers many questions of one connection, and of many", async () => {
		const before = asked.length;
		await Promise.all(
			Array.from({ length: 50 }, () =>
				get("/v1/gate/apps/shop").then((it) => it.text()),
			),
		);
		expect(asked.length - before).toBe(50);
	});

	const line = "GET /v1/gate/apps/shop HTTP/1.1\r\nHost: a\r\n";
	it.each([
		[
			"another method",
			"DELETE /v1/gate/apps/shop HTTP/1.1\r\nHost: a\r\n\r\n",
			405,
		],
		["HEAD", "HEAD /v1/gate/apps/shop HTTP/1.1\r\nHost: a\r\n\r\n", 405],
		["a long path", `GET /${"a".repeat(600)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
		["a body", `${line}Content-Length: 5\r\n\r\nhello`, 413],
		[
			"a body without end",
			`${line}Transfer-Encoding: chunked\r\n\r\n5\r\nhello`,
			413,
		],
		[
			"a body that is announced",
			`${line}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
			417,
		],
	])("turns away %s, and hangs up", async (_, bytes, status) => {
		const before = asked.length;
		expect(await raw(bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
		expect(asked.length).toBe(before);
	});

	it.each([
		["headers that are too large", `${line}X: ${"a".repeat(8_000)}\r\n\r\n`],
		["no HTTP", "\u0000\u0001\u0002\r\n\r\n"],
		["CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"],
		["an upgrade", `${line}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`],
		["a client that says nothing", ""],
		["a client that never ends its headers", `${line}X: a`],
	])("hangs up on %s without a question", async (_, bytes) => {
		const before = asked.length;
		expect(await raw(bytes)).not.toContain("200 OK");
		expect(asked.length).toBe(before);
	});

	it("ends while clients hang on to it", async () => {
		const other = await serveGate({
			port: 0,
			host: "127.0.0.1",
			answer: () => ({ status: 200, body: "yes" }),
		});
		const socket = connect(other.port, "127.0.0.1");
		socket.on("error", () => undefined);
		await other.close();
		socket.destroy();
		await expect(fetch(`http://127.0.0.1:${other.port}/`)).rejects.toThrow();
	});
});
