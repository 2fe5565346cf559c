/** The service that the bench multiplies: seven objects, about 4 kB of manifests. */
import type { KubeObject } from "../../src/api/object.ts";

/** As a gate can stop it. */
const ONE_USER = { securityContext: { runAsUser: 1_000 } };

const meta = (name: string) => ({ name, labels: { app: name } });

function pod(name: string) {
	return {
		metadata: { labels: { app: name } },
		spec: {
			...ONE_USER,
			containers: [
				{
					name: "web",
					image: "registry.example/web:1.4.2",
					envFrom: [{ configMapRef: { name } }, { secretRef: { name } }],
					ports: [{ name: "http", containerPort: 8080 }],
					resources: {
						requests: { cpu: "50m", memory: "64Mi" },
						limits: { memory: "128Mi" },
					},
					readinessProbe: {
						httpGet: { path: "/healthz", port: "http" },
						periodSeconds: 5,
					},
				},
			],
		},
	};
}

export function manifests(name: string): KubeObject[] {
	return [
		{
			apiVersion: "v1",
			kind: "ConfigMap",
			metadata: meta(name),
			data: Object.fromEntries(
				Array.from({ length: 20 }, (_, at) => [
					`SETTING_${at}`,
					`value ${at} of ${name}`,
				]),
			),
		},
		{
			apiVersion: "v1",
			kind: "Secret",
			metadata: meta(name),
			type: "Opaque",
			data: { password: "YmVuY2g=" },
		},
		{
			apiVersion: "v1",
			kind: "Service",
			metadata: meta(name),
			spec: {
				selector: { app: name },
				ports: [{ name: "http", port: 80, targetPort: "http" }],
			},
		},
		{
			apiVersion: "policy/v1",
			kind: "PodDisruptionBudget",
			metadata: meta(name),
			spec: { minAvailable: 1, selector: { matchLabels: { app: name } } },
		},
		{
			apiVersion: "apps/v1",
			kind: "Deployment",
			metadata: meta(name),
			spec: {
				replicas: 1,
				selector: { matchLabels: { app: name } },
				template: pod(name),
			},
		},
		{
			apiVersion: "batch/v1",
			kind: "CronJob",
			metadata: meta(name),
			spec: {
				schedule: "0 3 * * *",
				jobTemplate: {
					spec: {
						template: {
							spec: {
								...ONE_USER,
								restartPolicy: "Never",
								containers: [
									{ name: "job", image: "registry.example/job:1.4.2" },
								],
							},
						},
					},
				},
			},
		},
		{
			apiVersion: "autoscaling/v2",
			kind: "HorizontalPodAutoscaler",
			metadata: meta(name),
			spec: {
				scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
				minReplicas: 1,
				maxReplicas: 5,
			},
		},
	];
}

export type StandbyMode = "Cold" | "Warm";

/** `exclusive`: agents promote it, and pods of it stand behind gates. */
export function service(
	namespace: string,
	name: string,
	exclusive?: StandbyMode,
): KubeObject {
	return {
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinService",
		metadata: { namespace, name },
		spec: {
			clusters: [{ name: "north" }, { name: "south" }],
			promotion: { policy: exclusive ? "Exclusive" : "Available" },
			...(exclusive ? { standby: { mode: exclusive } } : {}),
			manifests: manifests(name),
		},
	};
}

export const serviceName = (at: number): string =>
	`service-${String(at).padStart(4, "0")}`;
