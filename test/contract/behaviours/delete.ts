import { expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import {
	CONFIG_MAP,
	configMap,
	create,
	done,
	get,
	MANAGER,
	refusal,
	remove,
	type Subject,
	space,
	words,
} from "../subject.ts";

const FINALIZER = "contract.example/hold";
const query = { fieldManager: MANAGER };

const _ownedBy = (
	owner: KubeObject,
	name: string,
	more: object = {},
): KubeObject => {
	const { name: ownerName = "", uid = "" } = owner.metadata;
	const reference = {
		apiVersion: owner.apiVersion,
		kind: owner.kind,
		name: ownerName,
		uid,
		controller: true,
		blockOwnerDeletion: true,
	};
	return configMap(name, {}, { ownerReferences: [reference], ...more });
};

export function deleting(subject: () => Subject): void {
	it("deletes at once what nothing holds, and answers 404 the second time", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(api, CONFIG_MAP, namespace, configMap("a"));
		await remove(api, CONFIG_MAP, namespace, "a");
		expect(
			await refusal(api, CONFIG_MAP, { verb: "delete", namespace, name: "a" }),
		).toBe("404 NotFound");
	});

	it("compares the uid before it deletes: 409 Conflict", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a"),
		);
		const wrong = {
			preconditions: { uid: "00000000-0000-4000-8000-000000000000" },
		};
		expect(
			await refusal(api, CONFIG_MAP, {
				verb: "delete",
				namespace,
				name: "a",
				body: wrong,
			}),
		).toBe("409 Conflict");
		expect(
			await words(api, CONFIG_MAP, {
				verb: "delete",
				namespace,
				name: "a",
				body: wrong,
			}),
		).toContain("00000000-0000-4000-8000-000000000000");
		await remove(api, CONFIG_MAP, namespace, "a", {
			preconditions: { uid: metadata.uid },
		});
	});

	it("compares the resourceVersion before it deletes: 409 Conflict", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a"),
		);
		await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query,
			body: { data: { a: "2" } },
		});
		const body = {
			preconditions: { resourceVersion: metadata.resourceVersion },
		};
		expect(
			await refusal(api, CONFIG_MAP, {
				verb: "delete",
				namespace,
				name: "a",
				body,
			}),
		).toBe("409 Conflict");
	});

	it("waits for finalizers, forbids new ones, and goes with the last", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a", {}, { finalizers: [FINALIZER, `${FINALIZER}-2`] }),
		);
		const marked = await remove(api, CONFIG_MAP, namespace, "a");
		expect(marked.metadata.deletionTimestamp).toBeTypeOf("string");
		const finalizers = (names: string[] | null) =>
			({
				verb: "merge",
				namespace,
				name: "a",
				query,
				body: { metadata: { finalizers: names } },
			}) as const;
		expect(
			await refusal(
				api,
				CONFIG_MAP,
				finalizers([FINALIZER, `${FINALIZER}-2`, `${FINALIZER}-3`]),
			),
		).toBe("422 Invalid");
		await done(api, CONFIG_MAP, finalizers([FINALIZER]));
		await get(api, CONFIG_MAP, namespace, "a");
		await done(api, CONFIG_MAP, finalizers(null));
		expect(
			await refusal(api, CONFIG_MAP, { verb: "get", namespace, name: "a" }),
		).toBe("404 NotFound");
	});

	it("keeps the deletionTimestamp of an object that is deleted twice", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a", {}, { finalizers: [FINALIZER] }),
		);
		const first = await remove(api, CONFIG_MAP, namespace, "a");
		const second = await remove(api, CONFIG_MAP, namespace, "a");
		expect(second.metadata.deletionTimestamp).toBe(
			first.metadata.deletionTimestamp,
		);
		expect(second.metadata.resourceVersion).toBe(
			first.metadata.resourceVersion,
		);
		await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query,
			body: { metadata: { finalizers: null } },
		});
	});
}
