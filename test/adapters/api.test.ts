import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NAMESPACE, POD, TWIN_SIDE } from "../../src/api/kind.ts";
import type { Call } from "../../src/shell/port.ts";
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

	it("sends no write that has waited for its turn until it may not be sent", async () => {
		const held: (() => void)[] = [];
		server.answer = (_, response) => held.push(() => json(response, {}));
		let leads = true;
		const api = server.api({ inFlight: 1, mayWrite: () => leads });
		const first = api.request({ ...get, verb: "delete" });
		const behind = api.request({ ...get, verb: "delete" });
		await until("the first is under way", () => held.length === 1);
		leads = false;
		for (const release of held) release();
		expect((await first).kind).toBe("ok");
		expect(await behind).toMatchObject({ kind: "silent", why: "aborted" });
		server.answer = (_, response) => json(response, {});
		expect((await api.request(get)).kind).toBe("ok");
		expect(server.seen.map((it) => it.method)).toEqual(["DELETE", "GET"]);
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
