/** What an administrator applies on the hub, as objects: the same for the demo, the bench and the tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import type { KubeObject } from "../../src/api/object.ts";

export const OPERATOR_NAMESPACE = "twin-operator-system";
const ROOT = join(import.meta.dirname, "../..");

/** All documents of a YAML file of this project. */
export function yaml(path: string): KubeObject[] {
	return loadAll(readFileSync(join(ROOT, path), "utf8")).filter(
		(it): it is KubeObject => typeof it === "object" && it !== null,
	);
}

export const crds = (): KubeObject[] =>
	["twinclusters", "twinservices", "twinsides", "twinoperations"].flatMap(
		(it) => yaml(`crds/twin-operator.dev_${it}.yaml`),
	);

/** The operator's namespace and one Secret for each region: name → kubeconfig. */
export const access = (
	regions: Record<string, string>,
	namespace = OPERATOR_NAMESPACE,
): KubeObject[] => [
	{
		apiVersion: "v1",
		kind: "Namespace",
		metadata: { name: namespace },
	},
	...Object.entries(regions).map(([name, kubeconfig]) => ({
		apiVersion: "v1",
		kind: "Secret",
		metadata: { name: `${name}-kubeconfig`, namespace },
		data: { kubeconfig: Buffer.from(kubeconfig).toString("base64") },
	})),
];

export const registration = (
	name: string,
	agent: "None" | "External" = "None",
): KubeObject => ({
	apiVersion: "twin-operator.dev/v1alpha1",
	kind: "TwinCluster",
	metadata: { name },
	spec: {
		failureDomain: `site-${name}`,
		credentials: { secretRef: { name: `${name}-kubeconfig` } },
		agent,
	},
});
