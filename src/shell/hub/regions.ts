/** Links to regions follow TwinClusters and the Secrets that they name. */
import { fromArgoCd, isArgoCdSecret } from "../../core/hub/argocd-secret.ts";
import type { ClusterView } from "../../core/hub/cluster.ts";
import type { Reflector } from "../reflector.ts";
import type { SecretData } from "./context.ts";
import { type LinkOptions, RegionLink } from "./link.ts";

export interface RegionsOptions extends Omit<LinkOptions, "name" | "agent"> {
	readonly clusters: Reflector<ClusterView>;
	/** Of the operator's namespace. */
	readonly secrets: Reflector<SecretData>;
	readonly isSynced: () => boolean;
}

/** One pair; a third TwinCluster is not even connected to. */
const PAIR = 2;

export class Regions {
	readonly links = new Map<string, RegionLink>();
	readonly #options: RegionsOptions;
	#stopped = false;

	constructor(options: RegionsOptions) {
		this.#options = options;
	}

	/** To be called whenever a TwinCluster or a Secret has changed. */
	review(): void {
		const { clusters, isSynced } = this.#options;
		if (!isSynced() || this.#stopped) return;
		const pair = [...clusters.values()]
			.toSorted(
				(a, b) =>
					a.createdAt.localeCompare(b.createdAt) ||
					a.name.localeCompare(b.name),
			)
			.slice(0, PAIR);
		for (const [name, link] of this.links) {
			const wanted = pair.find((it) => it.name === name);
			if (wanted?.agent === link.agentMode) continue;
			this.links.delete(name);
			void link.stop();
		}
		for (const cluster of pair) {
			let link = this.links.get(cluster.name);
			if (!link) {
				const { name, agent } = cluster;
				link = new RegionLink({ ...this.#options, name, agent });
				this.links.set(name, link);
			}
			link.useCredentials(this.#credentials(cluster));
		}
	}

	/** Both regions, when both have agents of their own. */
	get grantPair(): readonly [string, string] | undefined {
		const [a, b] = [...this.links.values()]
			.filter((it) => it.agentMode !== "None")
			.map((it) => it.name)
			.toSorted();
		return a === undefined || b === undefined ? undefined : [a, b];
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		await Promise.all([...this.links.values()].map((it) => it.stop()));
	}

	#credentials({
		secret,
	}: ClusterView): { kubeconfig: string } | { fault: string } {
		const { namespace, secrets } = this.#options;
		const what = `spec.credentials.secretRef names the Secret ${namespace}/${secret.name}`;
		const data = secrets.get(`${namespace}/${secret.name}`);
		if (!data)
			return {
				fault: `${what}, which does not exist. Create it, with a kubeconfig under the key ${secret.key}.`,
			};
		const value = data[secret.key];
		if (value === undefined && isArgoCdSecret(data)) {
			const read = fromArgoCd(data);
			return "fault" in read ? { fault: `${what}, ${read.fault}` } : read;
		}
		if (value === undefined)
			return {
				fault: `${what}, which has no key ${secret.key}. Put the kubeconfig under that key, or set spec.credentials.secretRef.key.`,
			};
		const kubeconfig = Buffer.from(value, "base64").toString("utf8");
		if (kubeconfig.trim() === "")
			return {
				fault: `${what}, whose key ${secret.key} is empty. Put a kubeconfig there.`,
			};
		return { kubeconfig };
	}
}
