import type { Clock, Connector } from "../shell/port.ts";
import { type ApiOptions, type Credentials, HttpApi } from "./api.ts";
import { expiryOf } from "./expiry.ts";
import { KubeconfigFault, type Part, selectContext } from "./kubeconfig.ts";
import { checkAuthority, checkClient, fromBase64 } from "./tls.ts";

/** Connects to regions with kubeconfigs from Secrets. */
export function secretConnector(
	clock: Clock,
	options: Omit<ApiOptions, "cluster">,
): Connector {
	return {
		connect(region, kubeconfig) {
			const read = readCredentials(kubeconfig, clock.wall());
			if ("fault" in read) return read;
			const { credentials, expiresAt } = read;
			const api = new HttpApi(credentials, { ...options, cluster: region });
			const { server, tls } = credentials;
			const address = {
				server: server.href.replace(/\/+$/, ""),
				...(typeof tls.ca === "string" ? { authority: tls.ca } : {}),
				...(tls.servername === undefined ? {} : { servername: tls.servername }),
			};
			return { api, address, ...(expiresAt ? { expiresAt } : {}) };
		},
	};
}

const USE_DATA = "put the content itself into";

/** Fields that would run a program, read this process's files, or weaken the connection, and what to use instead. */
const REFUSED_IN_CLUSTER: readonly (readonly [string, string])[] = [
	["insecure-skip-tls-verify", "give certificate-authority-data instead"],
	["proxy-url", "give an address that the hub reaches directly"],
	["certificate-authority", `${USE_DATA} certificate-authority-data`],
];
const REFUSED_IN_USER: readonly (readonly [string, string])[] = [
	["exec", "give a token or a client certificate"],
	["auth-provider", "give a token or a client certificate"],
	["tokenFile", `${USE_DATA} token`],
	["client-certificate", `${USE_DATA} client-certificate-data`],
	["client-key", `${USE_DATA} client-key-data`],
	["username", "Kubernetes knows no passwords any more; give a token"],
	["password", "Kubernetes knows no passwords any more; give a token"],
	["as", "give credentials of the account itself"],
	["as-uid", "give credentials of the account itself"],
	["as-groups", "give credentials of the account itself"],
	["as-user-extra", "give credentials of the account itself"],
];

/**
 * Reads a kubeconfig as hostile input: whoever may write the Secret must not
 * gain what this process may do. Allowed fields are copied one by one, rather
 * than forbidden ones removed, so that a field nobody thought of does nothing.
 */
export function readCredentials(
	kubeconfig: string,
	now: Date,
):
	| { readonly credentials: Credentials; readonly expiresAt?: Date }
	| { readonly fault: string } {
	try {
		const { cluster, user } = selectContext(kubeconfig);
		refuse(cluster, REFUSED_IN_CLUSTER);
		refuse(user, REFUSED_IN_USER);
		const credentials = credentialsOf(cluster, user, now);
		const expiresAt = expiryOf(credentials.tls.cert, user.text("token"));
		return { credentials, ...(expiresAt ? { expiresAt } : {}) };
	} catch (thrown) {
		if (thrown instanceof KubeconfigFault) return { fault: thrown.message };
		// Not the message: it may quote what it failed on.
		return { fault: "the kubeconfig cannot be read: put in another one" };
	}
}

function refuse(
	part: Part,
	fields: readonly (readonly [string, string])[],
): void {
	for (const [field, instead] of fields) {
		if (part.has(field))
			throw new KubeconfigFault(`${part.at(field)} is refused: ${instead}`);
	}
}

function credentialsOf(cluster: Part, user: Part, now: Date): Credentials {
	const server = serverOf(cluster);
	const servername = cluster.text("tls-server-name");
	const ca = dataOf(cluster, "certificate-authority-data");
	if (ca !== undefined)
		checkAuthority(ca, cluster.at("certificate-authority-data"));
	const cert = dataOf(user, "client-certificate-data");
	const key = dataOf(user, "client-key-data");
	const token = tokenOf(user);
	if (cert !== undefined && key !== undefined)
		checkClient(
			{ pem: cert, path: user.at("client-certificate-data") },
			{ pem: key, path: user.at("client-key-data") },
			now,
		);
	else if (cert !== undefined || key !== undefined)
		throw new KubeconfigFault(
			`${user.path} has one of client-certificate-data and client-key-data: give both`,
		);
	else if (token === undefined)
		throw new KubeconfigFault(
			`${user.path} has no credentials: give a token, or client-certificate-data and client-key-data`,
		);
	return {
		server,
		tls: {
			...(ca === undefined ? {} : { ca }),
			...(cert === undefined || key === undefined ? {} : { cert, key }),
			...(servername === undefined ? {} : { servername }),
		},
		...(token === undefined ? {} : { authorization: () => `Bearer ${token}` }),
	};
}

export function serverOf(cluster: Part): URL {
	const path = cluster.at("server");
	const text = cluster.text("server");
	if (text === undefined)
		throw new KubeconfigFault(`${path} is missing: give the https address`);
	const server = URL.parse(text);
	if (!server)
		throw new KubeconfigFault(`${path} is not a URL: give https://HOST:PORT`);
	if (server.protocol !== "https:")
		throw new KubeconfigFault(
			`${path} is refused, because it is not https: give https://HOST:PORT`,
		);
	if (server.username !== "" || server.password !== "")
		throw new KubeconfigFault(
			`${path} is refused, because it has credentials in it: put them into the user entry`,
		);
	if (server.search !== "" || server.hash !== "")
		throw new KubeconfigFault(
			`${path} has a query or a fragment: give https://HOST:PORT`,
		);
	return server;
}

function dataOf(part: Part, field: string): string | undefined {
	const data = part.text(field);
	return data === undefined ? undefined : fromBase64(data, part.at(field));
}

/** A token goes into a header: what cannot stand there is refused here, where the field can be named. */
function tokenOf(user: Part): string | undefined {
	const token = user.text("token")?.trim();
	if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
		throw new KubeconfigFault(
			`${user.at("token")} is empty or has characters that no token has: put in the token alone`,
		);
	return token;
}
