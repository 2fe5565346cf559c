/** What controllers do to the objects of their cluster. */
import { at, type Dict, dict, equal, list } from "./json.ts";
import { apiVersionOf, type Kind } from "./kinds.ts";
import { nameOf, spaceOf, uidOf } from "./lister.ts";
import type { ApiServer, Ask, Verb } from "./server.ts";

export class Hands {
	readonly #server: ApiServer;

	constructor(server: ApiServer) {
		this.#server = server;
	}

	kind(plural: string): Kind {
		const group =
			plural === "pods" || plural === "nodes"
				? ""
				: plural.endsWith("jobs")
					? "batch"
					: "apps";
		return this.#server.kind({ group, version: "v1", plural });
	}

	podsOf(workload: Dict): Dict[] {
		const uid = uidOf(workload);
		return this.#server.store
			.list(this.kind("pods"), spaceOf(workload))
			.filter((it) =>
				list(at(it, "metadata", "ownerReferences")).some(
					(owner) => at(owner, "uid") === uid,
				),
			);
	}

	status(kind: Kind, object: Dict, status: Dict): void {
		const found = this.#server.store.get(kind, spaceOf(object), nameOf(object));
		if (!found || uidOf(found) !== uidOf(object) || equal(found.status, status))
			return;
		this.#ask(
			"json",
			kind,
			object,
			[{ op: "add", path: "/status", value: status }],
			"status",
		);
	}

	#ask(
		verb: Verb,
		kind: Kind,
		object: Dict,
		body: unknown,
		subresource?: string,
	): void {
		const ask: Ask = {
			verb,
			group: kind.group,
			version: kind.version,
			plural: kind.plural,
			namespace: spaceOf(object) || undefined,
			body,
			subresource,
			query: {},
			agent: "kube-controller-manager",
		};
		this.#server.perform(
			verb === "create" ? ask : { ...ask, name: nameOf(object) },
		);
	}

	create(owner: Dict, kind: Kind, name: string): void {
		const template = dict(at(owner, "spec", "template"));
		const reference = {
			apiVersion: apiVersionOf(kind),
			kind: kind.kind,
			name: nameOf(owner),
			uid: uidOf(owner),
			controller: true,
			blockOwnerDeletion: true,
		};
		const pod = {
			apiVersion: "v1",
			kind: "Pod",
			metadata: {
				...dict(template.metadata),
				name,
				namespace: spaceOf(owner),
				ownerReferences: [reference],
			},
			spec: { ...dict(template.spec), nodeName: "node-0" },
		};
		this.#ask("create", this.kind("pods"), pod, pod);
	}

	/** The one machine of the cluster; its kubelet bears the gate. */
	node(name: string): void {
		const kind = this.kind("nodes");
		const node = { apiVersion: "v1", kind: "Node", metadata: { name } };
		this.#ask("create", kind, node, node);
		const found = this.#server.store.get(kind, "", name);
		if (found)
			this.status(kind, found, {
				declaredFeatures: ["RestartAllContainersOnContainerExits"],
				nodeInfo: { operatingSystem: "linux" },
			});
	}

	delete(pod: Dict): void {
		this.#ask("delete", this.kind("pods"), pod, {});
	}
}
