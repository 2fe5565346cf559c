/** Objects that the tests put into services, and where they lie. */
import type { KubeObject } from "../../src/api/object.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { get } from "./world.ts";

const GROUPS: Record<string, string> = {
	configmaps: "/api/v1",
	secrets: "/api/v1",
	services: "/api/v1",
	pods: "/api/v1",
	persistentvolumeclaims: "/api/v1",
	resourcequotas: "/api/v1",
	deployments: "/apis/apps/v1",
	statefulsets: "/apis/apps/v1",
	cronjobs: "/apis/batch/v1",
	poddisruptionbudgets: "/apis/policy/v1",
	horizontalpodautoscalers: "/apis/autoscaling/v2",
};

// biome-ignore lint/suspicious/noExplicitAny: a test reads into it as it likes.
export type Loose = any;

export const at = (ns: string, plural: string, name: string): string =>
	`${GROUPS[plural]}/namespaces/${ns}/${plural}/${name}`;

/** The object, or undefined when there is none. */
export const find = (
	cluster: RealCluster,
	ns: string,
	plural: string,
	name = "web",
): Promise<Loose> => get<Loose>(cluster, at(ns, plural, name));

/** As somebody else than the operator: `kubectl edit`, say. */
export async function edit(
	cluster: RealCluster,
	path: string,
	patch: object,
): Promise<void> {
	const type = "application/merge-patch+json";
	const query = "?fieldManager=kubectl-edit";
	const reply = await cluster.request("PATCH", path + query, patch, type);
	if (reply.status >= 300) throw new Error(`${path}: ${reply.body.message}`);
}

export async function remove(cluster: RealCluster, path: string) {
	const { status, body } = await cluster.request("DELETE", path);
	if (status >= 300) throw new Error(`${path}: ${body.message}`);
}

export const volumeClaim = (name = "data"): KubeObject => ({
	apiVersion: "v1",
	kind: "PersistentVolumeClaim",
	metadata: { name },
	spec: {
		accessModes: ["ReadWriteOnce"],
		resources: { requests: { storage: "1Gi" } },
	},
});

export const statefulSet = (name = "db", replicas = 2): KubeObject => ({
	apiVersion: "apps/v1",
	kind: "StatefulSet",
	metadata: { name },
	spec: {
		replicas,
		serviceName: name,
		selector: { matchLabels: { app: name } },
		template: {
			metadata: { labels: { app: name } },
			spec: {
				terminationGracePeriodSeconds: 1,
				containers: [
					{
						name: "db",
						image: "registry.example/db:1",
						volumeMounts: [{ name: "files", mountPath: "/files" }],
					},
				],
			},
		},
		volumeClaimTemplates: [
			{
				metadata: { name: "files" },
				spec: {
					accessModes: ["ReadWriteOnce"],
					resources: { requests: { storage: "1Gi" } },
				},
			},
		],
	},
});

export const autoscaler = (name = "web", min = 2, max = 9): KubeObject => ({
	apiVersion: "autoscaling/v2",
	kind: "HorizontalPodAutoscaler",
	metadata: { name },
	spec: {
		scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
		minReplicas: min,
		maxReplicas: max,
	},
});

/** Inert, as whoever delivers it has it. */
export const report = (): KubeObject => ({
	apiVersion: "batch/v1",
	kind: "CronJob",
	metadata: { name: "report" },
	spec: {
		schedule: "0 3 * * *",
		suspend: true,
		jobTemplate: {
			spec: {
				template: {
					spec: {
						restartPolicy: "Never",
						containers: [{ name: "report", image: "registry.example/r:1" }],
					},
				},
			},
		},
	},
});
