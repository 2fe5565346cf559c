import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type ApiOptions, HttpApi } from "../../src/adapters/api.ts";
import { type Authority, createAuthority } from "../clusters/real/pki.ts";

export interface Seen {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingMessage["headers"];
	readonly body: string;
}

/** A server on loopback that answers as the test wants, and remembers what it was asked. */
export interface Hostile {
	readonly port: number;
	readonly ca: string;
	readonly seen: Seen[];
	connections: number;
	answer: (request: Seen, response: ServerResponse) => void;
	api(options?: Partial<ApiOptions> & { ca?: string; port?: number }): HttpApi;
	stop(): Promise<void>;
}

export async function startHostile(
	certificate?: (
		authority: Authority,
	) => Promise<{ readonly cert: string; readonly key: string }>,
): Promise<Hostile> {
	const authority = await createAuthority("hostile");
	const pair = await (certificate?.(authority) ??
		authority.serving(["127.0.0.1", "localhost"]));
	const apis: HttpApi[] = [];
	const server = createServer(pair, (request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const seen = {
				method: request.method ?? "",
				url: request.url ?? "",
				headers: request.headers,
				body: Buffer.concat(chunks).toString("utf8"),
			};
			hostile.seen.push(seen);
			hostile.answer(seen, response);
		});
	});
	server.on("secureConnection", () => hostile.connections++);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const hostile: Hostile = {
		port,
		ca: authority.cert,
		seen: [],
		connections: 0,
		answer: (_, response) => json(response, {}),
		api: ({ ca = authority.cert, port: other = port, ...options } = {}) => {
			const api = new HttpApi(
				{ server: new URL(`https://127.0.0.1:${other}`), tls: { ca } },
				{ cluster: "north", component: "test", version: "1.2.3", ...options },
			);
			apis.push(api);
			return api;
		},
		stop: async () => {
			for (const api of apis) api.close();
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
	return hostile;
}

export function json(
	response: ServerResponse,
	body: unknown,
	status = 200,
	headers: Record<string, string> = {},
): void {
	response.writeHead(status, {
		"content-type": "application/json",
		...headers,
	});
	response.end(JSON.stringify(body));
}
