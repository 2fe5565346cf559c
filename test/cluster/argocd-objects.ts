/** What a team has in Git, and what it gives to Argo CD. */
import type { KubeObject } from "../../src/api/object.ts";
import { OPERATOR_NAMESPACE, registration, yaml } from "../clusters/install.ts";
import { ARGOCD_NAMESPACE } from "../clusters/real/argocd/argocd.ts";
import {
	crdsOfArgoCd,
	rightsOfArgoCd,
} from "../clusters/real/argocd/manifest.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { untilEstablished } from "./install-hub.ts";
import { apply, configMap, deployment, get, namespace } from "./world.ts";

export interface Application extends KubeObject {
	readonly status?: {
		readonly sync?: {
			readonly status: string;
			readonly comparedTo?: {
				readonly destination: { readonly name?: string };
			};
		};
		readonly reconciledAt?: string;
		readonly health?: { readonly status: string };
		readonly operationState?: {
			readonly phase: string;
			readonly message?: string;
			readonly startedAt: string;
		};
		readonly history?: readonly { readonly id: number }[];
		readonly resources?: readonly {
			readonly kind: string;
			readonly name: string;
			readonly status?: string;
		}[];
		readonly conditions?: readonly {
			readonly type: string;
			readonly message: string;
		}[];
	};
	readonly spec: {
		readonly destination: { readonly name?: string; readonly server?: string };
	};
}

export const applicationPath = (name: string): string =>
	`/apis/argoproj.io/v1alpha1/namespaces/${ARGOCD_NAMESPACE}/applications/${name}`;
export const applicationIn = (hub: RealCluster, name: string) =>
	get<Application>(hub, applicationPath(name));

/** Argo CD's own objects, as its installation has them, with the settings that this project ships. */
export async function installArgoCd(hub: RealCluster): Promise<void> {
	await apply(
		hub,
		namespace(ARGOCD_NAMESPACE),
		...(await crdsOfArgoCd()),
		...inNamespace(await rightsOfArgoCd()),
		...yaml("docs/argocd/argocd-cm.yaml"),
		...["argocd-rbac-cm", "argocd-secret"].map((name) => ({
			apiVersion: "v1",
			kind: name === "argocd-secret" ? "Secret" : "ConfigMap",
			metadata: {
				name,
				namespace: ARGOCD_NAMESPACE,
				labels: { "app.kubernetes.io/part-of": "argocd" },
			},
		})),
	);
	const kinds = ["applications", "applicationsets", "appprojects"];
	await untilEstablished(
		hub,
		kinds.map((it) => `${it}.argoproj.io`),
	);
}

const inNamespace = (objects: readonly KubeObject[]): KubeObject[] =>
	objects.map((it) => ({
		...it,
		metadata: { ...it.metadata, namespace: ARGOCD_NAMESPACE },
	}));

/** A region as Argo CD keeps it. The operator reads the same form. */
export const clusterSecret = (
	region: RealCluster,
	ns: string = ARGOCD_NAMESPACE,
): KubeObject => {
	const [user] = JSON.parse(region.kubeconfig).users;
	const config = {
		tlsClientConfig: {
			caData: Buffer.from(region.authority).toString("base64"),
			certData: user.user["client-certificate-data"],
			keyData: user.user["client-key-data"],
		},
	};
	return {
		apiVersion: "v1",
		kind: "Secret",
		metadata: {
			name: `${region.name}-kubeconfig`,
			namespace: ns,
			labels: { "argocd.argoproj.io/secret-type": "cluster" },
		},
		stringData: {
			name: region.name,
			server: region.url,
			config: JSON.stringify(config),
		},
	};
};

/** In the operator's namespace: sealed in Git, with a team that has a tool for it. */
export const credentials = (regions: readonly RealCluster[]): KubeObject[] => [
	namespace(OPERATOR_NAMESPACE),
	...regions.map((it) => clusterSecret(it, OPERATOR_NAMESPACE)),
];

export const inWave = (wave: number, object: KubeObject): KubeObject => ({
	...object,
	metadata: {
		...object.metadata,
		annotations: { "argocd.argoproj.io/sync-wave": String(wave) },
	},
});

export const regions = (agent?: "External"): KubeObject[] =>
	["north", "south"].map((it) => registration(it, agent));

/** Delivers the folder of its name to the hub, and never lets go of it. */
export const application = (
	repoURL: string,
	name: string,
	syncOptions: readonly string[],
	more: object = {},
): KubeObject => ({
	apiVersion: "argoproj.io/v1alpha1",
	kind: "Application",
	metadata: {
		name,
		namespace: ARGOCD_NAMESPACE,
		// Deleting it deletes what it has delivered.
		finalizers: ["resources-finalizer.argocd.argoproj.io"],
	},
	spec: {
		project: "default",
		source: { repoURL, targetRevision: "main", path: name },
		destination: { server: "https://kubernetes.default.svc" },
		syncPolicy: {
			automated: { selfHeal: true, prune: true },
			syncOptions: [...syncOptions],
		},
		...more,
	},
});

/** What `kubectl create --dry-run=client -o yaml` prints, nulls and empty values included. */
export const pasted = (): KubeObject[] => [
	{
		...deployment(),
		metadata: { name: "web", creationTimestamp: null },
		status: {},
	} as unknown as KubeObject,
	configMap(),
];

/** As docs/argocd.md has it. */
export function ignoringSuspend(object: KubeObject): KubeObject {
	const it = structuredClone(object) as KubeObject & {
		spec: { syncPolicy: { syncOptions: string[] } };
	};
	it.spec.syncPolicy.syncOptions.push("RespectIgnoreDifferences=true");
	const [group, kind] = ["twin-operator.dev", "TwinService"];
	const jsonPointers = ["/spec/suspend"];
	Object.assign(it.spec, {
		ignoreDifferences: [{ group, kind, jsonPointers }],
	});
	return it;
}

/** examples/service.yaml, with the policy that needs no agents. */
export function exampleService(standby: object): KubeObject {
	const found = yaml("examples/service.yaml").find(
		(it) => it.kind === "TwinService",
	) as KubeObject & { spec: object };
	const promotion = { policy: "Available" };
	return { ...found, spec: { ...found.spec, promotion, standby } };
}

/** As Git has it: not to run before its region is active. */
export function inert(image: string): KubeObject {
	const it = deployment("web", 0) as KubeObject & {
		spec: { template: { spec: { containers: { image: string }[] } } };
	};
	for (const one of it.spec.template.spec.containers)
		one.image = `registry.example/${image}`;
	return it;
}
