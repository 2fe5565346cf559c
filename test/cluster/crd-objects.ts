/** Good objects of each kind, to be bent. */
import type { KubeObject } from "../../src/api/object.ts";

const API_VERSION = "twin-operator.dev/v1alpha1";

// biome-ignore lint/suspicious/noExplicitAny: the cases bend it out of every type
export type Loose = any;

export const deployment = (name = "web"): Loose => ({
	apiVersion: "apps/v1",
	kind: "Deployment",
	metadata: { name, labels: { app: name } },
	spec: {
		replicas: 3,
		selector: { matchLabels: { app: name } },
		template: {
			metadata: { labels: { app: name } },
			spec: { containers: [{ name: "web", image: "nginx:1.29-alpine" }] },
		},
	},
});

export const configMap = (name = "web"): Loose => ({
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: { name },
	data: { greeting: "hello" },
});

export const service = (): Loose => ({
	apiVersion: API_VERSION,
	kind: "TwinService",
	metadata: { name: "web" },
	spec: {
		clusters: [{ name: "north" }, { name: "south" }],
		manifests: [configMap(), deployment()],
	},
});

export const operation = (): Loose => ({
	apiVersion: API_VERSION,
	kind: "TwinOperation",
	metadata: { name: "move" },
	spec: { type: "Switchover", service: "web" },
});

export const cluster = (name = "north"): Loose => ({
	apiVersion: API_VERSION,
	kind: "TwinCluster",
	metadata: { name },
	spec: {
		credentials: { secretRef: { name: "north" } },
		agent: "None",
	},
});

export const side = (): Loose => ({
	apiVersion: API_VERSION,
	kind: "TwinSide",
	metadata: { name: "web" },
	spec: {
		installation: "default",
		region: "north",
		twin: "south",
		home: "north",
		policy: "Available",
		standby: { mode: "Cold" },
		deletionPolicy: "Delete",
		objects: [deployment()],
		hash: "h",
	},
});

/** An object that is refused. */
export interface Case {
	readonly name: string;
	readonly object: KubeObject;
	/** Field that the answer names. */
	readonly field: string;
	/** Words of its message. */
	readonly says: string;
}

/** Makes cases of good objects by bending them. */
export const bent =
	(base: () => Loose) =>
	(
		name: string,
		field: string,
		says: string,
		bend: (object: Loose) => void,
	): Case => {
		const object = base();
		bend(object);
		return { name, object, field, says };
	};
