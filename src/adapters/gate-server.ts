/**
 * Answers the gates of a region's pods: `GET /v1/gate/NAMESPACE/NAME`. On a
 * port of its own, since every pod may reach it: whatever is not that one
 * request is turned away early and cheaply, and nothing of it is kept.
 */
import {
	createServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import type { GateAnswer } from "../core/region/answer.ts";
import { type Listening, listen } from "./listen.ts";

export interface GateServerOptions {
	/** 0: any free one. */
	readonly port: number;
	/** Undefined: all addresses. */
	readonly host?: string;
	/** Asked at every question; must not throw. */
	readonly answer: (path: string) => GateAnswer;
}

/** A namespace and a name have 63 and 253 characters at most. */
const URL_LENGTH = 512;
/** A gate gives up after a second; a busy node may bring its question late. */
const SLOW_MS = 5_000;
/** Of 10,000 pods, asking once a second over connections of milliseconds, few are open at once. */
const CONNECTIONS = 4_096;
const HEADER_BYTES = 2_048;

/** Rejects when the port cannot be had. */
export async function serveGate(
	options: GateServerOptions,
): Promise<Listening> {
	const server = createServer(
		{
			maxHeaderSize: HEADER_BYTES,
			headersTimeout: SLOW_MS,
			requestTimeout: SLOW_MS,
			connectionsCheckingInterval: 500,
			keepAliveTimeout: SLOW_MS,
		},
		(request, response) => {
			const refused = refusal(request);
			if (refused !== undefined) end(response, refused, "no", true);
			else {
				const { status, body } = options.answer(request.url ?? "");
				end(response, status, body, false);
			}
		},
	);
	server.maxConnections = CONNECTIONS;
	server.maxHeadersCount = 32;
	// "Expect: 100-continue" announces a body.
	server.on("checkContinue", (_, response: ServerResponse) =>
		end(response, 417, "no", true),
	);
	server.on("upgrade", (_, socket) => socket.destroy());
	server.on("connect", (_, socket) => socket.destroy());
	server.on("clientError", (_, socket) => socket.destroy());
	return listen(server, options.port, options.host);
}

/** The status of what is turned away. */
function refusal({ method, url = "", headers }: IncomingMessage) {
	if (method !== "GET") return 405;
	if (url.length > URL_LENGTH) return 414;
	const hasBody =
		headers["transfer-encoding"] !== undefined ||
		(headers["content-length"] ?? "0") !== "0";
	return hasBody ? 413 : undefined;
}

/** With `last`, nothing more is read from this client. */
function end(
	response: ServerResponse,
	status: number,
	body: string,
	last: boolean,
): void {
	const text = `${body}\n`;
	response.writeHead(status, {
		"content-type": "text/plain",
		"content-length": text.length,
		"cache-control": "no-store",
		...(last ? { connection: "close" } : {}),
	});
	response.end(text);
}
