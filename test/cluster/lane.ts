/**
 * Several hubs, each with an operator and an installation of its own, over the
 * same two regions, and proxies between them all: what takes long because a
 * loss must last can be tried in some of them at once.
 */
import { join } from "node:path";
import { type Operator, startOperator } from "../clusters/operator.ts";
import { type RealCluster, startCluster } from "../clusters/real/cluster.ts";
import { installHub } from "./install-hub.ts";
import { type ApiProxy, startProxy } from "./proxy.ts";
import type { Region, World } from "./world.ts";

export interface Lane extends World {
	readonly name: string;
	readonly proxies: Readonly<Record<"hub" | Region, ApiProxy>>;
}

export async function openLane(
	name: string,
	north: RealCluster,
	south: RealCluster,
): Promise<Lane> {
	// Nothing runs on a hub but its API server and the operator.
	const hub = await startCluster({
		name: `hub-${name}`,
		controllers: false,
		kwok: false,
	});
	const proxies = {
		hub: await startProxy(hub),
		north: await startProxy(north),
		south: await startProxy(south),
	};
	const install = () =>
		installHub(hub, { north: proxies.north, south: proxies.south });
	const start = (flags: readonly string[] = []): Operator =>
		startOperator({
			command: "hub",
			kubeconfig: proxies.hub.kubeconfig,
			flags: ["--profile", "Fast", "--installation", name, ...flags],
			logFile: join(hub.dir, "operator.log"),
		});
	await install();
	const lane: Lane = {
		name,
		hub,
		north,
		south,
		proxies,
		operator: start(),
		install,
		restartOperator: (flags) => {
			lane.operator = start(flags);
		},
		stop: async () => {
			await lane.operator.kill();
			await Promise.all(Object.values(proxies).map((it) => it.close()));
			await hub.stop();
		},
	};
	return lane;
}
