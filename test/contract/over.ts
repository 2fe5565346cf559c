import { load } from "js-yaml";
import { HttpApi } from "../../src/adapters/api.ts";
import type { TestCluster } from "../clusters/cluster.ts";
import type { Subject } from "./subject.ts";

interface Kubeconfig {
	readonly clusters: readonly {
		readonly cluster: {
			readonly server: string;
			readonly "certificate-authority-data": string;
		};
	}[];
	readonly users: readonly {
		readonly user: {
			readonly token?: string;
			readonly "client-certificate-data"?: string;
			readonly "client-key-data"?: string;
		};
	}[];
}

/** A test cluster through the operator's own adapter. */
export function over(cluster: TestCluster): Subject {
	const config = load(cluster.kubeconfig) as Kubeconfig;
	const api = connect(config);
	const users = [{ user: { token: "unknown" } }];
	const stranger = connect({ ...config, users });
	return {
		api,
		stranger,
		close: async () => {
			api.close();
			stranger.close();
			await cluster.stop();
		},
	};
}

function connect({ clusters, users }: Kubeconfig): HttpApi {
	const cluster = clusters[0]?.cluster;
	const user = users[0]?.user;
	if (!cluster || !user) throw new Error("the kubeconfig is empty");
	const pem = (data: string | undefined) =>
		data === undefined ? undefined : Buffer.from(data, "base64");
	const cert = pem(user["client-certificate-data"]);
	const key = pem(user["client-key-data"]);
	const ca = pem(cluster["certificate-authority-data"]);
	return new HttpApi(
		{
			server: new URL(cluster.server),
			tls: {
				...(ca ? { ca } : {}),
				...(cert && key ? { cert, key } : {}),
			},
			authorization: () => (user.token ? `Bearer ${user.token}` : undefined),
		},
		{ cluster: "contract", component: "contract", version: "test" },
	);
}
