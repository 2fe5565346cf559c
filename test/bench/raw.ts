/**
 * Raw HTTPS over keep-alive connections and nothing else: what the floor
 * program and the scrapes use, so that the comparison has no client library
 * in it. A failed request ends the bench: a floor with errors is no floor.
 */
import { Agent, request } from "node:https";
import { createInterface } from "node:readline";
import { load } from "js-yaml";
import type { KubeObject } from "../../src/api/object.ts";

export interface Raw {
	send(
		method: string,
		path: string,
		body?: unknown,
		contentType?: string,
	): Promise<string>;
	/** Everything there now and everything after it, until `close`. */
	watch(path: string, onObject: (object: KubeObject) => void): void;
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

const decode = (text: string) => Buffer.from(text, "base64");

export function connect(kubeconfig: string, connections: number): Raw {
	const parsed = load(kubeconfig) as Kubeconfig;
	const cluster = parsed.clusters[0]?.cluster;
	const user = parsed.users[0]?.user;
	if (!cluster || !user) throw new Error("kubeconfig without cluster or user");
	const agent = new Agent({
		keepAlive: true,
		maxSockets: connections,
		ca: decode(cluster["certificate-authority-data"]),
		cert: decode(user["client-certificate-data"]),
		key: decode(user["client-key-data"]),
	});
	const base = new URL(cluster.server);
	return {
		send: (method, path, body, contentType = "application/json") =>
			new Promise((resolve, reject) => {
				const text = body === undefined ? undefined : JSON.stringify(body);
				const call = request(
					{
						agent,
						method,
						host: base.hostname,
						port: base.port,
						path,
						headers: {
							accept: "application/json",
							...(text === undefined
								? {}
								: {
										"content-type": contentType,
										"content-length": Buffer.byteLength(text),
									}),
						},
					},
					(answer) => {
						const parts: Buffer[] = [];
						answer.on("data", (part: Buffer) => parts.push(part));
						answer.on("error", reject);
						answer.on("end", () => {
							const got = Buffer.concat(parts).toString("utf8");
							if ((answer.statusCode ?? 500) < 300) return resolve(got);
							reject(
								new Error(
									`${method} ${path}: ${answer.statusCode} ${got.slice(0, 300)}`,
								),
							);
						});
					},
				);
				call.on("error", reject);
				call.end(text);
			}),
		watch(path, onObject) {
			// By `close`.
			const broken = () => {};
			const call = request(
				{
					agent,
					host: base.hostname,
					port: base.port,
					path: `${path}?watch=true`,
				},
				(answer) => {
					createInterface({ input: answer })
						.on("line", (line) =>
							onObject((JSON.parse(line) as { object: KubeObject }).object),
						)
						.on("error", broken);
				},
			);
			call.on("error", broken);
			call.end();
		},
		close: () => agent.destroy(),
	};
}

/** Runs `work` for 0 … n-1, at most `width` at a time. */
export async function each(
	n: number,
	width: number,
	work: (at: number) => Promise<void>,
): Promise<void> {
	let next = 0;
	await Promise.all(
		Array.from({ length: Math.min(width, n) }, async () => {
			for (let at = next++; at < n; at = next++) await work(at);
		}),
	);
}
