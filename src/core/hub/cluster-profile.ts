/**
 * A ClusterProfile of SIG Multicluster's cluster inventory (KEP 4322, with access
 * providers by KEP 5339). Its providers are programs for whoever runs them; the
 * hub runs none, so it takes the one whose rule is plain: `secretreader`, a token
 * in a Secret of the profile's name in the consumer's namespace. What comes of it
 * is a kubeconfig, and is then read as one: as hostile input, in one place.
 */
import type { KubeObject } from "../../api/object.ts";
import { isSet, kubeconfigOf } from "./kubeconfig-text.ts";

const PROVIDER = "secretreader";

export interface ProfileView {
	/** Names of all providers that it offers. */
	readonly providers: readonly string[];
	/** Of `secretreader`: as in a kubeconfig. */
	readonly cluster?: Readonly<Record<string, unknown>>;
}

interface Provider {
	readonly name?: unknown;
	readonly cluster?: unknown;
}

/** Fields that a kubeconfig's cluster is made of; the rest is for programs. */
const FIELDS = ["server", "certificate-authority-data", "tls-server-name"];

export function parseProfile(object: KubeObject): ProfileView {
	const status = object.status as
		| { accessProviders?: unknown; credentialProviders?: unknown }
		| undefined;
	// Before its release 0.2 the field had the second name.
	const listed = status?.accessProviders ?? status?.credentialProviders;
	const all: readonly Provider[] = Array.isArray(listed) ? listed : [];
	const cluster = all.find((it) => it?.name === PROVIDER)?.cluster;
	return {
		providers: all.map((it) => String(it?.name).slice(0, 63)),
		...(typeof cluster === "object" && cluster !== null
			? { cluster: cluster as Record<string, unknown> }
			: {}),
	};
}

export function fromProfile(
	{ providers, cluster }: ProfileView,
	/** Base64. */
	token: string,
): { readonly kubeconfig: string } | { readonly fault: string } {
	if (!cluster)
		return {
			fault: `which has no access provider ${PROVIDER} (it has ${providers.join(", ") || "none"}): the others run programs, and the hub runs none. Let the cluster manager add it, or use secretRef.`,
		};
	if (isSet(cluster, "insecure-skip-tls-verify"))
		return {
			fault:
				"whose cluster.insecure-skip-tls-verify is refused: give certificate-authority-data instead.",
		};
	if (isSet(cluster, "proxy-url"))
		return {
			fault:
				"whose cluster.proxy-url is refused: the hub reaches regions directly.",
		};
	const own = FIELDS.filter((it) => isSet(cluster, it));
	return {
		kubeconfig: kubeconfigOf(
			"region",
			Object.fromEntries(own.map((it) => [it, cluster[it]])),
			{ token: Buffer.from(token, "base64").toString("utf8").trim() },
		),
	};
}
