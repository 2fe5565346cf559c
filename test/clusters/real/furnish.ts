import { until } from "../wait.ts";
import type { Reply } from "./http.ts";

export interface Furniture {
	readonly nodes: number;
	readonly controllers: boolean;
}

type Request = (method: string, path: string, body?: unknown) => Promise<Reply>;

/** What pods need before the first of them: nodes, volumes, the namespace's service account. */
export async function furnish(
	request: Request,
	{ nodes, controllers }: Furniture,
): Promise<void> {
	if (nodes > 0) await place(request, STORAGE_CLASSES, STORAGE_CLASS);
	for (let i = 1; i <= nodes; i++) {
		await place(request, "/api/v1/nodes", {
			apiVersion: "v1",
			kind: "Node",
			metadata: {
				name: `node-${i}`,
				labels: { "kubernetes.io/os": "linux", type: "kwok" },
			},
		});
	}
	for (let i = 1; i <= nodes; i++) {
		await until(`node-${i} to be ready`, async () => {
			const { body } = await request("GET", `/api/v1/nodes/node-${i}`);
			const conditions: { type: string; status: string }[] =
				body.status?.conditions ?? [];
			return conditions.some(
				(it) => it.type === "Ready" && it.status === "True",
			);
		});
	}
	if (!controllers) return;
	const path = "/api/v1/namespaces/default/serviceaccounts/default";
	await until("the default service account", async () => {
		return (await request("GET", path)).status === 200;
	});
}

/** The default class; kwok provides its volumes. */
const STORAGE_CLASS = {
	apiVersion: "storage.k8s.io/v1",
	kind: "StorageClass",
	metadata: {
		name: "kwok-volume",
		annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
	},
	provisioner: "kwok.x-k8s.io/volume",
	volumeBindingMode: "Immediate",
};
const STORAGE_CLASSES = "/apis/storage.k8s.io/v1/storageclasses";

/** Creates what a restart may find there already. */
async function place(
	request: Request,
	path: string,
	object: Readonly<Record<string, unknown>>,
): Promise<void> {
	await until(`a ${object.kind} to be accepted`, async () => {
		const { status, body } = await request("POST", path, object);
		if (status !== 201 && status !== 409) throw new Error(body?.message);
		return true;
	});
}
