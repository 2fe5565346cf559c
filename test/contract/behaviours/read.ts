import { expect, it } from "vitest";
import { NODE } from "../../../src/api/kind.ts";
import {
	CONFIG_MAP,
	configMap,
	create,
	done,
	list,
	refusal,
	remove,
	type Subject,
	space,
} from "../subject.ts";

const named = (
	items: readonly { metadata: { name?: string } }[],
): (string | undefined)[] => items.map((it) => it.metadata.name);

/** The root certificate that real clusters put into every namespace is nobody's business here. */
const OURS = { labelSelector: "contract" };
const labelled = (name: string, more: Record<string, string> = {}) =>
	configMap(name, {}, { labels: { contract: "1", ...more } });

export function reading(subject: () => Subject): void {
	it("lists in the order of names, with a resourceVersion", async () => {
		const { api } = subject();
		const ns = await space(api);
		for (const name of ["b", "c", "a"])
			await create(api, CONFIG_MAP, ns, labelled(name));
		const found = await list(api, CONFIG_MAP, ns, OURS);
		expect(named(found.items)).toEqual(["a", "b", "c"]);
		expect(found.metadata.resourceVersion).toMatch(/^\d+$/);
	});

	it("tells the kind of the list, but not of items of built-in kinds", async () => {
		const { api } = subject();
		const ns = await space(api);
		await create(api, CONFIG_MAP, ns, labelled("a"));
		const found = await list(api, CONFIG_MAP, ns, OURS);
		expect(found).toMatchObject({ apiVersion: "v1", kind: "ConfigMapList" });
		expect(found.items).toHaveLength(1);
		expect(found.items[0]).not.toHaveProperty("kind");
		expect(found.items[0]).not.toHaveProperty("apiVersion");
	});

	it("lists page by page: all pages show the state of the first", async () => {
		const { api } = subject();
		const ns = await space(api);
		for (const name of ["a", "b", "c", "d", "e"])
			await create(api, CONFIG_MAP, ns, labelled(name));
		const first = await list(api, CONFIG_MAP, ns, { ...OURS, limit: "2" });
		await create(api, CONFIG_MAP, ns, labelled("bb"));
		await remove(api, CONFIG_MAP, ns, "e");
		const second = await list(api, CONFIG_MAP, ns, {
			...OURS,
			limit: "2",
			continue: first.metadata.continue ?? "",
		});
		const third = await list(api, CONFIG_MAP, ns, {
			...OURS,
			limit: "2",
			continue: second.metadata.continue ?? "",
		});
		expect([first, second, third].map((it) => named(it.items))).toEqual([
			["a", "b"],
			["c", "d"],
			["e"],
		]);
		expect(third.metadata.continue ?? "").toBe("");
		expect(second.metadata.resourceVersion).toBe(
			first.metadata.resourceVersion,
		);
	});

	it("refuses a continue token it did not give: 400", async () => {
		const { api } = subject();
		const query = { limit: "2", continue: "nonsense" };
		expect(
			await refusal(api, CONFIG_MAP, {
				verb: "list",
				namespace: "default",
				query,
			}),
		).toBe("400 BadRequest");
	});

	it("selects by labels: equal, unequal, in, notin, there, not there", async () => {
		const { api } = subject();
		const ns = await space(api);
		await create(api, CONFIG_MAP, ns, labelled("a", { app: "x" }));
		await create(api, CONFIG_MAP, ns, labelled("b", { app: "y", tier: "1" }));
		await create(api, CONFIG_MAP, ns, labelled("c"));
		const by = async (terms: string) =>
			named(
				(
					await list(api, CONFIG_MAP, ns, {
						labelSelector: `contract,${terms}`,
					})
				).items,
			);
		expect(await by("app=x")).toEqual(["a"]);
		expect(await by("app!=x")).toEqual(["b", "c"]);
		expect(await by("app in (x,y)")).toEqual(["a", "b"]);
		expect(await by("app notin (x)")).toEqual(["b", "c"]);
		expect(await by("app")).toEqual(["a", "b"]);
		expect(await by("!app")).toEqual(["c"]);
		expect(await by("app=y,tier=1")).toEqual(["b"]);
	});

	it("selects one object by its name", async () => {
		const { api } = subject();
		const ns = await space(api);
		for (const name of ["a", "b"])
			await create(api, CONFIG_MAP, ns, labelled(name));
		expect(
			named(
				(await list(api, CONFIG_MAP, ns, { fieldSelector: "metadata.name=b" }))
					.items,
			),
		).toEqual(["b"]);
	});

	it("lists over all namespaces", async () => {
		const { api } = subject();
		const [one, other] = [await space(api), await space(api)];
		const label = `all-${one}`;
		await create(api, CONFIG_MAP, one, labelled("a", { mark: label }));
		await create(api, CONFIG_MAP, other, labelled("a", { mark: label }));
		const found = await list(api, CONFIG_MAP, undefined, {
			labelSelector: `mark=${label}`,
		});
		expect(found.items.map((it) => it.metadata.namespace)).toEqual(
			[one, other].sort(),
		);
	});

	it("lists nodes page by page, with the features that they declare", async () => {
		const { api } = subject();
		const mark = await space(api);
		const labels = { contract: mark };
		const declaredFeatures = ["RestartAllContainersOnContainerExits"];
		for (const at of ["a", "b"]) {
			const name = `${mark}-${at}`;
			await create(api, NODE, undefined, {
				apiVersion: "v1",
				kind: "Node",
				metadata: { name, labels },
			});
			await done(api, NODE, {
				verb: "merge",
				name,
				subresource: "status",
				body: { status: { declaredFeatures } },
			});
		}
		const query = { labelSelector: `contract=${mark}`, limit: "1" };
		const first = await list(api, NODE, undefined, query);
		const second = await list(api, NODE, undefined, {
			...query,
			continue: first.metadata.continue ?? "",
		});
		const found = [...first.items, ...second.items];
		expect(named(found)).toEqual([`${mark}-a`, `${mark}-b`]);
		for (const it of found)
			expect(it.status).toMatchObject({ declaredFeatures });
		for (const it of found)
			await remove(api, NODE, undefined, it.metadata.name ?? "");
	});
}
