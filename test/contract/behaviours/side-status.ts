import { expect, it } from "vitest";
import { TWIN_SIDE } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { until } from "../../clusters/wait.ts";
import {
	create,
	done,
	FORCE,
	list,
	MANAGER,
	refusal,
	type Subject,
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

export function statuses(subject: () => Subject): void {
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
}
