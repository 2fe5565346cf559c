/** Two regions of one real node each, and an agent of the test in each. */
import {
	type Network,
	type RealCluster,
	startClusters,
	startNetwork,
} from "../clusters/real/cluster.ts";
import { type RealNode, startNode } from "../clusters/real/node/node.ts";
import { type Agent, startAgent } from "./agent.ts";

export interface Region {
	readonly name: string;
	readonly cluster: RealCluster;
	readonly node: RealNode;
	readonly agent: Agent;
	/** Its pods, and what was said of them lately: what a failure is explained by. */
	seen(): Promise<string>;
	/** Ends node and control plane, and removes what they left. */
	stop(): Promise<void>;
}

/** So many of the last lines are shown. */
const EVENTS = 40;

/** Resolves when both nodes are ready for pods. */
export async function startRegions(): Promise<[Region, Region]> {
	const network = await startNetwork();
	const clusters = await startClusters(["north", "south"], {
		network,
		kwok: false,
	});
	const [north, south] = clusters.map((it) => furnish(it, network));
	return Promise.all([north, south] as [Promise<Region>, Promise<Region>]);
}

async function furnish(
	cluster: RealCluster,
	network: Network,
): Promise<Region> {
	const node = await startNode(cluster, network);
	const agent = await startAgent(network.host);
	return {
		name: cluster.name,
		cluster,
		node,
		agent,
		async seen() {
			const said = await Promise.all([
				cluster.kubectl(["get", "nodes,pods", "--output=wide"]),
				cluster.kubectl(["get", "events", "--sort-by=.lastTimestamp"]),
			]);
			return said
				.map((it) => it.split("\n").slice(-EVENTS).join("\n"))
				.join("\n");
		},
		async stop() {
			agent.stop();
			await node.stop();
			await cluster.stop();
		},
	};
}
