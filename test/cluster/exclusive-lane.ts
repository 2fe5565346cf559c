/**
 * Several pairs of agents, each with a hub and an installation of its own, over
 * the same two regions, and a proxy on every way that hub and agents go.
 */
import { PROCESS } from "../../src/core/region/grant/lease.ts";
import { type RealCluster, startCluster } from "../clusters/real/cluster.ts";
import { openPair, type Pair } from "./pair.ts";
import type { Place } from "./pair-options.ts";
import { type ApiProxy, type Passing, startProxy } from "./proxy.ts";
import type { Prey } from "./trap.ts";
import type { Region } from "./world.ts";

export interface ExclusiveLane {
	/** Also of the installation, and of the namespace of its service. */
	readonly name: string;
	readonly pair: Pair;
	/** Both agents and the hub's operator. */
	readonly preys: readonly Prey[];
	/** Nobody reaches it any more, and its agent is dead. */
	lose(region: Region): Promise<void>;
	bringBack(region: Region): Promise<void>;
	stop(): Promise<void>;
}

const PLACES: readonly Place[] = ["hub", "north", "south"];

export async function openExclusiveLane(
	name: string,
	north: RealCluster,
	south: RealCluster,
): Promise<ExclusiveLane> {
	const hub = await startCluster({
		name: `hub-${name}`,
		controllers: false,
		kwok: false,
	});
	const clusters = { hub, north, south };
	const proxies = new Map<string, ApiProxy>();
	for (const who of PLACES)
		for (const place of PLACES)
			proxies.set(`${who} ${place}`, await startProxy(clusters[place]));
	const of = (isIt: (who: string, place: string) => boolean) =>
		[...proxies].flatMap(([key, it]) => {
			const [who = "", place = ""] = key.split(" ");
			return isIt(who, place) ? [it] : [];
		});
	const pair = await openPair({
		clusters,
		installation: name,
		reach: (who, place) => proxies.get(`${who} ${place}`)?.kubeconfig,
	});
	const { world, agents } = pair;
	const operator: Prey = {
		proxies: of((who) => who === "hub"),
		kill: () => world.operator.kill(),
		restart: () => world.restartOperator(),
	};
	const agent = (region: Region): Prey => ({
		proxies: of((who) => who === region),
		kill: () => agents[region].kill(),
		restart: () => pair.startAgent(region),
	});
	const waysTo = (region: Region) => of((_, place) => place === region);
	return {
		name,
		pair,
		preys: [operator, agent("north"), agent("south")],
		lose: async (region) => {
			await agents[region].kill();
			await Promise.all(waysTo(region).map((it) => it.cut()));
		},
		bringBack: async (region) => {
			await Promise.all(waysTo(region).map((it) => it.mend()));
			pair.startAgent(region);
		},
		stop: async () => {
			await pair.stop();
			await Promise.all([...proxies.values()].map((it) => it.close()));
			await hub.stop();
		},
	};
}

interface Grant {
	readonly metadata?: { readonly annotations?: Record<string, string> };
	readonly spec?: { readonly holderIdentity?: string };
}

/**
 * Whether a write is a step: any but those that only tell that somebody is
 * alive. A write to a grant is one if it says something else than the one before
 * it in the same place, and not a later time alone.
 */
export function stepsOnly(): (it: Passing) => boolean {
	const said = new Map<string, string>();
	return ({ isWrite, method, path, body }) => {
		if (isWrite) return true;
		if (method !== "PUT" || !path.includes("/leases/grant-")) return false;
		const { metadata, spec } = JSON.parse(body) as Grant;
		const { [PROCESS]: _, ...annotations } = metadata?.annotations ?? {};
		const says = JSON.stringify([spec?.holderIdentity, annotations]);
		const before = said.get(path);
		said.set(path, says);
		return before !== says;
	};
}
