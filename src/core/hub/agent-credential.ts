/**
 * What an agent that the hub installs is given to reach its twin and the hub. It
 * renews its tokens by itself afterwards (shell/region/renewal.ts), and the hub
 * makes another one only where that cannot help: none is there, the one there
 * has ended, or it is another account's or address's.
 */
import { load } from "js-yaml";
import { kubeconfigOf } from "./kubeconfig-text.ts";

/** How an agent reaches a place, and as whom. */
export interface Place {
	/** As logs call it: the twin's name, or `hub`. */
	readonly name: string;
	/** `https://HOST:PORT`. */
	readonly server: string;
	/** PEM; undefined: those that every machine trusts. */
	readonly authority?: string;
	readonly servername?: string;
	readonly account: {
		readonly namespace: string;
		readonly name: string;
		readonly uid: string;
	};
}

/** Nothing in it is a secret but the token. */
export function kubeconfigText(
	{ name, server, authority, servername }: Omit<Place, "account">,
	token: string,
): string {
	const cluster = {
		server,
		...(authority === undefined
			? {}
			: {
					"certificate-authority-data":
						Buffer.from(authority).toString("base64"),
				}),
		...(servername === undefined ? {} : { "tls-server-name": servername }),
	};
	return kubeconfigOf(name, cluster, { token });
}

/**
 * Why another one is to be made, or undefined. Ended by the hub's own clock,
 * which may be wrong: then a token too many is made, and nothing is lost.
 */
export function credentialFault(
	kubeconfig: string | undefined,
	place: Place,
	nowSeconds: number,
): string | undefined {
	if (kubeconfig === undefined || kubeconfig.trim() === "") return "is missing";
	const read = readOne(kubeconfig);
	if (!read) return "cannot be read";
	const { claims } = read;
	if (claims.exp !== undefined && claims.exp <= nowSeconds) return "has ended";
	const { account } = place;
	// What a person put there is his, as long as it lasts.
	if (
		claims.sub !== `system:serviceaccount:${account.namespace}:${account.name}`
	)
		return undefined;
	if (claims.uid !== undefined && claims.uid !== account.uid)
		return "is of an account that was deleted";
	const same =
		read.server === place.server &&
		(read.authority ?? "").trim() === (place.authority ?? "").trim() &&
		read.servername === place.servername;
	return same ? undefined : "has another address";
}

interface Claims {
	readonly sub?: string;
	readonly exp?: number;
	/** Of the ServiceAccount. */
	readonly uid?: string;
}

interface Read {
	readonly server?: string;
	readonly authority?: string;
	readonly servername?: string;
	readonly claims: Claims;
}

/** Written by whoever may write Secrets there: hostile input, of which nothing is told. */
function readOne(text: string): Read | undefined {
	try {
		const { clusters, users } = load(text, { maxAliases: 0, maxDepth: 20 }) as {
			clusters: [{ cluster: Record<string, unknown> }];
			users: [{ user: Record<string, unknown> }];
		};
		const [{ cluster }] = clusters;
		const [{ user }] = users;
		const data = cluster["certificate-authority-data"];
		const server = textOf(cluster.server);
		const servername = textOf(cluster["tls-server-name"]);
		return {
			...(server === undefined ? {} : { server }),
			...(typeof data === "string"
				? { authority: Buffer.from(data, "base64").toString("utf8") }
				: {}),
			...(servername === undefined ? {} : { servername }),
			claims: claimsOf(user.token),
		};
	} catch {
		return undefined;
	}
}

const textOf = (it: unknown): string | undefined =>
	typeof it === "string" ? it : undefined;

/** Of a ServiceAccount's token; nothing is verified: the API server does that. */
function claimsOf(token: unknown): Claims {
	if (typeof token !== "string") return {};
	try {
		const [, middle = ""] = token.split(".");
		const it = JSON.parse(Buffer.from(middle, "base64url").toString("utf8"));
		const uid = textOf(it["kubernetes.io"]?.serviceaccount?.uid);
		const sub = textOf(it.sub);
		return {
			...(sub === undefined ? {} : { sub }),
			...(typeof it.exp === "number" ? { exp: it.exp } : {}),
			...(uid === undefined ? {} : { uid }),
		};
	} catch {
		return {};
	}
}
