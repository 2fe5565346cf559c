/** What can go wrong. Each fault begins, and what it returns ends it. */
import type { Random } from "../clusters/embedded/seed.ts";
import { REGIONS, type RegionName } from "./service.ts";
import type { World } from "./world.ts";

export interface Fault {
	readonly name: string;
	readonly atMs: number;
	readonly forMs: number;
	begin(world: World): () => void;
}

type Make = (random: Random) => Pick<Fault, "name" | "begin">;

const regionFrom = (random: Random): RegionName =>
	REGIONS[random.below(2)] ?? "north";

/** The hub's line to a region, or its agent's own. */
function lineFrom(random: Random) {
	const region = regionFrom(random);
	const own = random.next() < 0.3;
	return {
		name: own ? `agent-${region}` : `hub-${region}`,
		of: (world: World) =>
			own && world.agent === "External"
				? world.agentLines[region]
				: world.lines[region],
	};
}

const MAKERS: readonly (readonly [number, Make])[] = [
	[
		5,
		(random) => {
			const region = regionFrom(random);
			return {
				name: `${region} is lost`,
				begin: (world) => {
					world.die(world.regions[region]);
					world.agents[region]?.kill();
					return () => {
						world.revive(world.regions[region]);
						if (world.agent === "External") world.startAgent(region);
					};
				},
			};
		},
	],
	[
		3,
		(random) => {
			const line = lineFrom(random);
			return {
				name: `${line.name} is cut`,
				begin: (world) => line.of(world).cut(),
			};
		},
	],
	[
		2,
		(random) => {
			const line = lineFrom(random);
			const lost = random.next() < 0.5 ? "request" : "answer";
			return {
				name: `${line.name} loses every ${lost}`,
				begin: (world) => line.of(world).oneWay(lost),
			};
		},
	],
	[
		2,
		(random) => {
			const line = lineFrom(random);
			const slowMs = 200 + random.below(4_000);
			return {
				name: `${line.name} is slow: up to ${slowMs} ms each way`,
				begin: (world) => line.of(world).slow(world.random, slowMs / 4, slowMs),
			};
		},
	],
	[
		2,
		(random) => {
			const line = lineFrom(random);
			return {
				name: `${line.name} is flaky`,
				begin: (world) => line.of(world).flaky(world.random, 0.4),
			};
		},
	],
	[
		3,
		(random) => {
			const line = lineFrom(random);
			return {
				name: `${line.name} delivers writes late`,
				begin: (world) => line.of(world).late(world.random, 0.5, 40_000),
			};
		},
	],
	[
		2,
		(random) => {
			const line = lineFrom(random);
			const status = ([401, 403, 429, 500, 503] as const)[random.below(5)];
			return {
				name: `${line.name} answers ${status}`,
				begin: (world) => line.of(world).answers(status ?? 503),
			};
		},
	],
	[4, () => ({ name: "the hub operator is killed", begin: killHub })],
	[
		3,
		(random) => {
			const nth = 1 + random.below(8);
			return {
				name: `the hub operator is killed at its next write no. ${nth}`,
				begin: (world) => {
					const process = world.hubProcess;
					if (process) process.killAtWrite = process.writes + nth;
					return () => {
						if (process) process.killAtWrite = Number.POSITIVE_INFINITY;
						world.startHub();
					};
				},
			};
		},
	],
	[
		2,
		() => ({
			name: "a second hub operator runs",
			begin: (world) => {
				const process = world.startAnotherHub();
				return () => process.kill();
			},
		}),
	],
	[
		1,
		(random) => {
			const nth = 1 + random.below(8);
			const region = regionFrom(random);
			return {
				name: `the agent of ${region} is killed at its next write no. ${nth}`,
				begin: (world) => {
					const process = world.agents[region];
					if (process) process.killAtWrite = process.writes + nth;
					return () => {
						if (process) process.killAtWrite = Number.POSITIVE_INFINITY;
						if (world.agent === "External") world.startAgent(region);
					};
				},
			};
		},
	],
	[
		2,
		() => ({
			name: "the hub operator is paused",
			begin: (world) => {
				const process = world.hubProcess;
				process?.pause();
				return () => process?.resume();
			},
		}),
	],
	[
		2,
		(random) => {
			const survives = random.next() < 0.3;
			return {
				name: `the hub is wiped${survives ? " under a living operator" : ""}`,
				begin: (world) => {
					if (!survives) world.hubProcess?.kill();
					if (!world.hub.alive) return () => world.startHub();
					world.wipeHub();
					return () => world.startHub();
				},
			};
		},
	],
	[
		2,
		() => ({
			name: "the hub's API server is dead",
			begin: (world) => {
				world.die(world.hub);
				return () => world.revive(world.hub);
			},
		}),
	],
	[
		1,
		() => ({
			name: "the hub operator is cut from its own API server",
			begin: (world) => world.lines.hub.cut(),
		}),
	],
	[
		1,
		() => ({
			name: "the hub operator's own API server loses half",
			begin: (world) => world.lines.hub.flaky(world.random, 0.5),
		}),
	],
	[
		2,
		(random) => {
			const region = regionFrom(random);
			return {
				name: `the agent of ${region} is killed`,
				begin: (world) => {
					world.agents[region]?.kill();
					return () => {
						if (world.agent === "External") world.startAgent(region);
					};
				},
			};
		},
	],
	[
		2,
		(random) => {
			const region = regionFrom(random);
			return {
				name: `${region} forgets its history and breaks its watches`,
				begin: (world) => {
					world.regions[region].store.compact();
					world.regions[region].breakWatches();
					return () => {};
				},
			};
		},
	],
];

function killHub(world: World): () => void {
	world.hubProcess?.kill();
	return () => world.startHub();
}

const WEIGHT = MAKERS.reduce((sum, [weight]) => sum + weight, 0);

function pick(random: Random): Make {
	let dice = random.below(WEIGHT);
	for (const [weight, make] of MAKERS) {
		dice -= weight;
		if (dice < 0) return make;
	}
	return () => ({ name: "nothing", begin: () => () => {} });
}

/** Two to seven of them within two minutes; `hard`: twice as many in a third of the time. */
export function faultsFrom(random: Random, hard: boolean): readonly Fault[] {
	const many = (2 + random.below(6)) * (hard ? 2 : 1);
	return Array.from({ length: many }, () => ({
		atMs: random.below(hard ? 40_000 : 120_000),
		forMs: 1_000 + random.below(random.next() < 0.5 ? 12_000 : 60_000),
		...pick(random)(random),
	}));
}
