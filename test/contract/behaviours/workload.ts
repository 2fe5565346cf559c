import { expect, it } from "vitest";
import { JOB, LEASE, POD } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { until } from "../../clusters/wait.ts";
import {
	apply,
	ask,
	create,
	DEPLOYMENT,
	done,
	get,
	gone,
	kind,
	list,
	MANAGER,
	refusal,
	remove,
	type Subject,
	space,
} from "../subject.ts";

const STATEFUL_SET = kind("StatefulSet");
const query = { fieldManager: MANAGER };
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

export function leases(subject: () => Subject): void {
	const lease = (holder: string, renewTime: string): KubeObject => ({
		apiVersion: "coordination.k8s.io/v1",
		kind: "Lease",
		metadata: { name: "agent" },
		spec: { holderIdentity: holder, renewTime, leaseTransitions: 0 },
	});

	it("keeps a Lease's time to the microsecond", async () => {
		const { api } = subject();
		const made = await create(
			api,
			LEASE,
			await space(api),
			lease("a", "2030-01-01T00:00:00.000001Z"),
		);
		expect(made.spec).toEqual({
			holderIdentity: "a",
			renewTime: "2030-01-01T00:00:00.000001Z",
			leaseTransitions: 0,
		});
	});

	it("lets one of two writers of a Lease win: 409 Conflict", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(
			api,
			LEASE,
			namespace,
			lease("a", "2030-01-01T00:00:00.000001Z"),
		);
		const { uid, resourceVersion } = metadata;
		const renew = (holderIdentity: string) =>
			({
				verb: "merge",
				namespace,
				name: "agent",
				query,
				body: {
					metadata: { uid, resourceVersion },
					spec: { holderIdentity, renewTime: "2030-01-01T00:00:10.000001Z" },
				},
			}) as const;
		const answers = await Promise.all([
			ask(api, LEASE, renew("b")),
			ask(api, LEASE, renew("c")),
		]);
		expect(answers.map((it) => it.kind).sort()).toEqual(["ok", "refused"]);
		expect(await refusal(api, LEASE, renew("d"))).toBe("409 Conflict");
		expect(
			(await done(api, LEASE, { verb: "get", namespace, name: "agent" }))
				.metadata.uid,
		).toBe(uid);
	});
}
