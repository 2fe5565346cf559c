/**
 * A proxy before a cluster's API server: the operator is given its address, and
 * the test says what becomes of each request. It ends TLS itself (the client's
 * certificate cannot pass through) and speaks to the API server as the
 * administrator.
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { type Authority, createAuthority } from "../clusters/real/pki.ts";

/** One request on its way. Exactly one of the three is to be called. */
export interface Passing {
	readonly method: string;
	readonly path: string;
	/** Empty for a read. */
	readonly body: string;
	readonly isWatch: boolean;
	/** Changes something: neither a read, nor a dry run, nor a Lease. */
	readonly isWrite: boolean;
	/** Resolves when the API server has answered; `unheard`: the client is not told. */
	forward(unheard?: "unheard"): Promise<void>;
	answer(status: number, body: string, contentType?: string): void;
	/** Ends the connection without a word. */
	drop(): void;
}

export type Meddle = (passing: Passing) => void | Promise<void>;

export interface ApiProxy {
	/** Leads here instead of to the cluster. */
	readonly kubeconfig: string;
	/** What becomes of requests from now on. */
	meddle: Meddle;
	/** Connections end and none is accepted any more, until `mend`. */
	cut(): Promise<void>;
	mend(): Promise<void>;
	/** Ends the watches that are open now. */
	endWatches(): void;
	close(): Promise<void>;
}

export const pass: Meddle = (it) => it.forward();

interface Credentials {
	readonly url: URL;
	readonly agent: Agent;
}

export async function startProxy(cluster: RealCluster): Promise<ApiProxy> {
	const authority = await createAuthority(`${cluster.name} proxy`);
	const serving = await authority.serving(["127.0.0.1"]);
	const target = targetOf(cluster.kubeconfig);
	const sockets = new Set<Socket>();
	const watches = new Set<Socket>();
	const server = createServer(
		{ ...serving, requestTimeout: 0, keepAliveTimeout: 60_000 },
		(incoming, response) => {
			const pass = async () => {
				const body = await text(incoming);
				const passing = passingOf(target, incoming, body, response);
				if (passing.isWatch) watches.add(incoming.socket);
				await proxy.meddle(passing);
			};
			pass().catch(() => incoming.socket.destroy());
		},
	);
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => sockets.delete(socket));
	});
	server.on("secureConnection", (socket) => {
		socket.on("error", () => {});
		socket.on("close", () => watches.delete(socket));
	});
	const listen = async (port: number): Promise<void> => {
		server.listen(port, "127.0.0.1");
		await once(server, "listening");
	};
	const cut = async () => {
		if (!server.listening) return;
		const closed = new Promise((resolve) => server.close(resolve));
		for (const it of sockets) it.destroy();
		await closed;
	};
	await listen(0);
	const { port } = server.address() as AddressInfo;
	const proxy: ApiProxy = {
		kubeconfig: redirected(cluster.kubeconfig, port, authority),
		meddle: pass,
		cut,
		mend: () => listen(port),
		endWatches: () => {
			for (const it of watches) it.destroy();
		},
		close: async () => {
			await cut();
			target.agent.destroy();
		},
	};
	return proxy;
}

const READS = ["GET", "HEAD"];

function passingOf(
	{ url, agent }: Credentials,
	incoming: IncomingMessage,
	body: string,
	response: ServerResponse,
): Passing {
	const { method = "GET", url: path = "/" } = incoming;
	const query = new URL(path, url).searchParams;
	const drop = () => incoming.socket.destroy();
	response.on("error", () => {});
	return {
		...{ method, path, body },
		isWatch: query.get("watch") === "true" || query.get("watch") === "1",
		isWrite:
			!READS.includes(method) &&
			!query.has("dryRun") &&
			!path.includes("/leases"),
		drop,
		answer: (status, body, contentType = "application/json") => {
			response.writeHead(status, { "content-type": contentType }).end(body);
		},
		forward: (unheard) =>
			new Promise<void>((resolve) => {
				const { host: _, ...headers } = incoming.headers;
				const outgoing = request(new URL(path, url), {
					method,
					headers,
					agent,
				});
				let done = false;
				outgoing.on("response", (answer) => {
					answer.on("error", drop);
					answer.on("end", () => {
						done = true;
						resolve();
					});
					answer.on("close", resolve);
					if (unheard) return answer.resume();
					response.writeHead(answer.statusCode ?? 502, answer.headers);
					// A watch's first bytes are its headers, long before its first event.
					response.flushHeaders();
					return answer.pipe(response);
				});
				outgoing.on("error", () => {
					drop();
					resolve();
				});
				// A client that leaves ends its watch; a finished request's connection
				// belongs to the next one already.
				response.on("close", () => {
					if (!unheard && !done) outgoing.destroy();
				});
				outgoing.end(body);
			}),
	};
}

interface Kubeconfig {
	clusters: {
		cluster: { server: string; "certificate-authority-data": string };
	}[];
	users: {
		user: { "client-certificate-data": string; "client-key-data": string };
	}[];
}

const decode = (base64 = ""): string =>
	Buffer.from(base64, "base64").toString();

function targetOf(kubeconfig: string): Credentials {
	const { clusters, users } = JSON.parse(kubeconfig) as Kubeconfig;
	return {
		url: new URL(clusters[0]?.cluster.server ?? ""),
		agent: new Agent({
			keepAlive: true,
			ca: decode(clusters[0]?.cluster["certificate-authority-data"]),
			cert: decode(users[0]?.user["client-certificate-data"]),
			key: decode(users[0]?.user["client-key-data"]),
		}),
	};
}

function redirected(
	kubeconfig: string,
	port: number,
	authority: Authority,
): string {
	const parsed = JSON.parse(kubeconfig) as Kubeconfig;
	for (const { cluster } of parsed.clusters) {
		cluster.server = `https://127.0.0.1:${port}`;
		cluster["certificate-authority-data"] = Buffer.from(
			authority.cert,
		).toString("base64");
	}
	return JSON.stringify(parsed);
}
