import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers the gates of one region, with what the test tells it to. */
export interface Agent {
	/** `http://IP:PORT`, where pods reach it. */
	readonly url: string;
	/** For every service; at first no. */
	answer: "yes" | "no";
	/** Seconds since the gate of this service asked last. */
	askedAgo(namespace: string, name: string): number;
	stop(): void;
}

export async function startAgent(host: string): Promise<Agent> {
	const asked = new Map<string, number>();
	const server = createServer((request, response) => {
		asked.set(request.url ?? "", performance.now());
		response.writeHead(agent.answer === "yes" ? 200 : 403);
		response.end(`${agent.answer}\n`);
	});
	server.listen(0, host);
	await once(server, "listening");
	server.unref();
	const agent: Agent = {
		url: `http://${host}:${(server.address() as AddressInfo).port}`,
		answer: "no",
		askedAgo(namespace, name) {
			const last = asked.get(`/v1/gate/${namespace}/${name}`);
			if (last === undefined) return Number.POSITIVE_INFINITY;
			return (performance.now() - last) / 1000;
		},
		stop() {
			server.close();
			server.closeAllConnections();
		},
	};
	return agent;
}
