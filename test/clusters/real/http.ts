import { request } from "node:https";

export interface Reply {
	readonly status: number;
	// biome-ignore lint/suspicious/noExplicitAny: a test reads into it as it likes.
	readonly body: any;
}

export interface Access {
	readonly url: string;
	readonly authority: string;
	readonly cert: string;
	readonly key: string;
}

/** One plain request, new connection; for the harness and for tests that look in from outside. */
export function ask(
	access: Access,
	method: string,
	path: string,
	body?: unknown,
	contentType = "application/json",
	timeoutMs = 10_000,
): Promise<Reply> {
	const { promise, resolve, reject } = Promise.withResolvers<Reply>();
	const url = new URL(path, access.url);
	const outgoing = request(
		url,
		{
			method,
			ca: access.authority,
			cert: access.cert,
			key: access.key,
			agent: false,
			headers: { "content-type": contentType },
			signal: AbortSignal.timeout(timeoutMs),
		},
		(incoming) => {
			const chunks: Buffer[] = [];
			incoming.on("data", (it: Buffer) => chunks.push(it));
			incoming.on("error", reject);
			incoming.on("end", () => {
				const text = Buffer.concat(chunks).toString();
				resolve({ status: incoming.statusCode ?? 0, body: parse(text) });
			});
		},
	);
	outgoing.on("error", reject);
	outgoing.end(body === undefined ? undefined : JSON.stringify(body));
	return promise;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
