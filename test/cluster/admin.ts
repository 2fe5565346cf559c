/**
 * Requests as a person with curl would make them, answers and all: the tests
 * of the API look at status codes and messages that a client library hides.
 */
import { Agent, request } from "node:https";
import { load } from "js-yaml";

export interface Reply {
	readonly status: number;
	// biome-ignore lint/suspicious/noExplicitAny: any JSON; the test says what it expects
	readonly body: any;
	/** What the server warned of, such as fields it dropped. */
	readonly warnings: string;
}

export interface Admin {
	send(
		method: string,
		path: string,
		body?: unknown,
		contentType?: string,
	): Promise<Reply>;
	close(): void;
}

interface Kubeconfig {
	clusters: {
		cluster: { server: string; "certificate-authority-data": string };
	}[];
	users: {
		user: { "client-certificate-data": string; "client-key-data": string };
	}[];
}

const TIMEOUT_MS = 30_000;
const decode = (text: string) => Buffer.from(text, "base64");

export function adminOf(kubeconfig: string): Admin {
	const { clusters, users } = load(kubeconfig) as Kubeconfig;
	const cluster = clusters[0]?.cluster;
	const user = users[0]?.user;
	if (!cluster || !user) throw new Error("kubeconfig without cluster or user");
	const agent = new Agent({
		keepAlive: true,
		ca: decode(cluster["certificate-authority-data"]),
		cert: decode(user["client-certificate-data"]),
		key: decode(user["client-key-data"]),
	});
	return {
		close: () => agent.destroy(),
		send: (method, path, body, contentType = "application/json") =>
			new Promise((resolve, reject) => {
				const call = request(
					new URL(path, cluster.server),
					{
						agent,
						method,
						timeout: TIMEOUT_MS,
						headers: body === undefined ? {} : { "content-type": contentType },
					},
					(answer) => {
						const parts: Buffer[] = [];
						answer.on("data", (part: Buffer) => parts.push(part));
						answer.on("error", reject);
						answer.on("end", () => {
							const text = Buffer.concat(parts).toString("utf8");
							resolve({
								status: answer.statusCode ?? 0,
								body: text.startsWith("{") ? JSON.parse(text) : text,
								warnings: String(answer.headers.warning ?? ""),
							});
						});
					},
				);
				call.on("timeout", () => call.destroy(new Error(`${path}: no answer`)));
				call.on("error", reject);
				call.end(body === undefined ? undefined : JSON.stringify(body));
			}),
	};
}
