import { expect, it } from "vitest";
import { JOB, POD } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { until } from "../../clusters/wait.ts";
import {
	apply,
	create,
	DEPLOYMENT,
	get,
	gone,
	kind,
	list,
	remove,
	type Subject,
	space,
} from "../subject.ts";

const STATEFUL_SET = kind("StatefulSet");
const READY = { timeoutMs: 120_000 };

const workload = (
	of: "Deployment" | "StatefulSet",
	replicas: number,
): KubeObject => ({
	apiVersion: "apps/v1",
	kind: of,
	metadata: { name: "web" },
	spec: {
		replicas,
		selector: { matchLabels: { app: "web" } },
		...(of === "StatefulSet" ? { serviceName: "web" } : {}),
		template: {
			metadata: { labels: { app: "web", mark: "contract" } },
			spec: {
				terminationGracePeriodSeconds: 1,
				containers: [{ name: "c", image: "busybox" }],
			},
		},
	},
});

const statusOf = (object: KubeObject) =>
	(object.status ?? {}) as {
		observedGeneration?: number;
		replicas?: number;
		readyReplicas?: number;
		updatedReplicas?: number;
		availableReplicas?: number;
	};

export function workloads(subject: () => Subject): void {
	for (const resource of [DEPLOYMENT, STATEFUL_SET]) {
		const of = resource.kind as "Deployment" | "StatefulSet";
		it(`brings up the pods of a ${of}, and takes all of them away at 0 replicas`, async () => {
			const { api } = subject();
			const ns = await space(api);
			await create(api, resource, ns, workload(of, 2));
			const up = await until(
				"two ready replicas",
				async () => {
					const found = await get(api, resource, ns, "web");
					return statusOf(found).readyReplicas === 2 && found;
				},
				READY,
			);
			expect(statusOf(up)).toMatchObject({
				observedGeneration: 1,
				replicas: 2,
				updatedReplicas: 2,
				availableReplicas: 2,
			});
			const pods = await list(api, POD, ns, { labelSelector: "mark=contract" });
			expect(pods.items).toHaveLength(2);
			await apply(api, resource, ns, workload(of, 0));
			await until(
				"no pod",
				async () =>
					(await list(api, POD, ns, { labelSelector: "mark=contract" })).items
						.length === 0,
				READY,
			);
			const down = await until(
				"the status to say so",
				async () => {
					const found = await get(api, resource, ns, "web");
					return (
						statusOf(found).observedGeneration === 2 &&
						!statusOf(found).readyReplicas &&
						found
					);
				},
				READY,
			);
			expect(statusOf(down).replicas ?? 0).toBe(0);
		}, 240_000);
	}

	it("takes the pods away with their Deployment", async () => {
		const { api } = subject();
		const ns = await space(api);
		await create(api, DEPLOYMENT, ns, workload("Deployment", 1));
		await until(
			"a pod",
			async () => (await list(api, POD, ns)).items.length === 1,
			READY,
		);
		await remove(api, DEPLOYMENT, ns, "web", {
			propagationPolicy: "Foreground",
		});
		await gone(api, DEPLOYMENT, ns, "web");
		await until(
			"no pod",
			async () => (await list(api, POD, ns)).items.length === 0,
			READY,
		);
	}, 240_000);

	it("takes the pods away with their Job", async () => {
		const { api } = subject();
		const ns = await space(api);
		const template = {
			spec: {
				restartPolicy: "Never",
				terminationGracePeriodSeconds: 1,
				containers: [{ name: "c", image: "busybox" }],
			},
		};
		const { metadata } = await create(api, JOB, ns, {
			apiVersion: "batch/v1",
			kind: "Job",
			metadata: { name: "once" },
			spec: { template },
		});
		const { uid } = metadata;
		await until(
			"a pod",
			async () => (await list(api, POD, ns)).items.length > 0,
			READY,
		);
		await remove(api, JOB, ns, "once", {
			propagationPolicy: "Background",
			preconditions: { uid },
		});
		await gone(api, JOB, ns, "once");
		await until(
			"no pod",
			async () => (await list(api, POD, ns)).items.length === 0,
			READY,
		);
	}, 240_000);

	it("starts nothing from a suspended CronJob, and keeps its form", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const template = {
			spec: {
				template: {
					spec: {
						restartPolicy: "Never",
						containers: [{ name: "c", image: "busybox" }],
					},
				},
			},
		};
		const made = await create(api, kind("CronJob"), namespace, {
			apiVersion: "batch/v1",
			kind: "CronJob",
			metadata: { name: "tick" },
			spec: { schedule: "0 0 1 1 *", suspend: true, jobTemplate: template },
		});
		expect(made.spec).toMatchObject({
			suspend: true,
			concurrencyPolicy: "Allow",
		});
		expect((await list(api, JOB, namespace)).items).toEqual([]);
	});

	it("keeps a HorizontalPodAutoscaler: minReplicas 1 by default", async () => {
		const { api } = subject();
		const made = await create(
			api,
			kind("HorizontalPodAutoscaler"),
			await space(api),
			{
				apiVersion: "autoscaling/v2",
				kind: "HorizontalPodAutoscaler",
				metadata: { name: "web" },
				spec: {
					maxReplicas: 5,
					scaleTargetRef: {
						apiVersion: "apps/v1",
						kind: "Deployment",
						name: "web",
					},
				},
			},
		);
		expect(made.spec).toMatchObject({ minReplicas: 1, maxReplicas: 5 });
	});
}
