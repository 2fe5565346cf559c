/** One run of the command line: a connection, a terminal, the flags that every command has. */
import type { Resource } from "../api/kind.ts";
import { TWIN_SERVICE } from "../api/kind.ts";
import type { KubeObject } from "../api/object.ts";
import type { TwinService } from "../api/types.ts";
import type { Answer, Api, Call, Clock, ListBody } from "../shell/port.ts";
import { CliFault, faultOf, unknownName } from "./fault.ts";
import type { Terminal } from "./terminal.ts";

/** What kubectl gives a request, so that a dead API server is told in time. */
const REQUEST_MS = 10_000;

export interface Flags {
	readonly namespace?: string;
	readonly allNamespaces?: boolean;
	readonly output?: string;
	readonly context?: string;
	readonly kubeconfig?: string;
	/** The operator's own namespace. */
	readonly operatorNamespace: string;
}

export interface Session {
	readonly api: Api;
	readonly context: string;
	readonly server: string;
	/** Of `-n`, else the context's; undefined with `-A`. */
	readonly namespace: string | undefined;
	readonly flags: Flags;
	readonly terminal: Terminal;
	readonly clock: Clock;
	/** A file that ships with the package: its text. */
	readonly packaged: (path: string) => string;
	/** The same person, another context. */
	readonly connect: (context: string) => Session;
}

export type Sent = Omit<Call, "timeoutMs">;

/** Whatever comes of it. */
export const send = <T = KubeObject>(
	session: Session,
	call: Sent,
): Promise<Answer<T>> =>
	session.api.request<T>({
		...call,
		timeoutMs: REQUEST_MS,
		signal: session.terminal.interrupted,
	});

/** What was asked for, or a CliFault. */
export async function ask<T = KubeObject>(
	session: Session,
	call: Sent,
): Promise<T> {
	const answer = await send<T>(session, call);
	if (answer.kind === "ok") return answer.body;
	throw faultOf(answer, { ...call, timeoutMs: REQUEST_MS }, session.context);
}

/** undefined where the kind, or the object, does not exist. */
export async function find<T = KubeObject>(
	session: Session,
	call: Sent,
): Promise<T | undefined> {
	const answer = await send<T>(session, call);
	if (answer.kind === "refused" && answer.status === 404) return undefined;
	if (answer.kind === "ok") return answer.body;
	throw faultOf(answer, { ...call, timeoutMs: REQUEST_MS }, session.context);
}

/** All of a kind, in pages; undefined where the kind is not served. */
export async function list<T extends object = KubeObject>(
	session: Session,
	resource: Resource,
	namespace?: string,
	labelSelector?: string,
): Promise<readonly T[] | undefined> {
	const items: T[] = [];
	let next: string | undefined;
	do {
		const page = await find<ListBody<T>>(session, {
			verb: "list",
			resource,
			...(namespace === undefined ? {} : { namespace }),
			query: {
				limit: "500",
				...(labelSelector ? { labelSelector } : {}),
				...(next ? { continue: next } : {}),
			},
		});
		if (!page) return undefined;
		items.push(...page.items);
		next = page.metadata.continue || undefined;
	} while (next);
	return items;
}

export const notAHub = ({ context }: Session): CliFault =>
	new CliFault(
		`the cluster of context ${context} knows no TwinServices, so it is no hub. Choose the hub's context with --context; or install the operator there (docs/install.md).`,
	);

/** The service of that name, or the nearest names. */
export async function serviceOf(
	session: Session,
	name: string,
): Promise<TwinService> {
	const namespace = oneNamespace(session);
	const found = await find<TwinService>(session, {
		verb: "get",
		resource: TWIN_SERVICE,
		namespace,
		name,
	});
	if (found) return found;
	const others = await list<TwinService>(session, TWIN_SERVICE);
	if (!others) throw notAHub(session);
	const elsewhere = others.find((it) => it.metadata?.name === name);
	if (elsewhere)
		throw new CliFault(
			`there is no TwinService ${name} in namespace ${namespace}. There is one in ${elsewhere.metadata?.namespace}: add -n ${elsewhere.metadata?.namespace}.`,
		);
	const here = others.filter((it) => it.metadata?.namespace === namespace);
	throw unknownName(
		"TwinService",
		name,
		`in namespace ${namespace}`,
		here.map((it) => it.metadata?.name ?? ""),
	);
}

export function oneNamespace({ namespace }: Session): string {
	if (namespace === undefined)
		throw new CliFault("-A does not go with a name: give -n NAMESPACE.", 2);
	return namespace;
}
