/** Links to regions follow TwinClusters and the Secrets that they name. */

import type { ClusterView } from "../../core/hub/cluster-view.ts";
import {
	credentialsFor,
	type ProfileRead,
	type SecretData,
} from "../../core/hub/credentials.ts";
import type { Reflector } from "../reflector.ts";
import { type LinkOptions, RegionLink } from "./link.ts";

export interface RegionsOptions extends Omit<LinkOptions, "name" | "agent"> {
	readonly clusters: Reflector<ClusterView>;
	/** Of the operator's namespace. */
	readonly secrets: Reflector<SecretData>;
	readonly clusterProfile: (key: string) => ProfileRead;
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
			link.useCredentials(
				credentialsFor(cluster.credentials, {
					namespace: this.#options.namespace,
					secret: (key) => this.#options.secrets.get(key),
					profile: this.#options.clusterProfile,
				}),
			);
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
}
