/** One HTTP request and its answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { load } from "js-yaml";
import { type Address, addressed } from "./address.ts";
import type { ControlPlane } from "./control-plane.ts";
import { discovery } from "./discovery.ts";
import { type Dict, dict, list } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { openapi } from "./openapi.ts";
import type { Ask, Verb } from "./server.ts";
import { noSuchResource, Refusal } from "./status.ts";
import { tableOf } from "./table.ts";
import { type Event, openWatch } from "./watch.ts";

const BODY_LIMIT = 3 * 1024 * 1024;

const PATCHES: Readonly<Record<string, Verb>> = {
	"application/merge-patch+json": "merge",
	"application/json-patch+json": "json",
	"application/strategic-merge-patch+json": "strategic",
	"application/apply-patch+yaml": "apply",
};

function verbOf(
	method: string,
	address: Address,
	contentType: string,
): Verb | undefined {
	if (method === "GET") return address.name ? "get" : "list";
	if (method === "POST") return address.name ? undefined : "create";
	if (method === "PUT") return "update";
	if (method === "DELETE") return address.name ? "delete" : undefined;
	return method === "PATCH"
		? PATCHES[contentType.split(";")[0] ?? ""]
		: undefined;
}

export class Exchange {
	readonly #plane: ControlPlane;
	readonly #token: string;
	readonly #request: IncomingMessage;
	readonly #response: ServerResponse;
	readonly #url: URL;

	constructor(
		plane: ControlPlane,
		token: string,
		request: IncomingMessage,
		response: ServerResponse,
	) {
		this.#plane = plane;
		this.#token = token;
		this.#request = request;
		this.#response = response;
		this.#url = new URL(request.url ?? "/", "https://embedded");
	}

	async run(): Promise<void> {
		try {
			await this.#answer();
		} catch (error) {
			if (error instanceof Refusal) return this.#send(error.code, error.body);
			const message = error instanceof Error ? error.stack : String(error);
			this.#send(500, new Refusal(500, "InternalError", message ?? "").body);
		}
	}

	async #answer(): Promise<void> {
		if (this.#request.headers.authorization !== `Bearer ${this.#token}`) {
			throw new Refusal(401, "Unauthorized", "Unauthorized");
		}
		const path = this.#url.pathname;
		if (["/healthz", "/readyz", "/livez"].includes(path)) {
			this.#response.end("ok");
			return;
		}
		const address = path.startsWith("/api") ? addressed(path) : undefined;
		if (!address) {
			const found = this.#aboutItself(path);
			if (!found) throw noSuchResource();
			return this.#send(200, found);
		}
		const kind = this.#plane.server.kind(address);
		const query = Object.fromEntries(this.#url.searchParams);
		if (query.watch === "true" || query.watch === "1") {
			return this.#watch(kind, address, query);
		}
		await this.#ask(kind, address, query);
	}

	#aboutItself(path: string): Dict | undefined {
		const { registry } = this.#plane.server;
		return discovery(path, registry) ?? openapi(path, registry);
	}

	async #ask(
		kind: Kind,
		address: Address,
		query: Record<string, string>,
	): Promise<void> {
		const { method = "", headers } = this.#request;
		const verb = verbOf(method, address, headers["content-type"] ?? "");
		const body = await this.#body();
		if (!verb) throw noVerb(method);
		const ask: Ask = {
			...address,
			verb,
			body,
			query,
			agent: (headers["user-agent"] ?? "unknown").split("/")[0] ?? "unknown",
		};
		const { status, body: result } = this.#plane.server.handle(ask);
		this.#send(status, status < 300 ? this.#shown(kind, verb, result) : result);
	}

	/** As the client wants it: a table, or the object. */
	#shown(kind: Kind, verb: Verb, body: Dict): Dict {
		const accept = this.#request.headers.accept ?? "";
		const items = list(body.items) as Dict[];
		if (accept.includes("as=Table") && body.kind !== "Status") {
			const objects = verb === "list" ? items : [body];
			const metadata =
				verb === "list"
					? body.metadata
					: { resourceVersion: dict(body.metadata).resourceVersion };
			return tableOf(kind, objects, metadata, new Date());
		}
		return body;
	}

	async #body(): Promise<unknown> {
		const chunks: Buffer[] = [];
		let size = 0;
		for await (const chunk of this.#request) {
			chunks.push(chunk as Buffer);
			size += (chunk as Buffer).length;
			if (size > BODY_LIMIT) {
				throw new Refusal(
					413,
					"RequestEntityTooLarge",
					`Request entity too large: limit is ${BODY_LIMIT}`,
				);
			}
		}
		if (size === 0) return undefined;
		const sent = Buffer.concat(chunks).toString("utf8");
		const type = this.#request.headers["content-type"] ?? "";
		try {
			return type.includes("yaml") && !sent.startsWith("{")
				? load(sent)
				: JSON.parse(sent);
		} catch {
			throw new Refusal(
				400,
				"BadRequest",
				"the request body cannot be decoded",
			);
		}
	}

	#watch(kind: Kind, address: Address, query: Record<string, string>): void {
		const response = this.#response;
		// `kubectl get NAME -w` asks for one object by its address.
		const selected = address.name
			? { ...query, fieldSelector: `metadata.name=${address.name}` }
			: query;
		response.writeHead(200, { "content-type": "application/json" });
		response.flushHeaders();
		const table = (this.#request.headers.accept ?? "").includes("as=Table");
		const send = ({ type, object }: Event): void => {
			const shown =
				table && type !== "ERROR"
					? tableOf(
							kind,
							[object],
							{ resourceVersion: dict(object.metadata).resourceVersion },
							new Date(),
						)
					: object;
			response.write(`${JSON.stringify({ type, object: shown })}\n`);
			if (type === "ERROR") response.end();
		};
		const watch = openWatch(
			this.#plane.store,
			{ kind, namespace: address.namespace, query: selected },
			send,
		);
		const bookmarks =
			query.allowWatchBookmarks === "true"
				? setInterval(watch.bookmark, this.#plane.bookmarkMs)
				: undefined;
		const limit = query.timeoutSeconds
			? setTimeout(() => response.end(), Number(query.timeoutSeconds) * 1_000)
			: undefined;
		const broken = this.#plane.onBreak(() => response.destroy());
		response.on("close", () => {
			watch.stop();
			broken();
			clearInterval(bookmarks);
			clearTimeout(limit);
		});
	}

	#send(status: number, body: Dict): void {
		if (this.#response.headersSent) {
			this.#response.end();
			return;
		}
		const sent = JSON.stringify(body);
		this.#response.writeHead(status, {
			"content-type": "application/json",
			"content-length": Buffer.byteLength(sent),
		});
		this.#response.end(sent);
	}
}

const noVerb = (method: string): Refusal =>
	method === "PATCH"
		? new Refusal(
				415,
				"UnsupportedMediaType",
				"the body of the request was in an unknown format",
			)
		: new Refusal(
				405,
				"MethodNotAllowed",
				"the server does not allow this method on the requested resource",
			);
