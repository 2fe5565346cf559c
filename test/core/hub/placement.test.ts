import { describe, expect, it } from "vitest";
import {
	namespaceProblem,
	place,
	SIZE_LIMIT,
	sideSpec,
} from "../../../src/core/hub/placement.ts";
import { sourceOf } from "../../../src/core/hub/service.ts";
import { service } from "./fixture.ts";

const COLD = { mode: "Cold" } as const;
const source = (patches: object[] = []) =>
	sourceOf(
		service({ clusters: [{ name: "north" }, { name: "south", patches }] }),
	);
const onMap = (...ops: object[]) => ({
	target: { kind: "ConfigMap", name: "web" },
	ops,
});

describe("placing", () => {
	it("applies a region's patches to its own objects only", () => {
		const from = source([
			onMap({ op: "replace", path: "/data/a", value: "2" }),
		]);
		const data = (cluster: string) => {
			const made = place(from, cluster, COLD);
			return "objects" in made
				? made.objects.find((it) => it.kind === "ConfigMap")?.data
				: made;
		};
		expect(data("south")).toEqual({ a: "2" });
		expect(data("north")).toEqual({ a: "1" });
	});

	it("hashes objects and standby, whatever the order of keys", () => {
		const hash = (standby: object, from = source()) => {
			const made = place(from, "north", standby as typeof COLD);
			return "hash" in made ? made.hash : undefined;
		};
		const turned = source();
		const [first] = turned.manifests;
		const reversed = Object.fromEntries(
			Object.entries(first ?? {}).reverse(),
		) as typeof first;
		const other = {
			...turned,
			manifests: [reversed, ...turned.manifests.slice(1)],
		} as typeof turned;
		expect(hash(COLD)).toMatch(/^[0-9a-f]{16}$/);
		expect(hash(COLD, other)).toBe(hash(COLD));
		expect(hash({ mode: "Hot" })).not.toBe(hash(COLD));
	});

	it.each<[string, object, string]>([
		["no such place", { op: "replace", path: "/x/y", value: 1 }, "ops[0]"],
		[
			"a pointer that is none",
			{ op: "copy", from: "data", path: "/data/b" },
			"Pointer",
		],
		["a test that fails", { op: "test", path: "/data/a", value: "9" }, "Test"],
		[
			"a name moved away",
			{ op: "move", from: "/metadata/name", path: "/data/n" },
			"called",
		],
		[
			"a namespace",
			{ op: "add", path: "/metadata/namespace", value: "x" },
			"called",
		],
	])("refuses a patch with %s", (_, op, words) => {
		const made = place(source([onMap(op)]), "south", COLD);
		expect(made).toMatchObject({ reason: "PatchFailed" });
		expect("message" in made && made.message).toContain(words);
		expect("message" in made && made.message).toContain(
			"spec.clusters[1].patches[0]",
		);
	});

	it("leaves prototypes alone", () => {
		place(
			source([onMap({ op: "add", path: "/__proto__/polluted", value: 1 })]),
			"south",
			COLD,
		);
		expect(({} as { polluted?: number }).polluted).toBeUndefined();
	});

	it("refuses what etcd would not take", () => {
		const big = onMap({
			op: "add",
			path: "/data/b",
			value: "x".repeat(SIZE_LIMIT),
		});
		expect(place(source([big]), "south", COLD)).toMatchObject({
			reason: "TooLarge",
		});
		expect(place(source([big]), "north", COLD)).toHaveProperty("hash");
	});

	it.each([
		["shop", false],
		["kube-system", true],
		["kube-public", true],
		["twin-operator-system", true],
		["kubernetes", false],
	])("namespace %s: refused %s", (namespace, refused) => {
		const problem = namespaceProblem(namespace, "twin-operator-system");
		expect(problem !== undefined).toBe(refused);
	});

	it("names the other region as twin, and carries no wish", () => {
		const of = service();
		const made = place(sourceOf(of), "south", COLD);
		if (!("hash" in made)) throw new Error(made.message);
		const spec = sideSpec(
			of,
			{
				installation: "default",
				region: "south",
				policy: "Available",
				home: "north",
			},
			made,
		);
		expect(spec).toMatchObject({
			region: "south",
			twin: "north",
			home: "north",
		});
		expect(spec).not.toHaveProperty("wish");
		expect(spec).not.toHaveProperty("suspend");
	});
});
