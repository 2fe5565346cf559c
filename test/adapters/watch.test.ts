import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NAMESPACE, TWIN_SIDE } from "../../src/api/kind.ts";
import type { WatchEnd, WatchEvent } from "../../src/shell/port.ts";
import { until } from "../clusters/wait.ts";
import { type Hostile, json, startHostile } from "./hostile.ts";

let server: Hostile;
let stream: ServerResponse | undefined;
beforeAll(async () => {
	server = await startHostile();
});
afterAll(() => server.stop());
beforeEach(() => {
	stream = undefined;
	server.seen.length = 0;
	server.answer = (_, response) => {
		stream = response;
		response.writeHead(200, { "content-type": "application/json" });
		response.flushHeaders();
	};
});

const object = (version: number) => ({
	kind: "TwinSide",
	metadata: { name: "a", resourceVersion: String(version), note: "Größe" },
});
const line = (type: string, it: unknown) =>
	`${JSON.stringify({ type, object: it })}\n`;

async function watch(eventBytes = 10_000) {
	const events: WatchEvent[] = [];
	const abort = new AbortController();
	let opened = false;
	const api = server.api({ eventBytes });
	const end = api.watch({
		resource: TWIN_SIDE,
		labelSelector: "x=y",
		resourceVersion: "7",
		signal: abort.signal,
		onOpen: () => {
			opened = true;
		},
		onEvent: (event) => void events.push(event),
	});
	await until("the watch is there", () => server.seen.length > 0);
	return { api, events, abort, end, opened: () => opened };
}

describe("HttpApi, watches", () => {
	it("asks with bookmarks from a version, and hands events on, however they are cut", async () => {
		const { events, abort, end, opened } = await watch();
		expect(server.seen[0]?.url).toBe(
			"/apis/twin-operator.dev/v1alpha1/twinsides?watch=1&allowWatchBookmarks=true&resourceVersion=7&labelSelector=x%3Dy",
		);
		await until("it is open", opened);
		const bytes = Buffer.from(
			line("ADDED", object(8)) +
				line("BOOKMARK", object(9)) +
				line("DELETED", object(10)),
		);
		for (let at = 0; at < bytes.length; at += 7) {
			stream?.write(bytes.subarray(at, at + 7));
			await new Promise((resolve) => setImmediate(resolve));
		}
		await until("all events are there", () => events.length === 3);
		expect(events).toEqual([
			{ type: "ADDED", object: object(8) },
			{ type: "BOOKMARK", resourceVersion: "9" },
			{ type: "DELETED", object: object(10) },
		]);
		abort.abort();
		expect(await end).toEqual({ kind: "closed" });
	});

	it("ends as closed when the server ends it", async () => {
		const { end } = await watch();
		stream?.end();
		expect(await end).toEqual({ kind: "closed" });
	});

	it.each<[string, string, WatchEnd]>([
		[
			"an ERROR event with 410",
			line("ERROR", { kind: "Status", code: 410, reason: "Expired" }),
			{ kind: "expired" },
		],
		[
			"an ERROR event with 500",
			line("ERROR", { kind: "Status", code: 500, message: "etcd" }),
			{
				kind: "failed",
				answer: { kind: "failing", status: 500, message: "etcd" },
			},
		],
		[
			"a page in the stream",
			"<html>\n",
			{
				kind: "failed",
				answer: { kind: "nonsense", message: "an event is not JSON" },
			},
		],
		[
			"an event of null",
			"null\n",
			{
				kind: "failed",
				answer: { kind: "nonsense", message: "an event has no object" },
			},
		],
		[
			"an unknown type",
			line("RENAMED", object(8)),
			{
				kind: "failed",
				answer: { kind: "nonsense", message: "an event is of no known type" },
			},
		],
		[
			"a line without end",
			"x".repeat(20_000),
			{
				kind: "failed",
				answer: { kind: "nonsense", message: "an event is too large" },
			},
		],
	])("ends at %s", async (_, text, expected) => {
		const { end, events } = await watch();
		stream?.write(text + line("ADDED", object(99)));
		expect(await end).toEqual(expected);
		expect(events).toEqual([]);
		await until("the connection is closed", () => stream?.closed === true);
	});

	it.each<[number, object]>([
		[410, { kind: "expired" }],
		[403, { kind: "failed", answer: { kind: "refused", status: 403 } }],
		[503, { kind: "failed", answer: { kind: "failing", status: 503 } }],
	])("answers HTTP %i", async (code, expected) => {
		server.answer = (_, response) =>
			json(response, { kind: "Status", code, message: "no" }, code);
		const { end } = await watch();
		expect(await end).toMatchObject(expected);
	});

	it("says that a stream was torn off", async () => {
		const { end, opened } = await watch();
		await until("it is open", opened);
		stream?.destroy();
		expect(await end).toMatchObject({
			kind: "failed",
			answer: { kind: "silent", why: "network" },
		});
	});

	it("leaves requests their connections, however many watches there are", async () => {
		const { api } = await watch();
		const abort = new AbortController();
		for (let i = 0; i < 50; i++)
			void api.watch({
				resource: NAMESPACE,
				resourceVersion: "1",
				signal: abort.signal,
				onEvent: () => {},
			});
		await until("all watches are there", () => server.seen.length === 51);
		server.answer = (_, response) => json(response, {});
		const answer = await api.request({
			verb: "get",
			resource: NAMESPACE,
			name: "x",
			timeoutMs: 20_000,
		});
		expect(answer.kind).toBe("ok");
		abort.abort();
	});
});
