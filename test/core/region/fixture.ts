import { resourceOf } from "../../../src/api/kind.ts";
import { INSTALLATION, SIDE } from "../../../src/api/label.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { formOf } from "../../../src/core/region/form.ts";
import { type LiveView, parseLive } from "../../../src/core/region/live.ts";
import type { Observation } from "../../../src/core/region/observation.ts";
import {
	parseSide,
	type SideStatus,
	type SideView,
} from "../../../src/core/region/side.ts";
import { withRole } from "../../../src/core/region/workload.ts";

export const deployment = (name = "web", replicas?: number): KubeObject => ({
	apiVersion: "apps/v1",
	kind: "Deployment",
	metadata: { name },
	spec: {
		...(replicas === undefined ? {} : { replicas }),
		selector: { matchLabels: { app: name } },
		template: {
			metadata: { labels: { app: name } },
			spec: { containers: [{ name: "app", image: "app:1" }] },
		},
	},
});

export const configMap = (
	name = "settings",
	data: Record<string, string> = { colour: "blue" },
): KubeObject => ({
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: { name },
	data,
});

export const cronJob = (name = "report"): KubeObject => ({
	apiVersion: "batch/v1",
	kind: "CronJob",
	metadata: { name },
	spec: {
		schedule: "* * * * *",
		jobTemplate: {
			spec: {
				template: {
					spec: {
						restartPolicy: "Never",
						containers: [{ name: "report", image: "report:1" }],
					},
				},
			},
		},
	},
});

export const autoscaler = (
	minReplicas?: number,
	target = "web",
): KubeObject => ({
	apiVersion: "autoscaling/v2",
	kind: "HorizontalPodAutoscaler",
	metadata: { name: target },
	spec: {
		scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: target },
		...(minReplicas === undefined ? {} : { minReplicas }),
		maxReplicas: 10,
	},
});

export const claim = (name = "data"): KubeObject => ({
	apiVersion: "v1",
	kind: "PersistentVolumeClaim",
	metadata: { name },
	spec: {
		accessModes: ["ReadWriteOnce"],
		resources: { requests: { storage: "1Gi" } },
	},
});

export interface SideSpec {
	objects?: readonly unknown[];
	status?: Partial<SideStatus>;
	spec?: Record<string, unknown>;
	metadata?: Record<string, unknown>;
}

export function sideObject(it: SideSpec = {}): KubeObject {
	return {
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinSide",
		metadata: {
			name: "shop",
			namespace: "apps",
			uid: "side-uid",
			resourceVersion: "7",
			generation: 2,
			labels: { [INSTALLATION]: "default" },
			finalizers: ["twin-operator.dev/workloads"],
			...it.metadata,
		},
		spec: {
			installation: "default",
			region: "east",
			twin: "west",
			home: "east",
			policy: "Available",
			standby: { mode: "Cold" },
			hash: "h1",
			deletionPolicy: "Delete",
			objects: it.objects ?? [deployment()],
			...it.spec,
		},
		status: { role: "Standby", epoch: 0, ...it.status },
	};
}

export const side = (it: SideSpec = {}): SideView => parseSide(sideObject(it));

/** In step with its spec. */
export const IN_STEP = { hash: "h1" };

/** The objects of a side as they are right after they were applied, changed by `edit`. */
export function livesOf(
	view: SideView,
	edit: (object: KubeObject) => KubeObject = (it) => it,
): Map<string, LiveView> {
	const lives = view.parts.flatMap((part) => {
		const form = formOf(part, view, undefined);
		const resource = part.resource;
		if (!form.wanted || !resource) return [];
		const made = withRole(part, view, form);
		const live = edit({
			...made,
			metadata: {
				...made.metadata,
				uid: `uid-${part.id}`,
				resourceVersion: "40",
				generation: 1,
			},
			status: { observedGeneration: 1 },
		});
		return [parseLive(live, resource, part)];
	});
	return new Map(lives.map((it) => [it.id, it]));
}

export const resource = (apiVersion: string, kind: string) => {
	const found = resourceOf(apiVersion, kind);
	if (!found) throw new Error(`no such kind: ${apiVersion} ${kind}`);
	return found;
};

export const observe = (
	view: SideView,
	more: Partial<Observation> = {},
): Observation => ({
	region: "east",
	side: view,
	lives: new Map(),
	kindState: () => ({ kind: "listed" }),
	said: new Map(),
	settled: new Map(),
	...more,
});

export const marked = (name: string) => ({
	[SIDE]: name,
	[INSTALLATION]: "default",
});

/** A side at rest in this status, its Deployments changed. */
export function seenAt(
	status: Partial<SideStatus>,
	more: SideSpec = {},
	change: Partial<LiveView> = {},
): Observation {
	const view = side({
		objects: [configMap(), deployment("web", 2)],
		...more,
		status,
	});
	const lives = [...livesOf(view)].map(([id, it]): [string, LiveView] => [
		id,
		it.resource.kind === "Deployment" ? { ...it, ...change } : it,
	]);
	return observe(view, { lives: new Map(lives) });
}

/** What a usual service consists of. */
export const SEVEN = [
	deployment("web", 2),
	configMap(),
	{
		apiVersion: "v1",
		kind: "Secret",
		metadata: { name: "key" },
		stringData: { password: "hunter2" },
	},
	{
		apiVersion: "v1",
		kind: "Service",
		metadata: { name: "web" },
		spec: { ports: [{ port: 80, targetPort: 8080 }], selector: { app: "web" } },
	},
	{
		apiVersion: "policy/v1",
		kind: "PodDisruptionBudget",
		metadata: { name: "web" },
		spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
	},
	cronJob(),
	autoscaler(2),
];
