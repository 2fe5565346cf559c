import type { Pair } from "./pki.ts";

/** A kubeconfig with everything embedded: nothing outside it is read. JSON is YAML. */
export function kubeconfigOf(
	cluster: string,
	server: string,
	authority: string,
	client: Pair,
): string {
	const base64 = (text: string) => Buffer.from(text).toString("base64");
	return JSON.stringify(
		{
			apiVersion: "v1",
			kind: "Config",
			clusters: [
				{
					name: cluster,
					cluster: {
						server,
						"certificate-authority-data": base64(authority),
					},
				},
			],
			users: [
				{
					name: cluster,
					user: {
						"client-certificate-data": base64(client.cert),
						"client-key-data": base64(client.key),
					},
				},
			],
			contexts: [{ name: cluster, context: { cluster, user: cluster } }],
			"current-context": cluster,
		},
		null,
		2,
	);
}
