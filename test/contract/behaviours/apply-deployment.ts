import { expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import { until } from "../../clusters/wait.ts";
import {
	apply,
	ask,
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

export function applyingDeployments(subject: () => Subject): void {
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

	it("refuses a value of the wrong type in an apply: the server says 500, the adapter 422 Invalid", async () => {
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
			status: 422,
			reason: "Invalid",
			message: expect.stringContaining(
				".spec.replicas: expected numeric (int or float), got string",
			),
		});
	});
}
