import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Clock } from "../shell/port.ts";
import { type ApiOptions, type Credentials, HttpApi } from "./api.ts";
import { serverOf } from "./credentials.ts";
import { expiryOf } from "./expiry.ts";
import { KubeconfigFault, type Part, selectContext } from "./kubeconfig.ts";
import { fromBase64 } from "./tls.ts";

/** Where Kubernetes puts a pod's own credentials. */
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** How long a token from a file or a program is used before it is asked for again. */
const TOKEN_MS = 60_000;

const DEFAULTS: ApiOptions = {
	cluster: "hub",
	component: "client",
	version: "0",
};

/**
 * Connects with a kubeconfig that the person who runs this process gave:
 * files and programs that it names are used, as kubectl does. `from` is the
 * directory of relative paths. Throws what is wrong with it.
 */
export function connectTrusted(
	kubeconfig: string,
	clock: Clock,
	options: Partial<ApiOptions> = {},
	from = ".",
	/** In place of what the kubeconfig has. */
	authorization?: Credentials["authorization"],
): HttpApi {
	const { cluster, user } = selectContext(kubeconfig);
	const ca = authorityIn(cluster, from);
	const cert = content(
		user,
		"client-certificate-data",
		"client-certificate",
		from,
	);
	const key = content(user, "client-key-data", "client-key", from);
	const servername = cluster.text("tls-server-name");
	const asking =
		authorization ?? authorizationOf(user, kubeconfig, clock, from);
	if (cluster.has("proxy-url"))
		throw new KubeconfigFault(`${cluster.at("proxy-url")} is not supported`);
	noteExpiry(options, cert, user.text("token"));
	const credentials: Credentials = {
		server: serverOf(cluster),
		tls: {
			...(ca === undefined ? {} : { ca }),
			...(cert === undefined ? {} : { cert }),
			...(key === undefined ? {} : { key }),
			...(servername === undefined ? {} : { servername }),
			...(cluster.has("insecure-skip-tls-verify")
				? { rejectUnauthorized: false }
				: {}),
		},
		...(asking ? { authorization: asking } : {}),
	};
	return new HttpApi(credentials, { ...DEFAULTS, ...options });
}

function content(part: Part, data: string, file: string, from: string) {
	const inline = part.text(data);
	if (inline !== undefined) return fromBase64(inline, part.at(data));
	const path = part.text(file);
	return path === undefined
		? undefined
		: readFileSync(resolve(from, path), "utf8");
}

const authorityIn = (cluster: Part, from: string): string | undefined =>
	content(cluster, "certificate-authority-data", "certificate-authority", from);

/**
 * PEM of who vouches for this process's own API server: of the kubeconfig at
 * that path, else of the pod's service account. Undefined: whom every machine trusts.
 */
export function ownAuthority(path: string | undefined): string | undefined {
	if (path === undefined)
		return readFileSync(`${SERVICE_ACCOUNT}/ca.crt`, "utf8");
	const { cluster } = selectContext(readFileSync(path, "utf8"));
	return authorityIn(cluster, dirname(path));
}

export function noteExpiry(
	{ cluster, metrics }: Partial<ApiOptions>,
	certificate: string | undefined,
	token: string | undefined,
): void {
	const expiresAt = expiryOf(certificate, token);
	if (expiresAt)
		metrics?.set(
			"twin_operator_credentials_expiry_timestamp_seconds",
			{ cluster: cluster ?? DEFAULTS.cluster },
			expiresAt.getTime() / 1_000,
		);
}

export function connectFile(
	path: string,
	clock: Clock,
	options: Partial<ApiOptions> = {},
): HttpApi {
	return connectTrusted(
		readFileSync(path, "utf8"),
		clock,
		options,
		dirname(path),
	);
}

/** Connects as the pod's service account; its token is renewed by kubelet, and read again here. */
export function connectInCluster(
	address: { readonly host: string; readonly port: string },
	clock: Clock,
	options: Partial<ApiOptions> = {},
): HttpApi {
	const host = address.host.includes(":") ? `[${address.host}]` : address.host;
	const credentials: Credentials = {
		server: new URL(`https://${host}:${address.port}`),
		tls: { ca: readFileSync(`${SERVICE_ACCOUNT}/ca.crt`, "utf8") },
		authorization: remembered(clock, () => tokenIn(`${SERVICE_ACCOUNT}/token`)),
	};
	return new HttpApi(credentials, { ...DEFAULTS, ...options });
}

function authorizationOf(
	user: Part,
	kubeconfig: string,
	clock: Clock,
	from: string,
): Credentials["authorization"] {
	const token = user.text("token");
	if (token !== undefined) return () => `Bearer ${token.trim()}`;
	const file = user.text("tokenFile");
	if (file !== undefined)
		return remembered(clock, () => tokenIn(resolve(from, file)));
	if (user.has("exec") || user.has("auth-provider"))
		return remembered(clock, () => fromProgram(kubeconfig, from));
	return undefined;
}

const tokenIn = async (path: string): Promise<string> =>
	`Bearer ${(await readFile(path, "utf8")).trim()}`;

/**
 * The client library knows the protocol of credential programs. It takes some
 * 90 MB of memory, so that it is loaded only where one is used.
 */
async function fromProgram(kubeconfig: string, from: string): Promise<string> {
	const { KubeConfig } = await import("@kubernetes/client-node");
	const config = new KubeConfig();
	config.loadFromString(kubeconfig);
	config.makePathsAbsolute(from);
	const options: { headers?: Record<string, string> } = {};
	await config.applyToHTTPSOptions(options);
	const value = options.headers?.Authorization;
	if (!value)
		throw new KubeconfigFault(
			"the credential program of the kubeconfig gave no token, and client certificates from programs are not supported",
		);
	return value;
}

/** Asks again when the value is old; concurrent callers share the question. */
export function remembered(
	clock: Clock,
	ask: () => Promise<string>,
): () => string | Promise<string> {
	let value: string | undefined;
	let askedMs = 0;
	let asking: Promise<string> | undefined;
	return () => {
		if (value !== undefined && clock.now() - askedMs < TOKEN_MS) return value;
		asking ??= ask()
			.then((it) => {
				value = it;
				askedMs = clock.now();
				return it;
			})
			.finally(() => {
				asking = undefined;
			});
		return asking;
	};
}
