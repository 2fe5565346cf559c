/** A kubeconfig file whose token this process renews, and takes up when somebody else has. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { load } from "js-yaml";
import type { Clock, Credential } from "../shell/port.ts";
import type { ApiOptions, HttpApi } from "./api.ts";
import { selectContext } from "./kubeconfig.ts";
import { connectTrusted, noteExpiry, remembered } from "./trusted.ts";

export interface RenewableConnection {
	readonly api: HttpApi;
	readonly credential: Credential;
}

export function connectRenewable(
	path: string,
	clock: Clock,
	options: Partial<ApiOptions> = {},
): RenewableConnection {
	let text = readFileSync(path, "utf8");
	let token = tokenOf(text);
	/** A mounted Secret changes behind its file: the newer one counts, whoever wrote it. */
	const reread = remembered(clock, async () => {
		const now = await readFile(path, "utf8").catch(() => text);
		const found = now === text ? undefined : tokenOf(now);
		if (found !== undefined) {
			text = now;
			token = found;
			noteExpiry(options, undefined, token);
		}
		return "";
	});
	const api = connectTrusted(
		text,
		clock,
		options,
		dirname(path),
		token === undefined
			? undefined
			: async () => {
					await reread();
					return `Bearer ${token}`;
				},
	);
	return {
		api,
		credential: {
			account: () => accountOf(token),
			use: (renewed) => {
				token = renewed;
				noteExpiry(options, undefined, token);
			},
			kubeconfig: () => withToken(text, token ?? ""),
		},
	};
}

/** Undefined too for a file that is being written: what was known goes on. */
function tokenOf(text: string): string | undefined {
	try {
		return selectContext(text).user.text("token")?.trim();
	} catch {
		return undefined;
	}
}

/** `sub` of a ServiceAccount's token. Nothing is verified: the API server does that. */
function accountOf(
	token: string | undefined,
): { namespace: string; name: string } | undefined {
	try {
		const [, claims = ""] = token?.split(".") ?? [];
		const { sub } = JSON.parse(
			Buffer.from(claims, "base64url").toString("utf8"),
		) as { sub?: unknown };
		const [, namespace, name] =
			/^system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)$/.exec(String(sub)) ??
			[];
		return namespace && name ? { namespace, name } : undefined;
	} catch {
		return undefined;
	}
}

interface Kubeconfig {
	readonly users?: readonly { readonly user?: Record<string, unknown> }[];
}

/** Nothing but the token is changed; JSON is YAML. */
function withToken(text: string, token: string): string {
	const config = load(text) as Kubeconfig;
	for (const { user } of config.users ?? [])
		if (typeof user?.token === "string") user.token = token;
	return JSON.stringify(config);
}
