import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NAMESPACE } from "../../src/api/kind.ts";
import type { Call } from "../../src/shell/port.ts";
import { until } from "../clusters/wait.ts";
import { type Hostile, startHostile } from "./hostile.ts";

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
});

const PAGE = "<html><body>Welcome to the portal</body></html>";
const status = (code: number, reason: string, message: string) => ({
	kind: "Status",
	code,
	reason,
	message,
});

describe("HttpApi, answers", () => {
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
			"500 for an object that does not fit its schema",
			500,
			"application/json",
			JSON.stringify({
				kind: "Status",
				code: 500,
				message:
					"failed to create typed patch object (bad/t; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string",
			}),
			{ kind: "refused", status: 422, reason: "Invalid" },
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
});
