import { expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import {
	apply,
	CONFIG_MAP,
	configMap,
	create,
	done,
	FORCE,
	MANAGER,
	refusal,
	type Subject,
	space,
	words,
} from "../subject.ts";

interface Container {
	readonly name: string;
	readonly image: string;
	readonly env?: readonly { name: string; value: string }[];
}

const _deployment = (
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

const _containersOf = (object: KubeObject): Container[] =>
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

	it("keeps fields dropped after a create, because the creator's entry holds them", async () => {
		const { api } = subject();
		const ns = await space(api);
		await create(api, CONFIG_MAP, ns, configMap("a", { a: "1", b: "2" }));
		expect(
			(await apply(api, CONFIG_MAP, ns, configMap("a", { a: "1" }))).data,
		).toEqual({ a: "1", b: "2" });
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
