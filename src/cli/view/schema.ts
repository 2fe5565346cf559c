/** Whether a CRD in a cluster knows every field that this program's own CRD has. */
import type { KubeObject } from "../../api/object.ts";

interface Schema {
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly items?: Schema;
}

interface CrdSpec {
	readonly versions?: readonly {
		readonly name: string;
		readonly schema?: { readonly openAPIV3Schema?: Schema };
	}[];
}

/** Paths of fields that `there` lacks, such as `spec.promotion.gate`. */
export function missingFields(
	ours: KubeObject,
	there: KubeObject,
): readonly string[] {
	const versions = (it: KubeObject) => (it.spec as CrdSpec).versions ?? [];
	return versions(ours).flatMap(({ name, schema }) => {
		const other = versions(there).find((it) => it.name === name);
		return other
			? lacking(
					schema?.openAPIV3Schema ?? {},
					other.schema?.openAPIV3Schema ?? {},
					"",
				)
			: [`version ${name}`];
	});
}

function lacking(ours: Schema, there: Schema, path: string): string[] {
	const fields = Object.entries(ours.properties ?? {});
	const found = fields.flatMap(([name, schema]) => {
		const at = path === "" ? name : `${path}.${name}`;
		const other = there.properties?.[name];
		return other ? lacking(schema, other, at) : [at];
	});
	return ours.items
		? [...found, ...lacking(ours.items, there.items ?? {}, `${path}[]`)]
		: found;
}
