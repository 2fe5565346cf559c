import { expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import {
	apply,
	ask,
	CONFIG_MAP,
	configMap,
	create,
	FORCE,
	refusal,
	remove,
	type Subject,
	space,
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

export function swapping(subject: () => Subject): void {
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
}
