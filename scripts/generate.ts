/**
 * `npm run generate`: the TypeScript types of the API, its reference and the chart's copy, from
 * crds/, which are the only source. test/core/api.test.ts and chart.test.ts
 * fail when they are out of step.
 */
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { mendClass, mendSchema } from "./generate/mend.ts";
import { type Crd, referenceOf } from "./generate/reference.ts";

const ROOT = join(import.meta.dirname, "..");
const CRDS = join(ROOT, "crds");
/** A copy and no link: some of what fetches charts from git leaves links out. */
const CHART = join(ROOT, "charts/twin-operator/files/crds");
export const GENERATED = join(ROOT, "src/api/generated");

type Generate = (options: {
	input: string;
	outputPath: string;
}) => Promise<void>;
/** Its ES module entry imports a directory, which Node refuses; the CommonJS one runs. */
const { generate } = createRequire(import.meta.url)(
	"@kubernetes-models/crd-generate",
) as { generate: Generate };

/** File name to text: what src/api/generated has to hold. */
export async function generateTypes(): Promise<Map<string, string>> {
	const files = readdirSync(CRDS).filter((it) => it.endsWith(".yaml"));
	const input = files
		.map((it) => load(readFileSync(join(CRDS, it), "utf8")))
		.map((crd) => JSON.stringify(mendSchema(crd)))
		.join("\n---\n");
	const raw = mkdtempSync(join(tmpdir(), "twin-operator-generate-"));
	const { log } = console;
	try {
		console.log = () => {}; // it names each file of the temporary directory
		await generate({ input, outputPath: raw });
		const from = join(raw, "twin-operator.dev/v1alpha1");
		// Neither its indexes (no barrels here) nor its validators, 290 kB of
		// code for what the API server checks anyway, are taken over.
		return new Map(
			readdirSync(from)
				.filter((it) => it !== "index.ts")
				.sort()
				.map((it) => [it, mendClass(it, readFileSync(join(from, it), "utf8"))]),
		);
	} finally {
		console.log = log;
		rmSync(raw, { recursive: true, force: true });
	}
}

/** In the order in which people meet them. */
const KINDS = ["twinclusters", "twinservices", "twinoperations", "twinsides"];
export const REFERENCE = join(ROOT, "docs/api.md");

export const generateReference = (): string =>
	referenceOf(
		KINDS.map((it) =>
			load(readFileSync(join(CRDS, `twin-operator.dev_${it}.yaml`), "utf8")),
		) as Crd[],
	);

if (import.meta.main) {
	const types = await generateTypes();
	rmSync(GENERATED, { recursive: true, force: true });
	mkdirSync(GENERATED, { recursive: true });
	for (const [name, text] of types) writeFileSync(join(GENERATED, name), text);
	rmSync(CHART, { recursive: true, force: true });
	cpSync(CRDS, CHART, { recursive: true });
	writeFileSync(REFERENCE, generateReference());
	console.log(`src/api/generated: ${[...types.keys()].join(", ")}`);
}
