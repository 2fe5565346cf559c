import { expect, it } from "vitest";
import {
	ask,
	CONFIG_MAP,
	configMap,
	create,
	done,
	get,
	MANAGER,
	refusal,
	type Subject,
	space,
	words,
} from "../subject.ts";

const query = { fieldManager: MANAGER };

export function patching(subject: () => Subject): void {
	it("merges a merge patch: null removes, lists are replaced", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap(
				"a",
				{ x: "1", y: "2" },
				{ finalizers: ["contract.example/a", "contract.example/b"] },
			),
		);
		const after = await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query,
			body: {
				metadata: { finalizers: ["contract.example/b"] },
				data: { x: null, z: "3" },
			},
		});
		expect(after.data).toEqual({ y: "2", z: "3" });
		expect(after.metadata.finalizers).toEqual(["contract.example/b"]);
		await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query,
			body: { metadata: { finalizers: null } },
		});
	});

	it("compares and swaps a merge patch by the resourceVersion in it: 409 Conflict", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a"),
		);
		const call = {
			verb: "merge",
			namespace,
			name: "a",
			query,
			body: {
				metadata: { resourceVersion: metadata.resourceVersion },
				data: { a: "2" },
			},
		} as const;
		expect((await ask(api, CONFIG_MAP, call)).kind).toBe("ok");
		expect(await refusal(api, CONFIG_MAP, call)).toBe("409 Conflict");
		expect(await words(api, CONFIG_MAP, call)).toBe(
			'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
		);
	});

	it("refuses another uid in a merge patch: 422 Invalid", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(api, CONFIG_MAP, namespace, configMap("a"));
		const body = {
			metadata: { uid: "00000000-0000-4000-8000-000000000000" },
			data: { a: "2" },
		};
		expect(
			await refusal(api, CONFIG_MAP, {
				verb: "merge",
				namespace,
				name: "a",
				query,
				body,
			}),
		).toBe("422 Invalid");
	});

	it("writes nothing when a patch changes nothing", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const before = await create(api, CONFIG_MAP, namespace, configMap("a"));
		const after = await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query,
			body: { data: { a: "1" } },
		});
		expect(after.metadata.resourceVersion).toBe(
			before.metadata.resourceVersion,
		);
	});

	it("answers 404 to a patch of what is not there", async () => {
		const { api } = subject();
		expect(
			await refusal(api, CONFIG_MAP, {
				verb: "merge",
				namespace: await space(api),
				name: "a",
				body: {},
			}),
		).toBe("404 NotFound");
	});

	it("carries out a JSON patch", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a", { x: "1", y: "2" }),
		);
		const body = [
			{
				op: "test",
				path: "/metadata/resourceVersion",
				value: metadata.resourceVersion,
			},
			{ op: "remove", path: "/data/x" },
			{ op: "add", path: "/data/z", value: "3" },
			{ op: "replace", path: "/data/y", value: "4" },
		];
		expect(
			(
				await done(api, CONFIG_MAP, {
					verb: "json",
					namespace,
					name: "a",
					query,
					body,
				})
			).data,
		).toEqual({ y: "4", z: "3" });
	});

	it("does nothing when the test in a JSON patch fails: 422", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const before = await create(api, CONFIG_MAP, namespace, configMap("a"));
		const body = [
			{ op: "add", path: "/data/b", value: "2" },
			{ op: "test", path: "/metadata/resourceVersion", value: "1" },
		];
		expect(
			await refusal(api, CONFIG_MAP, {
				verb: "json",
				namespace,
				name: "a",
				query,
				body,
			}),
		).toBe("422 Invalid");
		expect(await get(api, CONFIG_MAP, namespace, "a")).toEqual(before);
	});

	it("keeps what a dry run changes to itself", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const before = await create(api, CONFIG_MAP, namespace, configMap("a"));
		const tried = await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query: { ...query, dryRun: "All" },
			body: { data: { a: "2" } },
		});
		expect(tried.data).toEqual({ a: "2" });
		expect(await get(api, CONFIG_MAP, namespace, "a")).toEqual(before);
	});

	it("does not let a patch change name, uid or creationTimestamp", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const before = await create(api, CONFIG_MAP, namespace, configMap("a"));
		const after = await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query,
			body: {
				metadata: { creationTimestamp: "2001-01-01T00:00:00Z", generation: 7 },
				data: { a: "2" },
			},
		});
		expect(after.metadata.creationTimestamp).toBe(
			before.metadata.creationTimestamp,
		);
	});
}
