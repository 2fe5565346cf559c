/** What answers at a region's address is no Kubernetes: told in words, and nobody else suffers. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { access } from "../clusters/install.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { kubeconfigOf } from "../clusters/real/kubeconfig.ts";
import { createAuthority } from "../clusters/real/pki.ts";
import { until } from "../clusters/wait.ts";
import { find } from "./kinds.ts";
import { pods, uid } from "./move.ts";
import {
	apply,
	condition,
	configMap,
	deployment,
	isTrue,
	openWorld,
	place,
	service,
	twinCluster,
	twinService,
	untilPlaced,
	type World,
} from "./world.ts";

interface Case {
	readonly name: string;
	readonly reason: string;
	readonly says: string;
	readonly answer: (response: ServerResponse) => void;
}

const html = { "content-type": "text/html" };
const json = { "content-type": "application/json" };
const CASES: readonly Case[] = [
	{
		name: "a web page",
		reason: "Nonsense",
		says: "not the JSON of a Kubernetes API server",
		answer: (it) =>
			it.writeHead(200, html).end("<!doctype html><title>Welcome</title>"),
	},
	{
		name: "a web page instead of 404",
		reason: "Nonsense",
		says: "(HTTP 404)",
		answer: (it) =>
			it.writeHead(404, html).end("<!doctype html><title>Not here</title>"),
	},
	{
		name: "JSON that ends in the middle",
		reason: "Nonsense",
		says: "not the JSON of a Kubernetes API server",
		answer: (it) =>
			it.writeHead(200, json).end('{"kind":"Namespace","metadata":{"na'),
	},
	{
		name: "a body that breaks off",
		reason: "Unreachable",
		says: "other side closed",
		answer: (it) => {
			it.writeHead(200, { ...json, "content-length": "1000" });
			it.write('{"kind":"Namespace",', () => it.destroy());
		},
	},
	{
		name: "JSON of something else",
		reason: "Nonsense",
		says: "the answer is no Namespace",
		answer: (it) => it.writeHead(200, json).end('{"hello":"world"}'),
	},
	{
		name: "a body without end",
		// The limit of bytes or that of time, whichever comes first.
		reason: "Nonsense",
		says: "answer",
		answer: (it) => {
			it.writeHead(200, json);
			pour(it);
		},
	},
	{
		name: "a redirect",
		reason: "Nonsense",
		says: "a redirect (302), which is not followed",
		answer: (it) =>
			it.writeHead(302, { location: "https://example.com/" }).end(),
	},
	{
		name: "502 of a proxy",
		reason: "Unhealthy",
		says: "HTTP 502",
		answer: (it) => it.writeHead(502, html).end("<h1>Bad Gateway</h1>"),
	},
];

/** As fast as it is read, until nobody reads any more. */
function pour(response: ServerResponse): void {
	const page = Buffer.alloc(65_536, " ");
	const more = () => {
		if (response.destroyed) return;
		if (response.write(page)) setImmediate(more);
		else response.once("drain", more);
	};
	more();
}

let world: World;
let server: Server;
let answer: Case["answer"] = (it) => it.destroy();
let nonsense: string;
let running: readonly unknown[];

/** What the hub is given to reach south. */
const give = (kubeconfig: string) =>
	apply(world.hub, access({ south: kubeconfig })[1] as KubeObject);
async function mend(): Promise<void> {
	await give(world.south.kubeconfig);
	await until("south to be usable", async () => {
		return isTrue(await twinCluster(world, "south"), "Ready");
	});
}
const runs = async () => (await pods(world.north, "safe")).map(uid).toSorted();

beforeAll(async () => {
	world = await openWorld();
	await place(world, "safe");
	running = await runs();
	const authority = await createAuthority("nonsense");
	const serving = await authority.serving(["127.0.0.1"]);
	server = createServer({ ...serving }, (_, response) => answer(response));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const url = `https://127.0.0.1:${port}`;
	const client = await authority.client({ user: "hub" });
	nonsense = kubeconfigOf("south", url, authority.cert, client);
});
afterAll(async () => {
	server?.closeAllConnections();
	server?.close();
	await world?.stop();
	await closeRun();
});

describe("the region answers with", () => {
	it.each(CASES)("$name: $reason, and it is told", async (it) => {
		await mend();
		answer = it.answer;
		await give(nonsense);
		const { reason, message } = await until(`"${it.says}"`, async () => {
			const seen = condition(await twinCluster(world, "south"), "Reachable");
			if (seen?.status === "False" && seen.message.includes(it.says))
				return seen;
			throw new Error(JSON.stringify(seen ?? null));
		});
		expect(message).toMatch(/^south (is lost|does not answer): /);
		expect(message).not.toContain("<");
		// One answer that a busy machine gives too late makes it silence.
		expect([it.reason, "Unreachable"]).toContain(reason);
	});

	it("and the operator is well: the other region gets what is new", async () => {
		const manifests = [deployment(), configMap("web", { key: "new" })];
		await apply(world.hub, twinService("safe", { manifests }));
		await until("the new version in north", async () => {
			return (await find(world.north, "safe", "configmaps")).data.key === "new";
		});
		expect(await runs()).toEqual(running);
		expect((await service(world, "safe"))?.status).toMatchObject({
			activeCluster: "north",
			epoch: 1,
		});
		expect(condition(await service(world, "safe"), "Redundant")?.status).toBe(
			"False",
		);
	});

	it("its true self again: all is well", async () => {
		await mend();
		await untilPlaced(world, "safe");
		const { data } = await find(world.south, "safe", "configmaps");
		expect(data).toEqual({ key: "new" });
		expect(await runs()).toEqual(running);
	});
});
