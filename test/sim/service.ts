/** What a user writes: a service with a workload, its settings and some more. */
import type { KubeObject } from "../../src/api/object.ts";

export const NAMESPACE = "shop";
export const OPERATOR_NAMESPACE = "twin-operator-system";
export const REGIONS = ["north", "south"] as const;
export type RegionName = (typeof REGIONS)[number];

export const twinOf = (region: string): RegionName =>
	region === "north" ? "south" : "north";

export interface Shape {
	readonly name: string;
	readonly policy: "Exclusive" | "Available" | "Manual";
	readonly mode: "Cold" | "Hot";
	readonly first: RegionName;
	readonly workload: "Deployment" | "StatefulSet";
	readonly replicas: number;
	/** An HPA, a CronJob and a claim come along. */
	readonly rich: boolean;
	/** Counts the user's changes: in the settings, so that it shows what is applied. */
	readonly version: number;
	/** One more object, until it is dropped. */
	readonly extra: boolean;
	readonly suspend: boolean;
	readonly deletionPolicy: "Delete" | "Orphan";
}

export const plain: Shape = {
	name: "web",
	policy: "Available",
	mode: "Cold",
	first: "north",
	workload: "Deployment",
	replicas: 2,
	rich: false,
	version: 1,
	extra: true,
	suspend: false,
	deletionPolicy: "Delete",
};

/** The API refuses it for a service that must never run twice. */
export const isHot = ({ mode, policy }: Shape): boolean =>
	mode === "Hot" && policy !== "Exclusive";

export const serviceOf = (shape: Shape): KubeObject => ({
	apiVersion: "twin-operator.dev/v1alpha1",
	kind: "TwinService",
	metadata: { name: shape.name, namespace: NAMESPACE },
	spec: {
		clusters: [{ name: shape.first }, { name: twinOf(shape.first) }],
		standby: isHot(shape) ? { mode: "Hot", replicas: 1 } : {},
		promotion: { policy: shape.policy },
		deletionPolicy: shape.deletionPolicy,
		...(shape.suspend ? { suspend: true } : {}),
		manifests: [
			workloadOf(shape),
			settings(shape.name, { version: String(shape.version) }),
			...(shape.extra ? [settings(`${shape.name}-extra`, { a: "b" })] : []),
			...(shape.rich ? richPart(shape) : []),
		],
	},
});

const settings = (name: string, data: Record<string, string>) => ({
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: { name },
	data,
});

/** As the gate can kill it: one user, who cannot become another. */
const podSpec = {
	securityContext: { runAsUser: 1_000 },
	containers: [
		{
			name: "app",
			image: "example/app:1",
			securityContext: { allowPrivilegeEscalation: false },
		},
	],
};

function workloadOf({ name, workload, replicas }: Shape): KubeObject {
	const labels = { app: name };
	return {
		apiVersion: "apps/v1",
		kind: workload,
		metadata: { name },
		spec: {
			replicas,
			selector: { matchLabels: labels },
			template: { metadata: { labels }, spec: podSpec },
			...(workload === "StatefulSet" ? { serviceName: name } : {}),
		},
	};
}

const richPart = ({ name, workload }: Shape): KubeObject[] => [
	{
		apiVersion: "autoscaling/v2",
		kind: "HorizontalPodAutoscaler",
		metadata: { name },
		spec: {
			minReplicas: 2,
			maxReplicas: 5,
			scaleTargetRef: { apiVersion: "apps/v1", kind: workload, name },
		},
	},
	{
		apiVersion: "batch/v1",
		kind: "CronJob",
		metadata: { name: `${name}-nightly` },
		spec: {
			schedule: "*/2 * * * *",
			jobTemplate: {
				spec: {
					template: { spec: { ...podSpec, restartPolicy: "OnFailure" } },
				},
			},
		},
	},
	{
		apiVersion: "v1",
		kind: "PersistentVolumeClaim",
		metadata: { name },
		spec: {
			accessModes: ["ReadWriteOnce"],
			resources: { requests: { storage: "1Gi" } },
		},
	},
];
