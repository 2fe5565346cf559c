/** Secrets that are of no use as credentials, and the words with which each is refused. */
import type { Loose } from "./kinds.ts";

export interface Traps {
	/** A kubeconfig that works. */
	readonly good: string;
	/** A file that a program named in a kubeconfig would make. */
	readonly marker: string;
	/** A file that holds `secret`. */
	readonly file: string;
	readonly secret: string;
	/** A kubeconfig with an expired certificate. */
	readonly expired: string;
}

export interface Case {
	readonly name: string;
	readonly says: string;
	/** What the Secret holds under `kubeconfig`; undefined: no such key. */
	readonly text: (traps: Traps) => string | undefined;
}

/** A good kubeconfig in which one thing is changed. */
const bent = (
	name: string,
	says: string,
	change: (cluster: Loose, user: Loose, traps: Traps, config: Loose) => void,
): Case => ({
	name,
	says,
	text: (traps) => {
		const config: Loose = JSON.parse(traps.good);
		change(config.clusters[0].cluster, config.users[0].user, traps, config);
		return JSON.stringify(config);
	},
});

export const CASES: readonly Case[] = [
	{
		name: "a Secret without the key",
		says: "south-kubeconfig, which has no key kubeconfig",
		text: () => undefined,
	},
	{
		name: "an empty kubeconfig",
		says: "south-kubeconfig, whose key kubeconfig is empty",
		text: () => "",
	},
	{
		name: "a kubeconfig of nothing but blanks",
		says: "whose key kubeconfig is empty",
		text: () => " \n",
	},
	{
		name: "garbage",
		says: "the kubeconfig is not plain YAML",
		text: ({ secret }) => `{{{ ${secret} : [`,
	},
	{
		name: "a text that is no mapping",
		says: "the kubeconfig is not a YAML mapping",
		text: ({ secret }) => secret,
	},
	bent(
		"no current context",
		"current-context is missing",
		(_cluster, _user, _traps, config) => {
			delete config["current-context"];
		},
	),
	bent("a program to run", "exec is refused", (_, user, traps) => {
		user.exec = {
			apiVersion: "client.authentication.k8s.io/v1",
			command: "touch",
			args: [traps.marker],
		};
		user.token = traps.secret;
	}),
	bent("an auth provider", "auth-provider is refused", (_, user, traps) => {
		const config = { "cmd-path": "touch", "cmd-args": traps.marker };
		user["auth-provider"] = { name: "gcp", config };
	}),
	bent("the path of a token", "tokenFile is refused", (_, user, { file }) => {
		user.tokenFile = file;
	}),
	bent("the path of a key", "client-key is refused", (_, user, { file }) => {
		user["client-key"] = file;
	}),
	bent(
		"the path of a CA",
		"certificate-authority is refused",
		(cluster, _, { file }) => {
			cluster["certificate-authority"] = file;
		},
	),
	bent("plain http", "server is refused, because it is not https", (it) => {
		it.server = it.server.replace("https:", "http:");
	}),
	bent(
		"a password in the address",
		"server is refused, because it has credentials in it",
		(it, _, { secret }) => {
			it.server = it.server.replace("https://", `https://user:${secret}@`);
		},
	),
	bent("unproven TLS", "insecure-skip-tls-verify is refused", (cluster) => {
		cluster["insecure-skip-tls-verify"] = true;
	}),
	bent("a proxy", "proxy-url is refused", (cluster, _, { secret }) => {
		cluster["proxy-url"] = `http://user:${secret}@127.0.0.1:1`;
	}),
	bent("no credentials", "has no credentials: give a token", (_, user) => {
		delete user["client-certificate-data"];
		delete user["client-key-data"];
	}),
	bent(
		"a key that is none",
		"client-key-data is not an unencrypted private key",
		(_, user, { secret }) => {
			user["client-key-data"] = btoa(secret);
		},
	),
	{
		name: "an expired certificate",
		says: "client-certificate-data expired at",
		text: ({ expired }) => expired,
	},
];
