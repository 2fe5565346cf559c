import { expect, it } from "vitest";
import { NAMESPACE } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { until } from "../../clusters/wait.ts";
import {
	ask,
	CONFIG_MAP,
	configMap,
	create,
	done,
	get,
	gone,
	MANAGER,
	refusal,
	remove,
	type Subject,
	space,
} from "../subject.ts";

const FINALIZER = "contract.example/hold";
const query = { fieldManager: MANAGER };

const ownedBy = (
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

export function collecting(subject: () => Subject): void {
	it("collects what an object owned, after it went", async () => {
		const { api } = subject();
		const ns = await space(api);
		const owner = await create(api, CONFIG_MAP, ns, configMap("owner"));
		await create(api, CONFIG_MAP, ns, ownedBy(owner, "owned"));
		await create(api, CONFIG_MAP, ns, configMap("free"));
		await remove(api, CONFIG_MAP, ns, "owner", {
			propagationPolicy: "Background",
		});
		expect(
			(
				await ask(api, CONFIG_MAP, {
					verb: "get",
					namespace: ns,
					name: "owner",
				})
			).kind,
		).toBe("refused");
		await gone(api, CONFIG_MAP, ns, "owned");
		await get(api, CONFIG_MAP, ns, "free");
	});

	it("deletes what it owns first, in the foreground, and waits for it", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const owner = await create(api, CONFIG_MAP, namespace, configMap("owner"));
		await create(
			api,
			CONFIG_MAP,
			namespace,
			ownedBy(owner, "owned", { finalizers: [FINALIZER] }),
		);
		const marked = await remove(api, CONFIG_MAP, namespace, "owner", {
			propagationPolicy: "Foreground",
		});
		expect(marked.metadata.finalizers).toEqual(["foregroundDeletion"]);
		await until(
			"what it owns to be going",
			async () =>
				(await get(api, CONFIG_MAP, namespace, "owned")).metadata
					.deletionTimestamp,
		);
		expect(
			(await get(api, CONFIG_MAP, namespace, "owner")).metadata
				.deletionTimestamp,
		).toBeTypeOf("string");
		const left = (
			await get(api, CONFIG_MAP, namespace, "owned")
		).metadata.finalizers?.filter((it) => it !== FINALIZER);
		await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "owned",
			query,
			body: { metadata: { finalizers: left?.length ? left : null } },
		});
		await gone(api, CONFIG_MAP, namespace, "owned");
		await gone(api, CONFIG_MAP, namespace, "owner");
	});

	it("leaves what it owned, without the reference, when it orphans", async () => {
		const { api } = subject();
		const ns = await space(api);
		const owner = await create(api, CONFIG_MAP, ns, configMap("owner"));
		await create(api, CONFIG_MAP, ns, ownedBy(owner, "owned"));
		await remove(api, CONFIG_MAP, ns, "owner", { propagationPolicy: "Orphan" });
		await gone(api, CONFIG_MAP, ns, "owner");
		await until(
			"the reference to be gone",
			async () =>
				(await get(api, CONFIG_MAP, ns, "owned")).metadata.ownerReferences ===
				undefined,
		);
	});

	it("keeps an object whose owner reference was taken off first", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const owner = await create(api, CONFIG_MAP, namespace, configMap("owner"));
		await create(api, CONFIG_MAP, namespace, ownedBy(owner, "kept"));
		await create(api, CONFIG_MAP, namespace, ownedBy(owner, "collected"));
		await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "kept",
			query,
			body: { metadata: { ownerReferences: null } },
		});
		await remove(api, CONFIG_MAP, namespace, "owner");
		await gone(api, CONFIG_MAP, namespace, "collected");
		await get(api, CONFIG_MAP, namespace, "kept");
	});

	it("collects an object whose owner does not exist", async () => {
		const { api } = subject();
		const ns = await space(api);
		const owner = await create(api, CONFIG_MAP, ns, configMap("owner"));
		await remove(api, CONFIG_MAP, ns, "owner");
		await create(api, CONFIG_MAP, ns, ownedBy(owner, "late"));
		await gone(api, CONFIG_MAP, ns, "late");
	});

	it("empties a namespace that is deleted, and creates nothing in it: 403 Forbidden", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(
			api,
			CONFIG_MAP,
			namespace,
			configMap("a", {}, { finalizers: [FINALIZER] }),
		);
		await remove(api, NAMESPACE, undefined, namespace);
		expect(
			await refusal(api, CONFIG_MAP, {
				verb: "create",
				namespace,
				body: configMap("b"),
			}),
		).toBe("403 Forbidden");
		await until(
			"its objects to be going",
			async () =>
				(await get(api, CONFIG_MAP, namespace, "a")).metadata.deletionTimestamp,
		);
		await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query,
			body: { metadata: { finalizers: null } },
		});
		await gone(api, NAMESPACE, undefined, namespace);
	}, 90_000);
}
