/**
 * The kubeconfig of the person who runs the command line, found as kubectl finds
 * it. Read here rather than by the client library, which forgets `tokenFile`.
 */
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { load } from "js-yaml";
import type { Api, Clock } from "../shell/port.ts";
import { KubeconfigFault } from "./kubeconfig.ts";
import { connectInCluster, connectTrusted } from "./trusted.ts";

export interface UserOptions {
	/** `--kubeconfig`: that file alone. */
	readonly kubeconfig?: string | undefined;
	/** `--context`: instead of the current one. */
	readonly context?: string | undefined;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly version: string;
}

export interface UserConnection {
	readonly api: Api;
	/** Name of the context, or `in-cluster`. */
	readonly context: string;
	/** The context's namespace. */
	readonly namespace: string;
	/** The API server's address. */
	readonly server: string;
}

interface Entry {
	readonly name?: unknown;
	[inner: string]: unknown;
}

interface Kubeconfig {
	"current-context"?: string;
	clusters: Entry[];
	users: Entry[];
	contexts: Entry[];
}

const PATHS = {
	cluster: ["certificate-authority"],
	user: ["client-certificate", "client-key", "tokenFile"],
} as const;

/** Throws KubeconfigFault: cause, then next step. */
export function connectUser(
	options: UserOptions,
	clock: Clock,
): UserConnection {
	const { env, version } = options;
	const files = filesOf(options);
	const found = files.filter((it) => existsSync(it));
	const component = "kubectl-twin";
	if (found.length === 0) {
		const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } =
			env;
		if (host && port && !options.kubeconfig) {
			const api = connectInCluster({ host, port }, clock, {
				cluster: "in-cluster",
				component,
				version,
			});
			return {
				api,
				context: "in-cluster",
				namespace: "default",
				server: `https://${host}:${port}`,
			};
		}
		throw new KubeconfigFault(
			`there is no kubeconfig at ${files.join(" or ")}: give its path with --kubeconfig, or set KUBECONFIG`,
		);
	}
	const merged = merge(found.map(read));
	const context = options.context ?? merged["current-context"];
	if (!context)
		throw new KubeconfigFault(
			`no context is chosen: give one with --context (${namesOf(merged.contexts)}), or choose one with "kubectl config use-context"`,
		);
	const chosen = innerOf(merged.contexts, context, "context");
	if (!chosen)
		throw new KubeconfigFault(
			`there is no context ${JSON.stringify(context)}: give one of ${namesOf(merged.contexts)}`,
		);
	const text = JSON.stringify({ ...merged, "current-context": context });
	const cluster = innerOf(merged.clusters, chosen.cluster, "cluster") ?? {};
	return {
		api: connectTrusted(text, clock, { cluster: context, component, version }),
		context,
		namespace:
			typeof chosen.namespace === "string" && chosen.namespace !== ""
				? chosen.namespace
				: "default",
		server: String(cluster.server ?? ""),
	};
}

function filesOf({ kubeconfig, env }: UserOptions): readonly string[] {
	if (kubeconfig) return [kubeconfig];
	const listed = (env.KUBECONFIG ?? "").split(delimiter).filter(Boolean);
	return listed.length > 0
		? listed
		: [join(env.HOME ?? ".", ".kube", "config")];
}

function read(path: string): Kubeconfig {
	let content: unknown;
	try {
		content = load(readFileSync(path, "utf8")) ?? {};
	} catch {
		// The library's message quotes the text around the fault: it may be a key.
		throw new KubeconfigFault(
			`${path} cannot be read as YAML: look at it, or give another one with --kubeconfig`,
		);
	}
	if (typeof content !== "object" || Array.isArray(content))
		throw new KubeconfigFault(
			`${path} is no kubeconfig: give another one with --kubeconfig`,
		);
	const it = content as Partial<Kubeconfig>;
	const listOf = (list: unknown): Entry[] =>
		Array.isArray(list)
			? list.filter((one) => typeof one === "object" && one !== null)
			: [];
	const from = dirname(resolve(path));
	return {
		...(it["current-context"]
			? { "current-context": it["current-context"] }
			: {}),
		clusters: listOf(it.clusters).map((one) => absolute(one, "cluster", from)),
		users: listOf(it.users).map((one) => absolute(one, "user", from)),
		contexts: listOf(it.contexts),
	};
}

/** Paths are relative to the file that names them. */
function absolute(
	entry: Entry,
	inner: keyof typeof PATHS,
	from: string,
): Entry {
	const fields = entry[inner];
	if (typeof fields !== "object" || fields === null) return entry;
	const changed: Record<string, unknown> = { ...fields };
	for (const field of PATHS[inner]) {
		const path = changed[field];
		if (typeof path === "string" && path !== "")
			changed[field] = resolve(from, path);
	}
	const { exec } = changed as { exec?: { command?: unknown } };
	if (typeof exec?.command === "string" && /^\.{1,2}\//.test(exec.command))
		changed.exec = { ...exec, command: resolve(from, exec.command) };
	return { ...entry, [inner]: changed };
}

/** The first file that names something wins, as with kubectl. */
function merge(files: readonly Kubeconfig[]): Kubeconfig {
	const firsts = (list: "clusters" | "users" | "contexts"): Entry[] => {
		const all = files.flatMap((it) => it[list]);
		return all.filter(
			(it, at) => all.findIndex((other) => other.name === it.name) === at,
		);
	};
	const current = files.map((it) => it["current-context"]).find(Boolean);
	return {
		...(current ? { "current-context": current } : {}),
		clusters: firsts("clusters"),
		users: firsts("users"),
		contexts: firsts("contexts"),
	};
}

function innerOf(
	list: readonly Entry[],
	name: unknown,
	inner: string,
): Record<string, unknown> | undefined {
	const found = list.find((it) => it.name === name)?.[inner];
	return typeof found === "object" && found !== null
		? (found as Record<string, unknown>)
		: undefined;
}

const namesOf = (list: readonly Entry[]): string =>
	list.length === 0
		? "there is none in the kubeconfig"
		: list.map((it) => String(it.name)).join(", ");
