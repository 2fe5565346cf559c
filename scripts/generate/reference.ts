/** docs/api.md: every field of the API, from the schemas in crds/. */

interface Schema {
	readonly type?: string;
	readonly description?: string;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly items?: Schema;
	readonly required?: readonly string[];
	readonly enum?: readonly unknown[];
	readonly default?: unknown;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly minItems?: number;
	readonly maxItems?: number;
	readonly maxLength?: number;
	readonly "x-kubernetes-int-or-string"?: boolean;
	readonly "x-kubernetes-validations"?: readonly {
		readonly message?: string;
	}[];
}

export interface Crd {
	readonly spec: {
		readonly group: string;
		readonly scope: string;
		readonly names: {
			readonly kind: string;
			readonly shortNames?: readonly string[];
		};
		readonly versions: readonly {
			readonly name: string;
			readonly schema: { readonly openAPIV3Schema: Schema };
		}[];
	};
}

const HEAD = `# API reference

Written by \`npm run generate\` from \`crds/\`; \`kubectl explain\` tells the same.
\`*\`: required. What each object is for: [Concepts](concepts.md).
`;

export function referenceOf(crds: readonly Crd[]): string {
	return [HEAD, ...crds.map(kindOf)].join("\n");
}

function kindOf({ spec }: Crd): string {
	const [version] = spec.versions;
	const { kind, shortNames = [] } = spec.names;
	const root = version?.schema.openAPIV3Schema ?? {};
	const { spec: wanted, status } = root.properties ?? {};
	return [
		`## ${kind}`,
		"",
		`\`${spec.group}/${version?.name}\`, ${spec.scope.toLowerCase()}${shortNames.length > 0 ? `, short ${shortNames.map((it) => `\`${it}\``).join(", ")}` : ""}. ${oneLine(root.description)}`,
		"",
		...tableOf("spec", wanted),
		...tableOf("status", status),
	].join("\n");
}

function tableOf(name: string, schema: Schema | undefined): string[] {
	if (!schema) return [];
	const rows = rowsOf(name, schema);
	return rows.length === 0
		? []
		: ["| field | type | |", "| --- | --- | --- |", ...rows, ""];
}

function rowsOf(path: string, schema: Schema): string[] {
	return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
		const required = schema.required?.includes(name) ? "*" : "";
		const at = `${path}.${name}`;
		const inner = field.items ?? field;
		return [
			`| \`${at}\`${required} | ${typeOf(field)} | ${oneLine(field.description)}${limitsOf(field)}${rulesOf(field)} |`,
			...rowsOf(field.items ? `${at}[]` : at, inner),
		];
	});
}

function typeOf(it: Schema): string {
	if (it["x-kubernetes-int-or-string"]) return "integer or string";
	if (it.type === "array") return `list of ${typeOf(it.items ?? {})}`;
	return it.enum
		? it.enum.map((one) => `\`${one}\``).join(", ")
		: (it.type ?? "any");
}

function limitsOf(it: Schema): string {
	const limits = [
		it.default === undefined || typeof it.default === "object"
			? undefined
			: `default \`${it.default}\``,
		it.minimum === undefined ? undefined : `at least ${it.minimum}`,
		it.maximum === undefined ? undefined : `at most ${it.maximum}`,
		it.minItems === undefined ? undefined : `at least ${it.minItems} items`,
		it.maxItems === undefined ? undefined : `at most ${it.maxItems} items`,
	].filter((one) => one !== undefined);
	return limits.length > 0 ? ` (${limits.join("; ")})` : "";
}

const rulesOf = (it: Schema): string =>
	(it["x-kubernetes-validations"] ?? [])
		.flatMap(({ message }) => (message ? [` *${oneLine(message)}*`] : []))
		.join("");

const oneLine = (text = ""): string =>
	text
		.replace(/\s+/g, " ")
		.replaceAll("|", "\\|")
		.replaceAll("<", "&lt;")
		.trim();
