/** The CRDs against the code that has to be in step with them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { mendClass } from "../../scripts/generate/mend.ts";
import {
	GENERATED,
	generateReference,
	generateTypes,
	REFERENCE,
} from "../../scripts/generate.ts";
import { TwinSide as TwinSideModel } from "../../src/api/generated/TwinSide.ts";
import {
	apiVersionOf,
	MANIFEST_KINDS,
	TWIN_CLUSTER,
	TWIN_OPERATION,
	TWIN_SERVICE,
	TWIN_SIDE,
} from "../../src/api/kind.ts";
import type { KubeObject } from "../../src/api/object.ts";
import type {
	TwinCluster,
	TwinOperation,
	TwinService,
	TwinSide,
} from "../../src/api/types.ts";
import { REFUSED } from "../cluster/crd-cases.ts";

interface Rule {
	rule: string;
	message: string;
}
interface Schema {
	description?: string;
	properties?: Record<string, Schema>;
	items?: Schema;
	default?: unknown;
	maxLength?: number;
	maxItems?: number;
	type?: string;
	enum?: string[];
	"x-kubernetes-validations"?: Rule[];
}
interface Crd {
	metadata: { name: string };
	spec: {
		group: string;
		scope: string;
		names: {
			kind: string;
			plural: string;
			shortNames: string[];
			categories: string[];
		};
		versions: {
			name: string;
			subresources: object;
			schema: { openAPIV3Schema: Schema };
		}[];
	};
}

const CRDS = join(import.meta.dirname, "../../crds");
const crds = readdirSync(CRDS).map(
	(it) => load(readFileSync(join(CRDS, it), "utf8")) as Crd,
);
const schemaOf = (crd: Crd): Schema => {
	const schema = crd.spec.versions[0]?.schema.openAPIV3Schema;
	if (!schema) throw new Error(`${crd.metadata.name} has no schema`);
	return schema;
};

/** Every field below a schema, by its path as `kubectl explain` has it. */
function* fields(
	schema: Schema,
	path = "",
	inList = false,
): Generator<{ path: string; schema: Schema; inList: boolean }> {
	for (const [name, it] of Object.entries(schema.properties ?? {})) {
		const at = path === "" ? name : `${path}.${name}`;
		yield { path: at, schema: it, inList };
		yield* fields(it, at, inList);
		if (it.items) yield* fields(it.items, at, true);
	}
}
/** What Kubernetes describes itself, and forbids a CRD to describe. */
const STANDARD = /^metadata(\.name)?$/;

it("docs/api.md is in step with crds/ (otherwise: npm run generate)", () => {
	expect(readFileSync(REFERENCE, "utf8")).toBe(generateReference());
});

describe("generated types", () => {
	it("are in step with crds/ (otherwise: npm run generate)", async () => {
		const types = await generateTypes();
		expect([...types.keys()]).toEqual(readdirSync(GENERATED).sort());
		for (const [name, text] of types) {
			expect(readFileSync(join(GENERATED, name), "utf8"), name).toBe(text);
		}
	});

	it("run under Node as they are", () => {
		const side = new TwinSideModel({ metadata: { name: "web" } } as TwinSide);
		expect(JSON.parse(JSON.stringify(side))).toEqual({
			apiVersion: "twin-operator.dev/v1alpha1",
			kind: "TwinSide",
			metadata: { name: "web" },
		});
		expect(TwinSideModel.is(side)).toBe(true);
	});

	it("can be given where any Kubernetes object is expected", () => {
		const every: [TwinCluster, TwinService, TwinSide, TwinOperation][] = [];
		// The compiler checks this line: an interface would not pass.
		const objects: KubeObject[][] = every;
		expect(objects).toEqual([]);
	});

	it("are not mended silently when the generator emits something else", () => {
		expect(() =>
			mendClass("TwinSide.ts", "import { a } from 'b';\nexport type X = {};\n"),
		).toThrow(/step "validator" found nothing to mend/);
	});
});

describe("crds/", () => {
	it("have the names that the code uses", () => {
		const named = crds.map(({ spec }) => ({
			group: spec.group,
			version: spec.versions[0]?.name,
			kind: spec.names.kind,
			plural: spec.names.plural,
			namespaced: spec.scope === "Namespaced",
		}));
		expect(named).toEqual([
			TWIN_CLUSTER,
			TWIN_OPERATION,
			TWIN_SERVICE,
			TWIN_SIDE,
		]);
		expect(crds.flatMap((it) => it.spec.names.shortNames)).toEqual([
			"tc",
			"twop",
			"tws",
			"tsd",
		]);
	});

	it.each(crds)("$metadata.name describes every field", (crd) => {
		const all = [...fields(schemaOf(crd))];
		expect(all.length).toBeGreaterThan(10);
		expect(
			all
				.filter((it) => !STANDARD.test(it.path))
				.filter((it) => (it.schema.description ?? "").length < 10)
				.map((it) => it.path),
		).toEqual([]);
	});

	it.each(crds)(
		"$metadata.name bounds strings and lists and has no defaults in lists",
		(crd) => {
			const all = [...fields(schemaOf(crd))];
			const bounded = ({ schema }: { schema: Schema }) =>
				schema.type === "array"
					? schema.maxItems !== undefined
					: schema.type !== "string" ||
						schema.maxLength !== undefined ||
						schema.enum !== undefined ||
						"format" in schema;
			expect(
				all
					.filter((it) => !/^(apiVersion|kind|metadata)\b/.test(it.path))
					.filter((it) => !bounded(it))
					.map((it) => it.path),
			).toEqual([]);
			expect(
				all
					.filter((it) => it.inList && it.schema.default !== undefined)
					.map((it) => it.path),
			).toEqual([]);
		},
	);

	it("have a case in test/cluster/crd-cases.ts for every rule", () => {
		const rules = crds
			.filter((it) => it.spec.names.kind !== "TwinSide") // its rules look back; crd.test.ts walks through them
			.flatMap((crd) => [
				schemaOf(crd),
				...[...fields(schemaOf(crd))].flatMap(({ schema }) => [
					schema,
					...(schema.items ? [schema.items] : []),
				]),
			])
			.flatMap((it) => it["x-kubernetes-validations"] ?? [])
			.filter((it) => !it.rule.includes("oldSelf"));
		expect(rules.length).toBeGreaterThan(20);
		const untested = rules.filter(
			({ message }) => !REFUSED.some((it) => message.includes(it.says)),
		);
		expect(untested).toEqual([]);
	});

	it("allow exactly the kinds of src/api/kind.ts in manifests", () => {
		const service = crds.find((it) => it.spec.names.kind === "TwinService");
		const items =
			service &&
			schemaOf(service).properties?.spec?.properties?.manifests?.items;
		const [kind, version] = items?.["x-kubernetes-validations"] ?? [];
		const quoted = (text = "") =>
			[...text.matchAll(/'([^']+)'/g)].map((it) => it[1]);
		const names = MANIFEST_KINDS.map((it) => it.kind);
		expect(quoted(kind?.rule)).toEqual(names);
		expect(kind?.message).toContain(names.join(", "));
		expect(quoted(version?.rule)).toEqual(
			MANIFEST_KINDS.flatMap((it) => [it.kind, apiVersionOf(it)]),
		);
		expect(version?.message).toContain(
			MANIFEST_KINDS.map((it) => `${apiVersionOf(it)} ${it.kind}`).join(", "),
		);
	});
});
