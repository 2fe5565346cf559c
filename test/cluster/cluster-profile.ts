/** A ClusterProfile and its kind, as a cluster manager brings them to a hub. */
import type { KubeObject } from "../../src/api/object.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { apply } from "./world.ts";

const GROUP = "multicluster.x-k8s.io";
const MANAGER = "inventory";

/** What the hub reads of the kind; upstream's schema has more. */
const CRD: KubeObject = {
	apiVersion: "apiextensions.k8s.io/v1",
	kind: "CustomResourceDefinition",
	metadata: {
		name: `clusterprofiles.${GROUP}`,
		// The group is a protected one.
		annotations: {
			"api-approved.kubernetes.io":
				"https://github.com/kubernetes/enhancements/pull/4323",
		},
	},
	spec: {
		group: GROUP,
		scope: "Namespaced",
		names: {
			kind: "ClusterProfile",
			listKind: "ClusterProfileList",
			plural: "clusterprofiles",
			singular: "clusterprofile",
		},
		versions: [
			{
				name: "v1alpha1",
				served: true,
				storage: true,
				subresources: { status: {} },
				schema: {
					openAPIV3Schema: {
						type: "object",
						"x-kubernetes-preserve-unknown-fields": true,
					},
				},
			},
		],
	},
};

export async function serveProfiles(hub: RealCluster): Promise<void> {
	await apply(hub, CRD, {
		apiVersion: "v1",
		kind: "Namespace",
		metadata: { name: MANAGER },
	});
	await hub.kubectl([
		...["wait", "--for=condition=Established", "--timeout=60s"],
		`crd/clusterprofiles.${GROUP}`,
	]);
}

/** Made, and its status written by the cluster manager. */
export async function publish(
	hub: RealCluster,
	region: RealCluster,
): Promise<void> {
	const { name } = region;
	await apply(hub, {
		apiVersion: `${GROUP}/v1alpha1`,
		kind: "ClusterProfile",
		metadata: { namespace: MANAGER, name },
		spec: { clusterManager: { name: "fleet" } },
	});
	const { clusters } = JSON.parse(region.kubeconfig);
	const { status, body } = await hub.request(
		"PATCH",
		`/apis/${GROUP}/v1alpha1/namespaces/${MANAGER}/clusterprofiles/${name}/status`,
		{
			status: {
				accessProviders: [
					{ name: "google", cluster: { server: "https://elsewhere.example" } },
					{ name: "secretreader", cluster: clusters[0].cluster },
				],
			},
		},
		"application/merge-patch+json",
	);
	if (status !== 200) throw new Error(body?.message);
}

/** A token of an account that may do everything in the region. */
export async function tokenIn(region: RealCluster): Promise<string> {
	const [namespace, name] = ["default", "fleet"];
	await apply(
		region,
		{
			apiVersion: "v1",
			kind: "ServiceAccount",
			metadata: { namespace, name },
		},
		{
			apiVersion: "rbac.authorization.k8s.io/v1",
			kind: "ClusterRoleBinding",
			metadata: { name },
			roleRef: {
				apiGroup: "rbac.authorization.k8s.io",
				kind: "ClusterRole",
				name: "cluster-admin",
			},
			subjects: [{ kind: "ServiceAccount", namespace, name }],
		},
	);
	const create = ["create", "token", name, "-n", namespace, "--duration=2h"];
	return (await region.kubectl(create)).trim();
}

/** The TwinCluster's `spec.credentials`. */
export const profileRef = (name: string) => ({
	clusterProfileRef: { namespace: MANAGER, name },
});
