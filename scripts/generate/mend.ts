/**
 * What crd-generate 5.1 emits does not run under Node's type stripping
 * (imports without extension, types imported as values) and is weak where
 * objects are open (`{}` for a whole manifest). Both are mended here. Every
 * step is checked: when the generator's output changes, it says which step
 * does not fit any more, instead of emitting something half mended.
 */

type Node = { [key: string]: unknown };

/** Types of this project that stand for parts of a schema, and the file of src/api each is in. */
const STAND_INS: Readonly<Record<string, string>> = {
	KubeObject: "object.ts",
	Meta: "object.ts",
	Condition: "condition.ts",
};
const mark = (type: string) => ({ type: "string", enum: [`@${type}`] });

/** A schema in which each open object is a marker, which `mendClass` turns into the type of that name. */
export function mendSchema(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(mendSchema);
	if (typeof schema !== "object" || schema === null) return schema;
	const node = schema as Node;
	const keep = { description: node.description };
	const properties = node.properties as Node | undefined;
	if (node["x-kubernetes-preserve-unknown-fields"] === true) {
		if (properties?.kind) return { ...keep, ...mark("KubeObject") };
		if (properties === undefined) return { ...keep, ...mark("unknown") };
	}
	if (properties?.lastTransitionTime) return mark("Condition");
	return Object.fromEntries(
		Object.entries(node).map(([key, value]) => [key, mendSchema(value)]),
	);
}

/** One generated file, made to run under Node and to pass the strict compiler. */
export function mendClass(file: string, text: string): string {
	const kind = file.replace(/\.ts$/, "");
	const step = (
		what: string,
		pattern: RegExp,
		by: string,
		from: string,
	): string => {
		const to = from.replace(pattern, by);
		if (to !== from) return to;
		throw new Error(
			`${file}: step "${what}" found nothing to mend; crd-generate emits something else now, adapt scripts/generate/mend.ts`,
		);
	};
	let out = text;
	out = step("imports", /^import .*\n/gm, "", out);
	out = step("validator", /\n*^setValidateFunc\(.*\n?/m, "\n", out);
	out = step(
		"metadata",
		/"metadata"\?: IObjectMeta;/,
		'"metadata": Meta;',
		out,
	);
	out = step("markers", /"@(\w+)"/g, "$1", out);
	// Values are read, never changed in place; and both kinds of arrays may be assigned to a read-only one.
	out = step("arrays", /\bArray</g, "ReadonlyArray<", out);
	// Class fields would overwrite what the constructor of Model has set; the interface of the same name declares them.
	out = step("fields", /^ {2}"\w+"\??: I\w+\["\w+"\];\n/gm, "", out);
	out = step(
		"class",
		/^export class .*\n/m,
		`export interface ${kind} extends I${kind} {}\nexport class ${kind} extends Model<I${kind}> {\n`,
		out,
	);
	const imports = Object.entries(STAND_INS)
		.filter(([type]) => new RegExp(`\\b${type}\\b[;>]`).test(out))
		.map(([type, at]) => `import type { ${type} } from "../${at}";\n`);
	const left = /\b(IObjectMeta|ValidateFunc|validate|any)\b;|"@\w+"/.exec(out);
	if (left) throw new Error(`${file}: ${left[0]} was not mended`);
	return [
		"// Generated from crds/ by `npm run generate`; do not change it here.\n",
		'import { createTypeMetaGuard, Model, type ModelData } from "@kubernetes-models/base";\n',
		...imports,
		out,
	].join("");
}
