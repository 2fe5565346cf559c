import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NAMESPACE, POD, TWIN_SIDE } from "../../src/api/kind.ts";
import type { Call } from "../../src/shell/port.ts";
import { createAuthority } from "../clusters/real/pki.ts";
import { until } from "../clusters/wait.ts";
import { type Hostile, json, startHostile } from "./hostile.ts";

/** Generous: only tests about deadlines come near it. */
const LONG_MS = 20_000;
const get: Call = {
	verb: "get",
	resource: NAMESPACE,
	name: "kube-system",
	timeoutMs: LONG_MS,
};

let server: Hostile;
beforeAll(async () => {
	server = await startHostile();
});
afterAll(() => server.stop());
beforeEach(() => {
	server.seen.length = 0;
	server.answer = (_, response) => json(response, { ok: true });
});

const PAGE = "<html><body>Welcome to the portal</body></html>";
const status = (code: number, reason: string, message: string) => ({
	kind: "Status",
	code,
	reason,
	message,
});

describe("HttpApi, requests", () => {
	it("keeps its connection: many requests, one connection", async () => {
		const api = server.api();
		const before = server.connections;
		for (let i = 0; i < 25; i++)
			expect((await api.request(get)).kind).toBe("ok");
		expect(server.connections - before).toBe(1);
	});

	it("opens no more connections than requests may be under way", async () => {
		const api = server.api({ inFlight: 3 });
		const before = server.connections;
		const answers = await Promise.all(
			Array.from({ length: 30 }, () => api.request(get)),
		);
		expect(answers.every((it) => it.kind === "ok")).toBe(true);
		expect(server.connections - before).toBeLessThanOrEqual(3);
	});

	it("lets an urgent request pass those that wait", async () => {
		const held: (() => void)[] = [];
		server.answer = (seen, response) => {
			if (seen.url.includes("slow")) held.push(() => json(response, {}));
			else json(response, {});
		};
		const api = server.api({ inFlight: 1 });
		const slow = api.request({ ...get, name: "slow" });
		const behind = api.request({ ...get, name: "behind" });
		await until("the slow one is under way", () => held.length === 1);
		expect((await api.request({ ...get, urgent: true })).kind).toBe("ok");
		expect(server.seen.some((it) => it.url.includes("behind"))).toBe(false);
		for (const release of held) release();
		expect((await slow).kind).toBe("ok");
		expect((await behind).kind).toBe("ok");
	});

	it.each<[string, Omit<Call, "timeoutMs">, string, string, string?]>([
		["get", get, "GET", "/api/v1/namespaces/kube-system"],
		[
			"list",
			{ verb: "list", resource: POD, query: { labelSelector: "a=b,c" } },
			"GET",
			"/api/v1/pods?labelSelector=a%3Db%2Cc",
		],
		[
			"create",
			{ verb: "create", resource: TWIN_SIDE, namespace: "ns", body: { a: 1 } },
			"POST",
			"/apis/twin-operator.dev/v1alpha1/namespaces/ns/twinsides",
			"application/json",
		],
		[
			"apply",
			{
				verb: "apply",
				resource: TWIN_SIDE,
				namespace: "ns",
				name: "a/../b",
				subresource: "status",
				body: { a: 1 },
				query: { force: "true" },
			},
			"PATCH",
			"/apis/twin-operator.dev/v1alpha1/namespaces/ns/twinsides/a%2F..%2Fb/status?force=true",
			"application/apply-patch+yaml",
		],
		[
			"merge",
			{ verb: "merge", resource: POD, namespace: "ns", name: "a", body: {} },
			"PATCH",
			"/api/v1/namespaces/ns/pods/a",
			"application/merge-patch+json",
		],
		[
			"json",
			{ verb: "json", resource: POD, namespace: "ns", name: "a", body: [] },
			"PATCH",
			"/api/v1/namespaces/ns/pods/a",
			"application/json-patch+json",
		],
		[
			"delete",
			{ verb: "delete", resource: POD, namespace: "ns", name: "a", body: {} },
			"DELETE",
			"/api/v1/namespaces/ns/pods/a",
			"application/json",
		],
	])(
		"sends %s as Kubernetes wants it",
		async (_, call, method, url, contentType) => {
			await server.api().request({ ...call, timeoutMs: LONG_MS });
			const [seen] = server.seen;
			expect(seen?.method).toBe(method);
			expect(seen?.url).toBe(url);
			expect(seen?.headers["content-type"]).toBe(contentType);
			expect(seen?.headers["user-agent"]).toBe("twin-operator/1.2.3 (test)");
			expect(seen?.body).toBe(
				call.body === undefined ? "" : JSON.stringify(call.body),
			);
		},
	);

	it.each<[string, number, string, string, object]>([
		["a page", 200, "text/html", PAGE, { kind: "nonsense" }],
		["cut JSON", 200, "application/json", '{"kind":"Po', { kind: "nonsense" }],
		["a number", 200, "application/json", "7", { kind: "nonsense" }],
		["a list", 200, "application/json", "[]", { kind: "nonsense" }],
		["nothing", 200, "application/json", "", { kind: "nonsense" }],
		["a redirect", 302, "text/html", PAGE, { kind: "nonsense" }],
		["a page for 403", 403, "text/html", PAGE, { kind: "nonsense" }],
		[
			"500 with a Status",
			500,
			"application/json",
			JSON.stringify(status(500, "InternalError", "etcd is gone")),
			{ kind: "failing", status: 500, message: "etcd is gone" },
		],
		[
			"502 with a page",
			502,
			"text/html",
			PAGE,
			{ kind: "failing", status: 502, message: "HTTP 502" },
		],
		[
			"401",
			401,
			"application/json",
			JSON.stringify(status(401, "Unauthorized", "Unauthorized")),
			{ kind: "refused", status: 401, reason: "Unauthorized" },
		],
		[
			"404 in plain text",
			404,
			"text/plain",
			"404 page not found",
			{ kind: "refused", status: 404, reason: "NotFound" },
		],
		[
			"409",
			409,
			"application/json",
			JSON.stringify(status(409, "AlreadyExists", "it is there")),
			{ kind: "refused", reason: "AlreadyExists", message: "it is there" },
		],
		[
			"a Status with a wait",
			429,
			"application/json",
			JSON.stringify({
				...status(429, "TooManyRequests", "wait"),
				details: { retryAfterSeconds: 3 },
			}),
			{ kind: "refused", status: 429, retryAfterMs: 3_000 },
		],
	])(
		"answers %s in words of its own",
		async (_, code, type, body, expected) => {
			server.answer = (_seen, response) => {
				response.writeHead(code, {
					"content-type": type,
					location: "https://127.0.0.1:1/elsewhere",
				});
				response.end(body);
			};
			const answer = await server.api().request(get);
			expect(answer).toMatchObject(expected);
			expect(JSON.stringify(answer)).not.toContain("portal");
			expect(server.seen).toHaveLength(1);
		},
	);

	it("takes the wait from the header, when the text is plain", async () => {
		server.answer = (_, response) => {
			response.writeHead(429, {
				"content-type": "text/plain",
				"retry-after": "2",
			});
			response.end("Too many requests");
		};
		expect(await server.api().request(get)).toMatchObject({
			kind: "refused",
			reason: "TooManyRequests",
			retryAfterMs: 2_000,
		});
	});

	it("ends a body without end", async () => {
		let ended = false;
		server.answer = (_, response) => {
			response.writeHead(200, { "content-type": "application/json" });
			const more = (): void => {
				while (!ended && response.write(" ".repeat(65_536)));
			};
			response.on("drain", more).on("close", () => {
				ended = true;
			});
			more();
		};
		const answer = await server.api({ bodyBytes: 1_000_000 }).request(get);
		expect(answer.kind).toBe("nonsense");
		await until("the connection is closed", () => ended);
	});

	it("gives a slow drip no longer than the deadline", async () => {
		let closed = false;
		server.answer = (_, response) => {
			response.writeHead(200, { "content-type": "application/json" });
			const drip = setInterval(() => response.write(" "), 20);
			response.on("close", () => {
				clearInterval(drip);
				closed = true;
			});
		};
		const answer = await server.api().request({ ...get, timeoutMs: 300 });
		expect(answer).toMatchObject({ kind: "silent", why: "timeout" });
		await until("the connection is closed", () => closed);
	});

	it("treats an answer that is torn off as silence: nothing is known", async () => {
		server.answer = (_, response) => {
			response.writeHead(200, {
				"content-type": "application/json",
				"content-length": "1000",
			});
			response.write('{"kind":');
			setImmediate(() => response.destroy());
		};
		expect(await server.api().request(get)).toMatchObject({
			kind: "silent",
			why: "network",
		});
	});

	it("gives up when the caller does", async () => {
		server.answer = () => {};
		const abort = new AbortController();
		const answer = server.api().request({ ...get, signal: abort.signal });
		await until("the request is there", () => server.seen.length === 1);
		abort.abort();
		expect(await answer).toMatchObject({ kind: "silent", why: "aborted" });
		expect(
			await server.api().request({ ...get, signal: abort.signal }),
		).toMatchObject({ kind: "silent", why: "aborted" });
		expect(server.seen).toHaveLength(1);
	});

	it("answers nothing after close", async () => {
		const api = server.api();
		api.close();
		expect(await api.request(get)).toMatchObject({
			kind: "silent",
			why: "aborted",
		});
	});

	it("works again after the server's connections broke", async () => {
		const api = server.api();
		server.answer = (_, response) => response.destroy();
		expect((await api.request(get)).kind).toBe("silent");
		server.answer = (_, response) => json(response, {});
		expect((await api.request(get)).kind).toBe("ok");
	});

	it("takes prototype keys for data", async () => {
		server.answer = (_, response) => {
			response.writeHead(200, { "content-type": "application/json" });
			response.end('{"__proto__":{"admin":true},"constructor":{}}');
		};
		const answer = await server.api().request(get);
		expect(answer.kind).toBe("ok");
		expect(({} as { admin?: boolean }).admin).toBeUndefined();
	});

	it("obtains credentials before each request, and says only that it cannot", async () => {
		let token = "one";
		const { HttpApi } = await import("../../src/adapters/api.ts");
		const api = new HttpApi(
			{
				server: new URL(`https://127.0.0.1:${server.port}/prefix/`),
				tls: { ca: server.ca },
				authorization: () => {
					if (token === "") throw new Error("secret words");
					return `Bearer ${token}`;
				},
			},
			{ cluster: "north", component: "test", version: "1" },
		);
		await api.request(get);
		token = "two";
		await api.request(get);
		expect(server.seen.map((it) => it.headers.authorization)).toEqual([
			"Bearer one",
			"Bearer two",
		]);
		expect(server.seen[0]?.url).toBe("/prefix/api/v1/namespaces/kube-system");
		token = "";
		const answer = await api.request(get);
		expect(answer).toMatchObject({ kind: "refused", status: 401 });
		expect(JSON.stringify(answer)).not.toContain("secret");
		api.close();
	});
});

