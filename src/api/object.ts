/** The part of metav1.ObjectMeta that the operator reads or writes. */
export interface Meta {
	name?: string;
	namespace?: string;
	uid?: string;
	resourceVersion?: string;
	generation?: number;
	creationTimestamp?: string;
	deletionTimestamp?: string;
	labels?: Record<string, string>;
	annotations?: Record<string, string>;
	finalizers?: string[];
	ownerReferences?: OwnerReference[];
	managedFields?: {
		manager?: string;
		operation?: string;
		subresource?: string;
	}[];
}

export interface OwnerReference {
	apiVersion: string;
	kind: string;
	name: string;
	uid: string;
	controller?: boolean;
	blockOwnerDeletion?: boolean;
}

/** Any Kubernetes object. Fields beyond these are read with care: they come from outside. */
export interface KubeObject {
	apiVersion: string;
	kind: string;
	metadata: Meta;
	spec?: unknown;
	status?: unknown;
	[field: string]: unknown;
}

/** What every object is known and compared by. Namespaced kinds: `namespace/name` is its key. */
export interface Identity {
	readonly key: string;
	/** Empty for cluster-scoped kinds. */
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	readonly resourceVersion: string;
	readonly generation: number;
	readonly createdAt: string;
	readonly deleting: boolean;
	readonly finalizers: readonly string[];
}

/** What an API server always sets is given a harmless default where it does not. */
export function identityOf({ metadata }: KubeObject): Identity {
	const { namespace = "", name = "" } = metadata;
	return {
		key: namespace === "" ? name : `${namespace}/${name}`,
		namespace,
		name,
		uid: metadata.uid ?? "",
		resourceVersion: metadata.resourceVersion ?? "",
		generation: metadata.generation ?? 0,
		createdAt: metadata.creationTimestamp ?? "",
		deleting: metadata.deletionTimestamp !== undefined,
		finalizers: metadata.finalizers ?? [],
	};
}
