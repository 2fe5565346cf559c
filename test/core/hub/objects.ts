/** What a user writes, and what is read of it. */
import { type Resource, resourceOf } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";

export type RegionName = "north" | "south";
export const REGIONS: readonly RegionName[] = ["north", "south"];
export const OPERATOR_NAMESPACE = "twin-operator-system";

export interface Wrote {
	readonly cluster: string;
	readonly verb: string;
	readonly what: string;
}

export const DEPLOYMENT = resourceOf("apps/v1", "Deployment") as Resource;

export function said(
	conditions:
		| readonly { type: string; status: string; reason: string }[]
		| undefined,
	type: string,
): string {
	const found = conditions?.find((it) => it.type === type);
	return found ? `${found.status} ${found.reason}` : "none";
}

export function serviceObject(spec: object = {}, name = "web"): KubeObject {
	return {
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinService",
		metadata: { name, namespace: "shop" },
		spec: {
			clusters: [{ name: "north" }, { name: "south" }],
			promotion: { policy: "Available" },
			manifests: [
				{
					apiVersion: "apps/v1",
					kind: "Deployment",
					metadata: { name },
					spec: {
						replicas: 2,
						selector: { matchLabels: { app: name } },
						template: {
							metadata: { labels: { app: name } },
							spec: { containers: [{ name: "web", image: "web:1" }] },
						},
					},
				},
				{
					apiVersion: "v1",
					kind: "ConfigMap",
					metadata: { name },
					data: { a: "1" },
				},
			],
			...spec,
		},
	};
}

export const operationObject = (name: string, spec: object): KubeObject => ({
	apiVersion: "twin-operator.dev/v1alpha1",
	kind: "TwinOperation",
	metadata: { name, namespace: "shop" },
	spec: { service: "web", ...spec },
});

export const clusterObject = (name: string, agent: string): KubeObject => ({
	apiVersion: "twin-operator.dev/v1alpha1",
	kind: "TwinCluster",
	metadata: { name },
	spec: { agent, credentials: { secretRef: { name } } },
});

export const secretObject = (name: string, kubeconfig: string): KubeObject => ({
	apiVersion: "v1",
	kind: "Secret",
	metadata: { name, namespace: OPERATOR_NAMESPACE },
	data: { kubeconfig: Buffer.from(kubeconfig).toString("base64") },
});