describe("HttpApi, connections that cannot be made", () => {
	it("says that a port is closed", async () => {
		const closed = createServer().listen(0, "127.0.0.1");
		await once(closed, "listening");
		const { port } = closed.address() as { port: number };
		closed.close();
		await once(closed, "close");
		expect(await server.api({ port }).request(get)).toMatchObject({
			kind: "silent",
			why: "refused",
		});
	});

	it("does not trust another authority", async () => {
		const other = await createAuthority("other");
		const before = server.seen.length;
		expect(await server.api({ ca: other.cert }).request(get)).toMatchObject({
			kind: "silent",
			why: "tls",
		});
		expect(server.seen.length).toBe(before);
	});

	it.each<[string, Parameters<typeof startHostile>[0]]>([
		[
			"an expired certificate",
			(authority) =>
				authority.client({
					user: "127.0.0.1",
					notBefore: new Date(Date.now() - 7_200_000),
					notAfter: new Date(Date.now() - 3_600_000),
				}),
		],
		[
			"a certificate for another name",
			(authority) => authority.serving(["10.9.8.7"]),
		],
	])("does not trust %s", async (_, certificate) => {
		const bad = await startHostile(certificate);
		try {
			expect(await bad.api().request(get)).toMatchObject({
				kind: "silent",
				why: "tls",
			});
			expect(bad.seen).toEqual([]);
		} finally {
			await bad.stop();
		}
	});

	it("gives a handshake that hangs no longer than the deadline, and sends nothing afterwards", async () => {
		const sockets: Socket[] = [];
		const mute = createServer((socket) => {
			sockets.push(socket);
			socket.on("error", () => {});
		}).listen(0, "127.0.0.1");
		await once(mute, "listening");
		const { port } = mute.address() as { port: number };
		const answer = await server
			.api({ port })
			.request({ ...get, timeoutMs: 300 });
		expect(answer).toMatchObject({ kind: "silent", why: "timeout" });
		for (const socket of sockets) socket.destroy();
		mute.close();
		await once(mute, "close");
	});

	it("knows what is not HTTP", async () => {
		const { createServer: createTls } = await import("node:tls");
		const authority = await createAuthority("mail");
		const mail = createTls(await authority.serving(["127.0.0.1"]), (socket) => {
			socket.on("error", () => {});
			socket.once("data", () => socket.end("220 mail.example ESMTP\r\n"));
		}).listen(0, "127.0.0.1");
		await once(mail, "listening");
		const { port } = mail.address() as { port: number };
		const answer = await server.api({ port, ca: authority.cert }).request(get);
		expect(answer).toMatchObject({ kind: "nonsense" });
		mail.close();
		await once(mail, "close");
	});
});
