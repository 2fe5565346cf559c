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
