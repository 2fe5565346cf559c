/** From what a TwinCluster names to a kubeconfig, or to why there is none. */
import { fromArgoCd, isArgoCdSecret } from "./argocd-secret.ts";
import { fromProfile, type ProfileView } from "./cluster-profile.ts";
import type { CredentialsRef } from "./cluster-view.ts";

/** Base64 by key, as in a Secret. */
export type SecretData = Readonly<Record<string, string>>;

export type Credentials =
	| { readonly kubeconfig: string }
	| { readonly fault: string };

/** Undefined: it does not exist. */
export type ProfileRead =
	| { readonly profile: ProfileView | undefined }
	/** The kind cannot be read at all. */
	| { readonly fault: string };

export interface Known {
	/** The operator's own: no Secret of another one is read. */
	readonly namespace: string;
	/** By `namespace/name`. */
	readonly secret: (key: string) => SecretData | undefined;
	readonly profile: (key: string) => ProfileRead;
}

export const credentialsFor = (
	ref: CredentialsRef,
	known: Known,
): Credentials =>
	"profile" in ref ? ofProfile(ref.profile, known) : ofSecret(ref, known);

function ofSecret(
	ref: Extract<CredentialsRef, { secret: string }>,
	{ namespace, secret }: Known,
): Credentials {
	const what = `spec.credentials.secretRef names the Secret ${namespace}/${ref.secret}`;
	const data = secret(`${namespace}/${ref.secret}`);
	if (!data)
		return {
			fault: `${what}, which does not exist. Create it, with a kubeconfig under the key ${ref.key}.`,
		};
	const value = data[ref.key];
	if (value === undefined && isArgoCdSecret(data)) {
		const read = fromArgoCd(data);
		return "fault" in read ? { fault: `${what}, ${read.fault}` } : read;
	}
	if (value === undefined)
		return {
			fault: `${what}, which has no key ${ref.key}. Put the kubeconfig under that key, or set spec.credentials.secretRef.key.`,
		};
	const kubeconfig = Buffer.from(value, "base64").toString("utf8");
	if (kubeconfig.trim() === "")
		return {
			fault: `${what}, whose key ${ref.key} is empty. Put a kubeconfig there.`,
		};
	return { kubeconfig };
}

function ofProfile(
	ref: { readonly namespace: string; readonly name: string },
	known: Known,
): Credentials {
	const key = `${ref.namespace}/${ref.name}`;
	const what = `spec.credentials.clusterProfileRef names the ClusterProfile ${key}`;
	const read = known.profile(key);
	if ("fault" in read) return { fault: `${what}, ${read.fault}` };
	if (!read.profile)
		return {
			fault: `${what}, which does not exist. Let the cluster manager make it, or correct the name.`,
		};
	const secret = `${known.namespace}/${ref.name}`;
	const token = known.secret(secret)?.token;
	if (token === undefined)
		return {
			fault: `${what}, whose token is looked for in the Secret ${secret}, key token, which does not exist. Create it.`,
		};
	const made = fromProfile(read.profile, token);
	return "fault" in made ? { fault: `${what}, ${made.fault}` } : made;
}
