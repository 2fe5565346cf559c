import { expect, it } from "vitest";
import {
	CRD,
	TWIN_OPERATION,
	TWIN_SERVICE,
	TWIN_SIDE,
} from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { projectCrds } from "../../clusters/embedded/crds.ts";
import { until } from "../../clusters/wait.ts";
import {
	apply,
	ask,
	create,
	done,
	FORCE,
	get,
	list,
	MANAGER,
	refusal,
	remove,
	type Subject,
	serve,
	space,
	watching,
	words,
} from "../subject.ts";

const query = { fieldManager: MANAGER };

const side = (name: string, more: object = {}): KubeObject => ({
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

export function sides(subject: () => Subject): void {
	it("takes the project's CRDs and their updates", async () => {
		const { api } = subject();
		await serve(api, projectCrds() as unknown as KubeObject[]);
		const again = projectCrds() as unknown as KubeObject[];
		const before = await get(
			api,
			CRD,
			undefined,
			"twinsides.twin-operator.dev",
		);
		await serve(api, again);
		const after = await get(api, CRD, undefined, "twinsides.twin-operator.dev");
		expect(after.metadata.generation).toBe(before.metadata.generation);
	});

	it("drops the status of a create and puts the default in its place: Standby, epoch 0", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const made = await create(api, TWIN_SIDE, namespace, {
			...side("a"),
			status: { role: "Active", epoch: 7 },
		});
		expect(made.status).toEqual({ role: "Standby", epoch: 0 });
		expect(made.metadata.generation).toBe(1);
	});

	it("writes status only through the subresource, and nothing else through it", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(api, TWIN_SIDE, namespace, side("a"));
		const main = await done(api, TWIN_SIDE, {
			verb: "merge",
			namespace,
			name: "a",
			query,
			body: { spec: { hash: "h2" }, status: { role: "Active", epoch: 1 } },
		});
		expect(main).toMatchObject({
			spec: { hash: "h2" },
			status: { role: "Standby", epoch: 0 },
			metadata: { generation: 2 },
		});
		const status = await done(api, TWIN_SIDE, {
			verb: "merge",
			namespace,
			name: "a",
			subresource: "status",
			query,
			body: {
				spec: { hash: "h3" },
				metadata: { labels: { l: "1" } },
				status: { role: "Active", epoch: 1 },
			},
		});
		expect(status).toMatchObject({
			spec: { hash: "h2" },
			status: { role: "Active", epoch: 1 },
			metadata: { generation: 2 },
		});
	});

	it("compares and swaps a status by its resourceVersion: 409 Conflict", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(api, TWIN_SIDE, namespace, side("a"));
		const call = {
			verb: "merge",
			namespace,
			name: "a",
			subresource: "status",
			query,
			body: {
				metadata: {
					uid: metadata.uid,
					resourceVersion: metadata.resourceVersion,
				},
				status: { role: "Active", epoch: 1 },
			},
		} as const;
		await done(api, TWIN_SIDE, call);
		expect(await refusal(api, TWIN_SIDE, call)).toBe("409 Conflict");
	});

	it("refuses a falling epoch, a role without a greater epoch, and a status set to null: 422 Invalid", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(api, TWIN_SIDE, namespace, side("a"));
		const status = (value: unknown) =>
			({
				verb: "merge",
				namespace,
				name: "a",
				subresource: "status",
				query,
				body: { status: value },
			}) as const;
		await done(api, TWIN_SIDE, status({ role: "Active", epoch: 3 }));
		expect(await refusal(api, TWIN_SIDE, status({ epoch: 2 }))).toBe(
			"422 Invalid",
		);
		expect(await refusal(api, TWIN_SIDE, status({ role: "Standby" }))).toBe(
			"422 Invalid",
		);
		expect(await words(api, TWIN_SIDE, status({ role: "Standby" }))).toContain(
			"status.epoch: Invalid value",
		);
		expect(
			(await done(api, TWIN_SIDE, status({ epoch: 4 }))).status,
		).toMatchObject({ role: "Active", epoch: 4 });
		expect(
			(await done(api, TWIN_SIDE, status({ role: "Standby", epoch: 5 })))
				.status,
		).toMatchObject({ role: "Standby", epoch: 5 });
		// Null is defaulted, and the default falls behind.
		expect(await refusal(api, TWIN_SIDE, status(null))).toBe("422 Invalid");
	});

	it("applies a status without taking the specification along", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const made = await create(api, TWIN_SIDE, namespace, side("a"));
		const { apiVersion, kind } = made;
		const body = {
			apiVersion,
			kind,
			metadata: { name: "a", uid: made.metadata.uid },
			status: { role: "Active", epoch: 1 },
		};
		const after = await done(api, TWIN_SIDE, {
			verb: "apply",
			namespace,
			name: "a",
			subresource: "status",
			query: FORCE,
			body,
		});
		expect(after).toMatchObject({
			spec: made.spec,
			status: { role: "Active", epoch: 1 },
		});
	});

	it("does not let home change", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(api, TWIN_SIDE, namespace, side("a"));
		expect(
			await words(api, TWIN_SIDE, {
				verb: "merge",
				namespace,
				name: "a",
				query,
				body: { spec: { home: "south" } },
			}),
		).toContain("spec.home: Invalid value");
	});

	it("drops unknown fields and keeps all of a manifest", async () => {
		const { api } = subject();
		const made = await create(
			api,
			TWIN_SIDE,
			await space(api),
			side("a", { nonsense: 1, objects: [manifest("m")] }),
		);
		expect((made.spec as Record<string, unknown>).nonsense).toBeUndefined();
		expect((made.spec as { objects: unknown[] }).objects).toEqual([
			manifest("m"),
		]);
	});

	it("applies a side: a list without keys is one field", async () => {
		const { api } = subject();
		const ns = await space(api);
		await apply(
			api,
			TWIN_SIDE,
			ns,
			side("a", { objects: [manifest("m"), manifest("n")] }),
		);
		const after = await apply(
			api,
			TWIN_SIDE,
			ns,
			side("a", { objects: [manifest("n")] }),
		);
		expect((after.spec as { objects: unknown[] }).objects).toEqual([
			manifest("n"),
		]);
	});

	it("lists missing fields, wrong types and unknown words: 422 Invalid", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const said = async (more: object) =>
			words(api, TWIN_SIDE, {
				verb: "create",
				namespace,
				body: side("a", more),
			});
		expect(await said({ hash: undefined })).toContain(
			"spec.hash: Required value",
		);
		expect(await said({ policy: "Perhaps" })).toContain(
			'spec.policy: Unsupported value: "Perhaps"',
		);
		expect(await said({ hash: 7 })).toContain(
			'spec.hash: Invalid value: "integer": spec.hash in body must be of type string',
		);
	});

	it("stumbles over a wrong type in an apply: 500", async () => {
		const { api } = subject();
		const body = side("a", { hash: 7 });
		const answer = await ask(api, TWIN_SIDE, {
			verb: "apply",
			namespace: await space(api),
			name: "a",
			body,
			query: FORCE,
		});
		expect(answer).toMatchObject({
			status: 500,
			message: expect.stringContaining(
				".spec.hash: expected string, got &value.valueUnstructured",
			),
		});
	});

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
	});

	it("fills in a TwinService's defaults", async () => {
		const { api } = subject();
		const made = await create(
			api,
			TWIN_SERVICE,
			await space(api),
			service({ standby: { mode: "Hot", replicas: "50%" } }),
		);
		expect(made.spec).toMatchObject({
			promotion: { policy: "Exclusive" },
			deletionPolicy: "Delete",
			standby: { mode: "Hot", replicas: "50%" },
		});
		expect(made.status).toBeUndefined();
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

	it("tells the kind of each item of a custom kind", async () => {
		const { api } = subject();
		const ns = await space(api);
		await create(api, TWIN_SIDE, ns, side("a"));
		expect((await list(api, TWIN_SIDE, ns)).items).toMatchObject([
			{ apiVersion: "twin-operator.dev/v1alpha1", kind: "TwinSide" },
		]);
	});

	it("tells changes of status to watchers", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(api, TWIN_SIDE, namespace, side("a"));
		const { metadata } = await list(api, TWIN_SIDE, namespace);
		const watch = watching(api, TWIN_SIDE, {
			namespace,
			resourceVersion: metadata.resourceVersion,
		});
		await done(api, TWIN_SIDE, {
			verb: "merge",
			namespace,
			name: "a",
			subresource: "status",
			query,
			body: { status: { role: "Active", epoch: 1 } },
		});
		await until("an event", () => watch.told().length > 0);
		expect(watch.events[0]).toMatchObject({
			type: "MODIFIED",
			object: { status: { role: "Active" } },
		});
		watch.stop();
	});

	it("collects what a TwinSide owned", async () => {
		const { api } = subject();
		const ns = await space(api);
		const made = await create(api, TWIN_SIDE, ns, side("a"));
		const config = {
			group: "",
			version: "v1",
			kind: "ConfigMap",
			plural: "configmaps",
			namespaced: true,
		};
		const { uid = "" } = made.metadata;
		await create(api, config, ns, {
			apiVersion: "v1",
			kind: "ConfigMap",
			metadata: {
				name: "owned",
				ownerReferences: [
					{
						apiVersion: made.apiVersion,
						kind: made.kind,
						name: "a",
						uid,
						controller: true,
						blockOwnerDeletion: true,
					},
				],
			},
		});
		await remove(api, TWIN_SIDE, ns, "a", {
			propagationPolicy: "Foreground",
			preconditions: { uid },
		});
		await until("both to be gone", async () => {
			const left = await Promise.all([
				ask(api, TWIN_SIDE, { verb: "get", namespace: ns, name: "a" }),
				ask(api, config, { verb: "get", namespace: ns, name: "owned" }),
			]);
			return left.every((it) => it.kind === "refused");
		});
	});
}
