import { expect, it } from "vitest";
import { CRD, TWIN_SIDE } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { projectCrds } from "../../clusters/embedded/crds.ts";
import { until } from "../../clusters/wait.ts";
import {
	apply,
	ask,
	create,
	FORCE,
	get,
	list,
	MANAGER,
	remove,
	type Subject,
	serve,
	space,
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

const _service = (spec: object): KubeObject => ({
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

	it("stumbles over a wrong type in an apply, which the adapter calls 422 Invalid", async () => {
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
			status: 422,
			reason: "Invalid",
			message: expect.stringContaining(
				".spec.hash: expected string, got &value.valueUnstructured",
			),
		});
	});

	it("tells the kind of each item of a custom kind", async () => {
		const { api } = subject();
		const ns = await space(api);
		await create(api, TWIN_SIDE, ns, side("a"));
		expect((await list(api, TWIN_SIDE, ns)).items).toMatchObject([
			{ apiVersion: "twin-operator.dev/v1alpha1", kind: "TwinSide" },
		]);
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
