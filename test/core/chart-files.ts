/** What tests read of the chart and of what is rendered from it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load, loadAll } from "js-yaml";

export const ROOT = join(import.meta.dirname, "../..");
export const CHART = "charts/twin-operator";
const INSTALL = "docs/install";
export const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

export interface Rule {
	apiGroups: string[];
	resources: string[];
	resourceNames?: string[];
	verbs: string[];
}
export interface Manifest {
	kind: string;
	metadata: { name: string };
	rules?: Rule[];
	// biome-ignore lint/suspicious/noExplicitAny: whatever a rendered manifest has
	spec?: any;
}

export const rulesOf = (file: string) =>
	load(read(`${CHART}/files/rules/${file}.yaml`)) as Rule[];
export const manifests = (file: string) =>
	(loadAll(read(`${INSTALL}/${file}.yaml`)) as (Manifest | null)[]).filter(
		(it) => it !== null,
	);
export const role = (file: string, kind: string, component: string) =>
	manifests(file).find(
		(it) =>
			it.kind === kind && it.metadata.name === `twin-operator-${component}`,
	)?.rules;

export const ALL_RULES = readdirSync(join(ROOT, CHART, "files/rules")).map(
	(it) => it.replace(/\.yaml$/, ""),
);
