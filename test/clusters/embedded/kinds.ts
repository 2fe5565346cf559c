import type { Dict } from "./json.ts";
import { BUILT_IN, type Shape } from "./shape.ts";

/** One resource as the server knows it. */
export interface Kind {
	readonly group: string;
	readonly version: string;
	readonly plural: string;
	readonly singular: string;
	readonly kind: string;
	readonly namespaced: boolean;
	readonly shortNames: readonly string[];
	readonly categories: readonly string[];
	/** Has a status subresource: status and the rest have separate writers. */
	readonly status: boolean;
	/** metadata.generation counts changes of the specification. */
	readonly generation: boolean;
	readonly shape: Shape;
	/** Field paths allowed in field selectors besides the two of metadata. */
	readonly selectable: readonly string[];
	/** Of a CRD's version. */
	readonly custom?: Custom;
}

export interface Custom {
	readonly schema: Dict;
	readonly columns: readonly Column[];
}

export interface Column {
	readonly name: string;
	readonly type: string;
	readonly jsonPath: string;
	readonly priority?: number;
	readonly description?: string;
	readonly format?: string;
}

type Trait = "status" | "generation" | "cluster";

const BOTH: readonly Trait[] = ["status", "generation"];

const kind = (
	group: string,
	version: string,
	name: string,
	plural: string,
	short: string,
	traits: readonly Trait[] = [],
	selectable: readonly string[] = [],
): Kind => ({
	group,
	version,
	kind: name,
	plural,
	singular: name.toLowerCase(),
	namespaced: !traits.includes("cluster"),
	shortNames: short ? [short] : [],
	categories: [],
	status: traits.includes("status"),
	generation: traits.includes("generation"),
	shape: BUILT_IN,
	selectable,
});

const EVENT_FIELDS = [
	"involvedObject.kind",
	"involvedObject.namespace",
	"involvedObject.name",
	"involvedObject.uid",
	"involvedObject.apiVersion",
	"involvedObject.fieldPath",
	"reason",
	"reportingComponent",
	"source",
	"type",
];

export const BUILT_IN_KINDS: readonly Kind[] = [
	kind(
		"",
		"v1",
		"Namespace",
		"namespaces",
		"ns",
		["status", "cluster"],
		["status.phase"],
	),
	kind("", "v1", "Node", "nodes", "no", ["status", "cluster"]),
	kind("", "v1", "Pod", "pods", "po", BOTH, ["spec.nodeName", "status.phase"]),
	kind("", "v1", "ConfigMap", "configmaps", "cm"),
	kind("", "v1", "Secret", "secrets", "", [], ["type"]),
	kind("", "v1", "Service", "services", "svc", ["status"]),
	kind("", "v1", "ServiceAccount", "serviceaccounts", "sa"),
	kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc", [
		"status",
	]),
	kind("", "v1", "Event", "events", "ev", [], EVENT_FIELDS),
	kind("apps", "v1", "Deployment", "deployments", "deploy", BOTH),
	kind("apps", "v1", "StatefulSet", "statefulsets", "sts", BOTH),
	kind("apps", "v1", "ReplicaSet", "replicasets", "rs", BOTH),
	kind("batch", "v1", "Job", "jobs", "", BOTH),
	kind("batch", "v1", "CronJob", "cronjobs", "cj", BOTH),
	kind(
		"autoscaling",
		"v2",
		"HorizontalPodAutoscaler",
		"horizontalpodautoscalers",
		"hpa",
		["status"],
	),
	kind(
		"policy",
		"v1",
		"PodDisruptionBudget",
		"poddisruptionbudgets",
		"pdb",
		BOTH,
	),
	kind("networking.k8s.io", "v1", "Ingress", "ingresses", "ing", BOTH),
	kind(
		"networking.k8s.io",
		"v1",
		"NetworkPolicy",
		"networkpolicies",
		"netpol",
		["generation"],
	),
	kind("rbac.authorization.k8s.io", "v1", "Role", "roles", ""),
	kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", ""),
	kind("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", "", [
		"cluster",
	]),
	kind(
		"rbac.authorization.k8s.io",
		"v1",
		"ClusterRoleBinding",
		"clusterrolebindings",
		"",
		["cluster"],
	),
	kind("coordination.k8s.io", "v1", "Lease", "leases", ""),
	kind(
		"apiextensions.k8s.io",
		"v1",
		"CustomResourceDefinition",
		"customresourcedefinitions",
		"crd",
		[...BOTH, "cluster"],
	),
];

export const apiVersionOf = ({ group, version }: Kind): string =>
	group ? `${group}/${version}` : version;

/** Address of a resource: `apps/v1/deployments`, `/v1/pods`. */
export const addressOf = ({
	group,
	version,
	plural,
}: {
	group: string;
	version: string;
	plural: string;
}): string => `${group}/${version}/${plural}`;
