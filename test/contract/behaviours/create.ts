import { expect, it } from "vitest";
import { NAMESPACE, SECRET } from "../../../src/api/kind.ts";
import {
	ask,
	CONFIG_MAP,
	configMap,
	create,
	done,
	get,
	kind,
	list,
	MANAGER,
	refusal,
	remove,
	type Subject,
	space,
	words,
} from "../subject.ts";

export function creating(subject: () => Subject): void {
	it("creates an object and gives it uid, resourceVersion and creationTimestamp", async () => {
		const { api } = subject();
		const ns = await space(api);
		const made = await create(api, CONFIG_MAP, ns, configMap("a"));
		expect(made.metadata).toMatchObject({
			name: "a",
			namespace: ns,
			uid: expect.any(String),
			resourceVersion: expect.stringMatching(/^\d+$/),
			creationTimestamp: expect.stringMatching(
				/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
			),
		});
		expect(await get(api, CONFIG_MAP, ns, "a")).toEqual(made);
	});

	it("remembers who created it, as an Update entry", async () => {
		const { api } = subject();
		const made = await create(
			api,
			CONFIG_MAP,
			await space(api),
			configMap("a"),
		);
		expect(made.metadata.managedFields).toMatchObject([
			{
				manager: MANAGER,
				operation: "Update",
				fieldsV1: { "f:data": { ".": {}, "f:a": {} } },
			},
		]);
	});

	it("refuses a second object of the same name: 409 AlreadyExists", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(api, CONFIG_MAP, namespace, configMap("a"));
		const again = { verb: "create", namespace, body: configMap("a") } as const;
		expect(await refusal(api, CONFIG_MAP, again)).toBe("409 AlreadyExists");
		expect(await words(api, CONFIG_MAP, again)).toBe(
			'configmaps "a" already exists',
		);
	});

	it("refuses a resourceVersion on a new object", async () => {
		const { api } = subject();
		const body = configMap("a", {}, { resourceVersion: "1" });
		const answer = await ask(api, CONFIG_MAP, {
			verb: "create",
			namespace: await space(api),
			body,
		});
		expect(answer).toMatchObject({
			status: 500,
			message: expect.stringContaining(
				"resourceVersion should not be set on objects to be created",
			),
		});
	});

	it("refuses an object in a namespace that is not there: 404", async () => {
		const { api } = subject();
		const call = {
			verb: "create",
			namespace: "contract-nowhere",
			body: configMap("a"),
		} as const;
		expect(await refusal(api, CONFIG_MAP, call)).toBe("404 NotFound");
		expect(await words(api, CONFIG_MAP, call)).toBe(
			'namespaces "contract-nowhere" not found',
		);
	});

	it("refuses a bad name: 422 Invalid", async () => {
		const { api } = subject();
		const call = {
			verb: "create",
			namespace: await space(api),
			body: configMap("Bad_Name"),
		} as const;
		expect(await refusal(api, CONFIG_MAP, call)).toBe("422 Invalid");
		expect(await words(api, CONFIG_MAP, call)).toContain(
			'metadata.name: Invalid value: "Bad_Name"',
		);
	});

	it("refuses a ConfigMap of more than 1 MiB: 422 Invalid", async () => {
		const { api } = subject();
		const body = configMap("a", { large: "x".repeat(1024 * 1024 + 1) });
		const call = { verb: "create", namespace: await space(api), body } as const;
		expect(await refusal(api, CONFIG_MAP, call)).toBe("422 Invalid");
		expect(await words(api, CONFIG_MAP, call)).toContain(
			"may not be more than 1048576 bytes",
		);
	});

	it("refuses another namespace in the body than in the address: 400", async () => {
		const { api } = subject();
		const body = configMap("a", {}, { namespace: "default" });
		expect(
			await refusal(api, CONFIG_MAP, {
				verb: "create",
				namespace: await space(api),
				body,
			}),
		).toBe("400 BadRequest");
	});

	it("writes nothing in a dry run, and says what it would write", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const made = await create(api, CONFIG_MAP, namespace, configMap("a"), {
			dryRun: "All",
			fieldManager: MANAGER,
		});
		expect(made.metadata.uid).toBeTypeOf("string");
		expect(
			await refusal(api, CONFIG_MAP, { verb: "get", namespace, name: "a" }),
		).toBe("404 NotFound");
	});

	it("turns a Secret's stringData into data", async () => {
		const { api } = subject();
		const made = await create(api, SECRET, await space(api), {
			apiVersion: "v1",
			kind: "Secret",
			metadata: { name: "s" },
			stringData: { key: "word" },
		});
		expect(made).toMatchObject({ type: "Opaque", data: { key: "d29yZA==" } });
		expect(made.stringData).toBeUndefined();
	});

	it("fills in defaults: replicas of a Deployment, protocol of a port, generation 1", async () => {
		const { api } = subject();
		const ns = await space(api);
		const made = await create(api, kind("Deployment"), ns, {
			apiVersion: "apps/v1",
			kind: "Deployment",
			metadata: { name: "web" },
			spec: {
				selector: { matchLabels: { app: "web" } },
				template: {
					metadata: { labels: { app: "web" } },
					spec: {
						containers: [
							{ name: "c", image: "i", ports: [{ containerPort: 80 }] },
						],
					},
				},
			},
		});
		expect(made).toMatchObject({
			metadata: { generation: 1 },
			spec: {
				replicas: 1,
				template: {
					spec: {
						containers: [{ ports: [{ protocol: "TCP" }] }],
						restartPolicy: "Always",
					},
				},
			},
		});
		await remove(api, kind("Deployment"), ns, "web");
	});

	it("labels a namespace with its name", async () => {
		const { api } = subject();
		const name = await space(api);
		expect(
			(await get(api, NAMESPACE, undefined, name)).metadata.labels,
		).toMatchObject({ "kubernetes.io/metadata.name": name });
	});

	it("knows kube-system from the start, with a uid", async () => {
		const { api } = subject();
		expect(
			(await get(api, NAMESPACE, undefined, "kube-system")).metadata.uid,
		).toMatch(/^[0-9a-f-]{36}$/);
	});

	it("answers 404 for a kind it does not serve", async () => {
		const { api } = subject();
		const unknown = {
			group: "contract.example",
			version: "v1",
			kind: "Nothing",
			plural: "nothings",
			namespaced: true,
		};
		expect(
			await refusal(api, unknown, { verb: "list", namespace: "default" }),
		).toBe("404 NotFound");
		expect(
			await refusal(api, unknown, {
				verb: "get",
				namespace: "default",
				name: "x",
			}),
		).toBe("404 NotFound");
	});

	it("answers 401 to credentials it does not know", async () => {
		const { stranger } = subject();
		expect(
			await refusal(stranger, NAMESPACE, { verb: "get", name: "kube-system" }),
		).toBe("401 Unauthorized");
	});

	it("keeps Events as they are written", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const event = {
			group: "",
			version: "v1",
			kind: "Event",
			plural: "events",
			namespaced: true,
		};
		const time = "2030-01-01T00:00:00Z";
		await create(api, event, namespace, {
			apiVersion: "v1",
			kind: "Event",
			metadata: { name: "e.1" },
			involvedObject: {
				kind: "ConfigMap",
				name: "a",
				namespace,
				apiVersion: "v1",
			},
			reason: "Promoted",
			message: "m",
			type: "Normal",
			count: 1,
			firstTimestamp: time,
			lastTimestamp: time,
			source: { component: MANAGER },
		});
		const counted = {
			verb: "merge",
			namespace,
			name: "e.1",
			query: { fieldManager: MANAGER },
			body: { count: 2, lastTimestamp: "2030-01-01T00:01:00Z" },
		} as const;
		await done(api, event, counted);
		const found = await list(api, event, namespace, {
			fieldSelector: "involvedObject.name=a",
		});
		expect(found.items).toMatchObject([
			{
				reason: "Promoted",
				count: 2,
				firstTimestamp: time,
				lastTimestamp: "2030-01-01T00:01:00Z",
			},
		]);
	});
}
