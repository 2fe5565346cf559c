/**
 * An Argo CD cluster Secret (keys `name`, `server`, `config`), so that a cluster
 * that Argo CD knows already needs no second Secret. It becomes a kubeconfig, and
 * is then read as one: as hostile input, in one place.
 */

import { isSet, kubeconfigOf } from "./kubeconfig-text.ts";

/** Base64 by key, as in the Secret. */
type Data = Readonly<Record<string, string>>;

interface Config {
	readonly bearerToken?: unknown;
	readonly tlsClientConfig?: unknown;
}

/** What would run a program, ask a cloud, or weaken the connection, and what to give instead. */
const REFUSED: readonly (readonly [string, string])[] = [
	["execProviderConfig", "it runs a program for a token"],
	["awsAuthConfig", "it asks a cloud for a token"],
	["username", "Kubernetes knows no passwords any more"],
	["password", "Kubernetes knows no passwords any more"],
	["proxyUrl", "the hub reaches regions directly"],
];
const INSTEAD = "give bearerToken, or certData and keyData of tlsClientConfig";

export const isArgoCdSecret = (data: Data): boolean =>
	data.server !== undefined && data.config !== undefined;

export function fromArgoCd(
	data: Data,
): { readonly kubeconfig: string } | { readonly fault: string } {
	const server = textOf(data.server);
	const config = objectOf(parse(textOf(data.config)));
	if (!config)
		return {
			fault:
				"whose key config is no JSON object. Put in what Argo CD writes there.",
		};
	const refused = REFUSED.find(([field]) => isSet(config, field));
	if (refused)
		return {
			fault: `whose config.${refused[0]} is refused (${refused[1]}): ${INSTEAD}.`,
		};
	const { bearerToken, tlsClientConfig } = config as Config;
	const tls = objectOf(tlsClientConfig) ?? {};
	if (isSet(tls, "insecure"))
		return {
			fault:
				"whose config.tlsClientConfig.insecure is refused: give caData instead.",
		};
	return {
		kubeconfig: kubeconfigOf(
			"region",
			{
				server,
				"certificate-authority-data": tls.caData,
				"tls-server-name": tls.serverName,
			},
			{
				token: bearerToken,
				"client-certificate-data": tls.certData,
				"client-key-data": tls.keyData,
			},
		),
	};
}

const textOf = (base64 = ""): string =>
	Buffer.from(base64, "base64").toString("utf8").trim();

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// The message quotes what it failed on: it may be a key.
		return undefined;
	}
}

const objectOf = (it: unknown): Record<string, unknown> | undefined =>
	typeof it === "object" && it !== null && !Array.isArray(it)
		? (it as Record<string, unknown>)
		: undefined;
