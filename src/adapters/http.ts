import { createServer, type ServerResponse } from "node:http";
import { type Listening, listen } from "./listen.ts";

export interface Health {
	/** What is wrong with this process, if anything: it is then restarted. */
	healthy(): string | undefined;
	/** What is still missing before it does its work. */
	ready(): string | undefined;
	readonly contentType: string;
	metrics(): Promise<string>;
}

/** /healthz, /readyz and /metrics, for kubelet and Prometheus. Port 0 takes any free one. */
export async function serveHealth(
	port: number,
	health: Health,
): Promise<Listening> {
	const server = createServer((request, response) => {
		if (request.method !== "GET" && request.method !== "HEAD")
			return send(response, 405, "use GET");
		switch (request.url?.split("?")[0]) {
			case "/healthz":
				return check(response, health.healthy());
			case "/readyz":
				return check(response, health.ready());
			case "/metrics":
				health.metrics().then(
					(text) => send(response, 200, text, health.contentType),
					() => send(response, 500, "the metrics cannot be collected"),
				);
				return;
			default:
				return send(response, 404, "here are /healthz, /readyz and /metrics");
		}
	});
	server.requestTimeout = 10_000;
	server.maxConnections = 64;
	return listen(server, port);
}

const check = (response: ServerResponse, fault: string | undefined): void =>
	fault === undefined ? send(response, 200, "ok") : send(response, 503, fault);

function send(
	response: ServerResponse,
	status: number,
	text: string,
	contentType = "text/plain; charset=utf-8",
): void {
	response.writeHead(status, { "content-type": contentType });
	response.end(text.endsWith("\n") ? text : `${text}\n`);
}
