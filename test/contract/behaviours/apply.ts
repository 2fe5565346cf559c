import { expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import { until } from "../../clusters/wait.ts";
import {
	apply,
	ask,
	CONFIG_MAP,
	configMap,
	create,
	DEPLOYMENT,
	done,
	FORCE,
	get,
	MANAGER,
	refusal,
	remove,
	type Subject,
	space,
	words,
} from "../subject.ts";

interface Container {
	readonly name: string;
	readonly image: string;
	readonly env?: readonly { name: string; value: string }[];
}

const deployment = (
	containers: readonly Container[],
	more: object = {},
): KubeObject => ({
	apiVersion: "apps/v1",
	kind: "Deployment",
	metadata: { name: "web", ...more },
	spec: {
		replicas: 0,
		selector: { matchLabels: { app: "web" } },
		template: { metadata: { labels: { app: "web" } }, spec: { containers } },
	},
});

const containersOf = (object: KubeObject): Container[] =>
	(object.spec as { template: { spec: { containers: Container[] } } }).template
		.spec.containers;

export function applying(subject: () => Subject): void {
	it("creates what is absent, owned by an Apply entry", async () => {
		const { api } = subject();
		const made = await apply(api, CONFIG_MAP, await space(api), configMap("a"));
		expect(made.metadata.managedFields).toMatchObject([
			{
				manager: MANAGER,
				operation: "Apply",
				fieldsV1: { "f:data": { "f:a": {} } },
			},
		]);
	});

	it("writes nothing when it is applied again unchanged", async () => {
		const { api } = subject();
		const ns = await space(api);
		const first = await apply(
			api,
			CONFIG_MAP,
			ns,
			configMap("a", { a: "1" }, { labels: { l: "1" } }),
		);
		const again = await apply(
			api,
			CONFIG_MAP,
			ns,
			configMap("a", { a: "1" }, { labels: { l: "1" } }),
		);
		expect(again).toEqual(first);
	});

	it("removes fields that it applied before and leaves out now", async () => {
		const { api } = subject();
		const ns = await space(api);
		await apply(
			api,
			CONFIG_MAP,
			ns,
			configMap("a", { a: "1", b: "2" }, { labels: { l: "1" } }),
		);
		const after = await apply(api, CONFIG_MAP, ns, configMap("a", { a: "1" }));
		expect(after.data).toEqual({ a: "1" });
		expect(after.metadata.labels).toBeUndefined();
	});

	it("leaves fields of others alone", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await apply(api, CONFIG_MAP, namespace, configMap("a", { a: "1" }));
		await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query: { fieldManager: "other" },
			body: {
				metadata: { annotations: { theirs: "1" } },
				data: { theirs: "1" },
			},
		});
		const after = await apply(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a", { b: "2" }),
		);
		expect(after.data).toEqual({ theirs: "1", b: "2" });
		expect(after.metadata.annotations).toEqual({ theirs: "1" });
	});

	it("conflicts with another's field unless forced, and then takes it: 409 Conflict", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(api, CONFIG_MAP, namespace, configMap("a", { a: "1" }), {
			fieldManager: "other",
		});
		const call = {
			verb: "apply",
			namespace,
			name: "a",
			body: configMap("a", { a: "2" }),
			query: { fieldManager: MANAGER },
		} as const;
		expect(await refusal(api, CONFIG_MAP, call)).toBe("409 Conflict");
		expect(await words(api, CONFIG_MAP, call)).toMatch(
			/^Apply failed with 1 conflict: conflict with "other" using v1.*: \.data\.a$/,
		);
		const taken = await apply(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a", { a: "2" }),
		);
		expect(taken.data).toEqual({ a: "2" });
		const others =
			taken.metadata.managedFields?.filter((it) => it.manager === "other") ??
			[];
		expect(JSON.stringify(others)).not.toContain("f:a");
	});

	it("repairs a field that somebody else changed", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await apply(api, CONFIG_MAP, namespace, configMap("a", { a: "1" }));
		await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query: { fieldManager: "other" },
			body: { data: { a: "drifted" } },
		});
		expect(
			(await apply(api, CONFIG_MAP, namespace, configMap("a", { a: "1" })))
				.data,
		).toEqual({ a: "1" });
	});

	it("compares and swaps by uid and resourceVersion in the body: 409 Conflict", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a"),
		);
		const { uid = "", resourceVersion = "" } = metadata;
		const with_ = (more: object, value: string) =>
			({
				verb: "apply",
				namespace,
				name: "a",
				query: FORCE,
				body: configMap("a", { a: value }, more),
			}) as const;
		expect(
			(await ask(api, CONFIG_MAP, with_({ uid, resourceVersion }, "2"))).kind,
		).toBe("ok");
		expect(
			await refusal(api, CONFIG_MAP, with_({ uid, resourceVersion }, "3")),
		).toBe("409 Conflict");
	});

	it("refuses another uid than the object's: 422 Invalid, or 409 Conflict by an old resourceVersion", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a"),
		);
		await remove(api, CONFIG_MAP, namespace, "a");
		await create(api, CONFIG_MAP, namespace, configMap("a"));
		const { uid, resourceVersion } = metadata;
		const with_ = (more: object) =>
			({
				verb: "apply",
				namespace,
				name: "a",
				query: FORCE,
				body: configMap("a", { a: "2" }, more),
			}) as const;
		expect(await refusal(api, CONFIG_MAP, with_({ uid }))).toBe("422 Invalid");
		expect(
			await refusal(api, CONFIG_MAP, with_({ uid, resourceVersion })),
		).toBe("409 Conflict");
	});

	it("creates a deleted object again when only the resourceVersion is given", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a"),
		);
		await remove(api, CONFIG_MAP, namespace, "a");
		const again = await apply(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a", { a: "2" }, { resourceVersion: metadata.resourceVersion }),
		);
		expect(again.metadata.uid).not.toBe(metadata.uid);
	});

	it("does not create a deleted object again when its uid is given: 409 Conflict", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a"),
		);
		await remove(api, CONFIG_MAP, namespace, "a");
		const { uid, resourceVersion } = metadata;
		const body = configMap("a", { a: "2" }, { uid, resourceVersion });
		expect(
			await refusal(api, CONFIG_MAP, {
				verb: "apply",
				namespace,
				name: "a",
				query: FORCE,
				body,
			}),
		).toBe("409 Conflict");
		expect(
			await refusal(api, CONFIG_MAP, { verb: "get", namespace, name: "a" }),
		).toBe("404 NotFound");
	});

	it("keeps fields dropped after a create, because the creator's entry holds them", async () => {
		const { api } = subject();
		const ns = await space(api);
		await create(api, CONFIG_MAP, ns, configMap("a", { a: "1", b: "2" }));
		expect(
			(await apply(api, CONFIG_MAP, ns, configMap("a", { a: "1" }))).data,
		).toEqual({ a: "1", b: "2" });
	});

	it("drops them once that entry was turned into an Apply entry by a JSON patch", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const before = await create(
			api,
			DEPLOYMENT,
			namespace,
			deployment(
				[
					{
						name: "c",
						image: "i",
						env: [
							{ name: "A", value: "1" },
							{ name: "B", value: "2" },
						],
					},
					{ name: "d", image: "i" },
				],
				{ labels: { gone: "1" } },
			),
		);
		expect(before.metadata.managedFields).toMatchObject([
			{ manager: MANAGER, operation: "Update" },
		]);
		// A controller may write the status in between: then it is tried again.
		const turned = await until("the entry to be turned", async () => {
			const live = await get(api, DEPLOYMENT, namespace, "web");
			const at =
				live.metadata.managedFields?.findIndex(
					(it) =>
						it.manager === MANAGER &&
						it.operation === "Update" &&
						!it.subresource,
				) ?? -1;
			const body = [
				{
					op: "test",
					path: "/metadata/resourceVersion",
					value: live.metadata.resourceVersion,
				},
				{
					op: "replace",
					path: `/metadata/managedFields/${at}/operation`,
					value: "Apply",
				},
			];
			return done(api, DEPLOYMENT, {
				verb: "json",
				namespace,
				name: "web",
				query: { fieldManager: MANAGER },
				body,
			});
		});
		expect(
			turned.metadata.managedFields?.filter((it) => it.manager === MANAGER),
		).toMatchObject([{ operation: "Apply" }]);
		const after = await apply(
			api,
			DEPLOYMENT,
			namespace,
			deployment([{ name: "c", image: "i", env: [{ name: "B", value: "2" }] }]),
		);
		expect(containersOf(after).map((it) => it.name)).toEqual(["c"]);
		expect(containersOf(after)[0]?.env).toEqual([{ name: "B", value: "2" }]);
		expect(after.metadata.labels).toBeUndefined();
		// What was defaulted stays as it is, or is defaulted anew.
		expect(after.spec).toMatchObject({ replicas: 0, revisionHistoryLimit: 10 });
		await remove(api, DEPLOYMENT, namespace, "web");
	});

	it("resets replicas to the default when it stops applying them", async () => {
		const { api } = subject();
		const ns = await space(api);
		await apply(api, DEPLOYMENT, ns, deployment([{ name: "c", image: "i" }]));
		const without = deployment([{ name: "c", image: "i" }]);
		without.spec = { ...(without.spec as object), replicas: undefined };
		expect((await apply(api, DEPLOYMENT, ns, without)).spec).toMatchObject({
			replicas: 1,
		});
		await remove(api, DEPLOYMENT, ns, "web");
	});

	it("merges containers and env by name, with those of others", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await apply(
			api,
			DEPLOYMENT,
			namespace,
			deployment([{ name: "c", image: "i", env: [{ name: "A", value: "1" }] }]),
		);
		await apply(
			api,
			DEPLOYMENT,
			namespace,
			deployment([{ name: "side", image: "s" }]),
			{ fieldManager: "other", force: "true" },
		);
		const after = await apply(
			api,
			DEPLOYMENT,
			namespace,
			deployment([{ name: "c", image: "j", env: [{ name: "B", value: "2" }] }]),
		);
		expect(
			containersOf(after).map(({ name, image }) => `${name}=${image}`),
		).toEqual(["c=j", "side=s"]);
		expect(containersOf(after)[0]?.env).toEqual([{ name: "B", value: "2" }]);
		await remove(api, DEPLOYMENT, namespace, "web");
	});

	it("replaces an atomic field as a whole", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const role = {
			group: "rbac.authorization.k8s.io",
			version: "v1",
			kind: "Role",
			plural: "roles",
			namespaced: true,
		};
		const body = (resources: string[]): KubeObject => ({
			apiVersion: "rbac.authorization.k8s.io/v1",
			kind: "Role",
			metadata: { name: "r" },
			rules: [{ apiGroups: [""], resources, verbs: ["get"] }],
		});
		await apply(api, role, namespace, body(["pods", "secrets"]));
		expect((await apply(api, role, namespace, body(["pods"]))).rules).toEqual([
			{ apiGroups: [""], resources: ["pods"], verbs: ["get"] },
		]);
	});

	it("raises the generation with the specification and with nothing else", async () => {
		const { api } = subject();
		const ns = await space(api);
		await apply(api, DEPLOYMENT, ns, deployment([{ name: "c", image: "i" }]));
		const labelled = await apply(
			api,
			DEPLOYMENT,
			ns,
			deployment([{ name: "c", image: "i" }], { labels: { l: "1" } }),
		);
		expect(labelled.metadata.generation).toBe(1);
		const changed = await apply(
			api,
			DEPLOYMENT,
			ns,
			deployment([{ name: "c", image: "j" }], { labels: { l: "1" } }),
		);
		expect(changed.metadata.generation).toBe(2);
		await remove(api, DEPLOYMENT, ns, "web");
	});

	it("says what is wrong in a dry run, and writes nothing", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const query = { ...FORCE, dryRun: "All" };
		const bad = deployment([]);
		expect(
			await refusal(api, DEPLOYMENT, {
				verb: "apply",
				namespace,
				name: "web",
				body: bad,
				query,
			}),
		).toBe("422 Invalid");
		expect(
			await words(api, DEPLOYMENT, {
				verb: "apply",
				namespace,
				name: "web",
				body: bad,
				query,
			}),
		).toContain("spec.template.spec.containers: Required value");
		const good = await apply(
			api,
			DEPLOYMENT,
			namespace,
			deployment([{ name: "c", image: "i" }]),
			query,
		);
		expect(good.spec).toMatchObject({ replicas: 0 });
		expect(
			await refusal(api, DEPLOYMENT, { verb: "get", namespace, name: "web" }),
		).toBe("404 NotFound");
	});

	it("refuses a value of the wrong type in a create: 400 BadRequest", async () => {
		const { api } = subject();
		const bad = deployment([{ name: "c", image: "i" }]);
		bad.spec = { ...(bad.spec as object), replicas: "three" };
		const call = {
			verb: "create",
			namespace: await space(api),
			body: bad,
		} as const;
		expect(await refusal(api, DEPLOYMENT, call)).toBe("400 BadRequest");
		expect(await words(api, DEPLOYMENT, call)).toContain(
			"json: cannot unmarshal string into Go struct field",
		);
	});

	it("refuses a value of the wrong type", async () => {
		const { api } = subject();
		const bad = deployment([{ name: "c", image: "i" }]);
		bad.spec = { ...(bad.spec as object), replicas: "three" };
		const answer = await ask(api, DEPLOYMENT, {
			verb: "apply",
			namespace: await space(api),
			name: "web",
			body: bad,
			query: { ...FORCE, dryRun: "All" },
		});
		expect(answer).toMatchObject({
			status: 500,
			message: expect.stringContaining(
				".spec.replicas: expected numeric (int or float), got string",
			),
		});
	});

	it("answers 404 to an apply into a namespace that is not there", async () => {
		const { api } = subject();
		const call = {
			verb: "apply",
			namespace: "contract-nowhere",
			name: "a",
			body: configMap("a"),
			query: FORCE,
		} as const;
		expect(await refusal(api, CONFIG_MAP, call)).toBe("404 NotFound");
	});

	it("wants a field manager: 422", async () => {
		const { api } = subject();
		const call = {
			verb: "apply",
			namespace: await space(api),
			name: "a",
			body: configMap("a"),
			query: { force: "true" },
		} as const;
		expect(await refusal(api, CONFIG_MAP, call)).toBe("422 Invalid");
	});
}
