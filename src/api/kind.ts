/** What a request path needs to know of a kind. */
export interface Resource {
	readonly group: string;
	readonly version: string;
	readonly kind: string;
	readonly plural: string;
	readonly namespaced: boolean;
}

const of = (
	group: string,
	version: string,
	kind: string,
	plural: string,
	namespaced = true,
): Resource => ({
	group,
	version,
	kind,
	plural,
	namespaced,
});

export const TWIN_CLUSTER = of(
	"twin-operator.dev",
	"v1alpha1",
	"TwinCluster",
	"twinclusters",
	false,
);
export const TWIN_SERVICE = of(
	"twin-operator.dev",
	"v1alpha1",
	"TwinService",
	"twinservices",
);
export const TWIN_SIDE = of(
	"twin-operator.dev",
	"v1alpha1",
	"TwinSide",
	"twinsides",
);
export const TWIN_OPERATION = of(
	"twin-operator.dev",
	"v1alpha1",
	"TwinOperation",
	"twinoperations",
);

/** Written by cluster managers; not every hub serves it. */
export const CLUSTER_PROFILE = of(
	"multicluster.x-k8s.io",
	"v1alpha1",
	"ClusterProfile",
	"clusterprofiles",
);

export const NAMESPACE = of("", "v1", "Namespace", "namespaces", false);
export const NODE = of("", "v1", "Node", "nodes", false);
export const POD = of("", "v1", "Pod", "pods");
export const SECRET = of("", "v1", "Secret", "secrets");
export const SERVICE_ACCOUNT = of(
	"",
	"v1",
	"ServiceAccount",
	"serviceaccounts",
);
export const EVENT = of("", "v1", "Event", "events");
export const DEPLOYMENT = of("apps", "v1", "Deployment", "deployments");
export const JOB = of("batch", "v1", "Job", "jobs");
export const LEASE = of("coordination.k8s.io", "v1", "Lease", "leases");
export const CLUSTER_ROLE = of(
	"rbac.authorization.k8s.io",
	"v1",
	"ClusterRole",
	"clusterroles",
	false,
);
export const CLUSTER_ROLE_BINDING = of(
	"rbac.authorization.k8s.io",
	"v1",
	"ClusterRoleBinding",
	"clusterrolebindings",
	false,
);
export const CRD = of(
	"apiextensions.k8s.io",
	"v1",
	"CustomResourceDefinition",
	"customresourcedefinitions",
	false,
);

/**
 * The kinds a TwinService may carry, in the order in which they are applied:
 * what pods need before they start comes before the pods. The CRD's CEL rule
 * holds the same list; a test compares the two.
 */
export const MANIFEST_KINDS: readonly Resource[] = [
	SERVICE_ACCOUNT,
	of("rbac.authorization.k8s.io", "v1", "Role", "roles"),
	of("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
	of("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
	of("", "v1", "ConfigMap", "configmaps"),
	of("", "v1", "Secret", "secrets"),
	of("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
	of("", "v1", "Service", "services"),
	of("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
	of("apps", "v1", "Deployment", "deployments"),
	of("apps", "v1", "StatefulSet", "statefulsets"),
	of("batch", "v1", "CronJob", "cronjobs"),
	of(
		"autoscaling",
		"v2",
		"HorizontalPodAutoscaler",
		"horizontalpodautoscalers",
	),
	of("networking.k8s.io", "v1", "Ingress", "ingresses"),
	of("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"),
	of("gateway.networking.k8s.io", "v1", "GRPCRoute", "grpcroutes"),
];

export const apiVersionOf = (resource: Resource): string =>
	resource.group === ""
		? resource.version
		: `${resource.group}/${resource.version}`;

export const resourceOf = (
	apiVersion: string,
	kind: string,
): Resource | undefined =>
	MANIFEST_KINDS.find(
		(it) => it.kind === kind && apiVersionOf(it) === apiVersion,
	);
