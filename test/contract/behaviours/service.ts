import { expect, it } from "vitest";
import {
	TWIN_CLUSTER,
	TWIN_OPERATION,
	TWIN_SERVICE,
} from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import {
	ask,
	create,
	done,
	MANAGER,
	refusal,
	remove,
	type Subject,
	space,
	words,
} from "../subject.ts";

const query = { fieldManager: MANAGER };

const _side = (name: string, more: object = {}): KubeObject => ({
	apiVersion: "twin-operator.dev/v1alpha1",
	kind: "TwinSide",
	metadata: { name },
	spec: {
		installation: "default",
		region: "north",
		twin: "south",
		home: "north",
		policy: "Available",
		standby: { mode: "Cold" },
		objects: [],
		hash: "h",
		deletionPolicy: "Delete",
		...more,
	},
});

const service = (spec: object): KubeObject => ({
	apiVersion: "twin-operator.dev/v1alpha1",
	kind: "TwinService",
	metadata: { name: "shop" },
	spec: {
		clusters: [{ name: "north" }, { name: "south" }],
		manifests: [manifest("a")],
		...spec,
	},
});

const manifest = (name: string, metadata: object = {}): object => ({
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: { name, ...metadata },
	data: { a: "1" },
});

export function services(subject: () => Subject): void {
	it("checks a TwinService by the rules of its CRD, and names the field", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const said = async (spec: object) =>
			words(api, TWIN_SERVICE, {
				verb: "create",
				namespace,
				body: service(spec),
			});
		expect(await said({ clusters: [{ name: "north" }] })).toContain(
			"spec.clusters",
		);
		expect(
			await said({ clusters: [{ name: "north" }, { name: "north" }] }),
		).toContain("spec.clusters: ");
		expect(await said({ manifests: [manifest("a"), manifest("a")] })).toContain(
			"spec.manifests: ",
		);
		expect(
			await said({
				manifests: [manifest("a"), manifest("b", { namespace: "other" })],
			}),
		).toContain("spec.manifests[1].metadata.namespace: ");
		expect(
			await said({
				manifests: [
					{ apiVersion: "v1", kind: "Node", metadata: { name: "n" } },
				],
			}),
		).toContain("spec.manifests[0]");
		expect(await said({ standby: { mode: "Cold", replicas: 2 } })).toContain(
			"spec.standby",
		);
		expect(await said({ standby: { mode: "Hot", replicas: "0%" } })).toContain(
			"spec.standby.replicas",
		);
		expect(await said({ standby: { mode: "Hot" } })).toContain(
			"expected Cold or Warm with spec.promotion.policy Exclusive",
		);
		expect(
			await said({
				standby: { mode: "Warm" },
				promotion: { policy: "Manual" },
			}),
		).toContain("expected Warm only with spec.promotion.policy Exclusive");
	});

	it("names unknown fields when asked to be strict, as kubectl does: 400 BadRequest", async () => {
		const { api } = subject();
		const call = {
			verb: "create",
			namespace: await space(api),
			body: service({ promotoin: {} }),
			query: { fieldValidation: "Strict" },
		} as const;
		expect(await refusal(api, TWIN_SERVICE, call)).toBe("400 BadRequest");
		expect(await words(api, TWIN_SERVICE, call)).toContain(
			'strict decoding error: unknown field "spec.promotoin"',
		);
	});

	it("fills in a TwinService's defaults", async () => {
		const { api } = subject();
		const made = await create(
			api,
			TWIN_SERVICE,
			await space(api),
			service({ standby: { mode: "Warm", replicas: "50%" } }),
		);
		expect(made.spec).toMatchObject({
			promotion: { policy: "Exclusive" },
			deletionPolicy: "Delete",
			standby: { mode: "Warm", replicas: "50%" },
		});
		// Tools that wait must not take for done what nobody has looked at.
		expect(made.status).toEqual({ observedGeneration: -1, decisions: [] });
	});

	it("does not let a TwinOperation's specification change", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(api, TWIN_OPERATION, namespace, {
			apiVersion: "twin-operator.dev/v1alpha1",
			kind: "TwinOperation",
			metadata: { name: "o" },
			spec: { type: "Switchover", service: "shop" },
		});
		expect(
			await refusal(api, TWIN_OPERATION, {
				verb: "merge",
				namespace,
				name: "o",
				query,
				body: { spec: { service: "other" } },
			}),
		).toBe("422 Invalid");
		const answer = await ask(api, TWIN_OPERATION, {
			verb: "create",
			namespace,
			body: {
				apiVersion: "twin-operator.dev/v1alpha1",
				kind: "TwinOperation",
				metadata: { name: "f" },
				spec: { type: "Failover", service: "shop" },
			},
		});
		expect(answer).toMatchObject({ status: 422 });
	});

	it("writes finalizers and status of what people own, never the specification", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const apiVersion = "twin-operator.dev/v1alpha1";
		const region = `contract-${namespace}`;
		await create(api, TWIN_CLUSTER, undefined, {
			apiVersion,
			kind: "TwinCluster",
			metadata: { name: region },
			spec: { agent: "None", credentials: { secretRef: { name: "s" } } },
		});
		await create(api, TWIN_SERVICE, namespace, service({}));
		await create(api, TWIN_OPERATION, namespace, {
			apiVersion,
			kind: "TwinOperation",
			metadata: { name: "shop" },
			spec: { type: "Switchover", service: "shop" },
		});
		const conditions = [
			{
				type: "Ready",
				status: "Unknown",
				reason: "Started",
				message: "m",
				observedGeneration: 1,
				lastTransitionTime: "2030-01-01T00:00:00Z",
			},
		];
		for (const [resource, where] of [
			[TWIN_CLUSTER, { name: region }],
			[TWIN_SERVICE, { namespace, name: "shop" }],
			[TWIN_OPERATION, { namespace, name: "shop" }],
		] as const) {
			const { metadata } = await done(api, resource, { verb: "get", ...where });
			const { resourceVersion } = metadata;
			const told = await done(api, resource, {
				verb: "merge",
				subresource: "status",
				...where,
				query,
				body: {
					metadata: { resourceVersion },
					status: { observedGeneration: 1, conditions },
				},
			});
			expect(told.status).toMatchObject({
				observedGeneration: 1,
				conditions: [{ type: "Ready", reason: "Started" }],
			});
			const held = await done(api, resource, {
				verb: "merge",
				...where,
				query,
				body: {
					metadata: {
						resourceVersion: told.metadata.resourceVersion,
						finalizers: ["contract.example/hold"],
					},
				},
			});
			expect(held).toMatchObject({
				status: told.status,
				metadata: { generation: 1 },
			});
			await remove(
				api,
				resource,
				"namespace" in where ? where.namespace : undefined,
				where.name,
			);
			const left = await done(api, resource, {
				verb: "merge",
				...where,
				query,
				body: { metadata: { finalizers: null } },
			});
			expect(left.metadata.deletionTimestamp).toBeTypeOf("string");
			expect(await refusal(api, resource, { verb: "get", ...where })).toBe(
				"404 NotFound",
			);
		}
	});
}
