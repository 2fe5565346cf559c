/** The control plane on HTTPS, for the operator with its real adapters and for kubectl. */

import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { loopbackIdentity } from "./certificate.ts";
import type { ControlPlane } from "./control-plane.ts";
import { Exchange } from "./exchange.ts";

export interface Front {
	readonly url: string;
	readonly kubeconfig: string;
	/** Requests answered since the start, as an audit log would count them. */
	readonly seen: readonly Seen[];
	open(): Promise<void>;
	/** The port is closed and every connection destroyed. */
	close(): Promise<void>;
}

export interface Seen {
	readonly method: string;
	readonly path: string;
	readonly contentType: string;
	readonly userAgent: string;
}

const SEEN_KEPT = 20_000;

export async function openFront(plane: ControlPlane): Promise<Front> {
	const identity = await loopbackIdentity(plane.name);
	const token = plane.store.newUid();
	const sockets = new Set<Duplex>();
	const seen: Seen[] = [];
	const server = createServer(
		{ key: identity.key, cert: identity.certificate },
		(request, response) => {
			seen.push(sighting(request));
			if (seen.length > SEEN_KEPT) seen.splice(0, SEEN_KEPT / 2);
			void new Exchange(plane, token, request, response).run();
		},
	);
	server.on("connection", (socket) => {
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
	});
	const port = await listen(server, 0);
	const url = `https://127.0.0.1:${port}`;
	return {
		url,
		kubeconfig: kubeconfigOf(plane.name, url, identity.ca, token),
		seen,
		open: async () => void (await listen(server, port)),
		close: () =>
			new Promise((resolve) => {
				if (!server.listening) return resolve();
				server.close(() => resolve());
				for (const it of sockets) it.destroy();
			}),
	};
}

function listen(server: Server, port: number): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", () => {
			server.off("error", reject);
			resolve((server.address() as AddressInfo).port);
		});
	});
}

function kubeconfigOf(
	name: string,
	server: string,
	ca: string,
	token: string,
): string {
	const certificate = Buffer.from(ca).toString("base64");
	return JSON.stringify({
		apiVersion: "v1",
		kind: "Config",
		clusters: [
			{ name, cluster: { server, "certificate-authority-data": certificate } },
		],
		users: [{ name: "admin", user: { token } }],
		contexts: [{ name, context: { cluster: name, user: "admin" } }],
		"current-context": name,
	});
}

const sighting = (request: IncomingMessage): Seen => ({
	method: request.method ?? "",
	path: request.url ?? "",
	contentType: request.headers["content-type"] ?? "",
	userAgent: request.headers["user-agent"] ?? "",
});
