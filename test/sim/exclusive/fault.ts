/** What can go wrong where agents hold grants: each fault begins, and what it returns ends it. */
import type { Random } from "../../clusters/embedded/seed.ts";
import type { Fault } from "../fault.ts";
import type { Line } from "../line.ts";
import { REGIONS, type RegionName } from "../service.ts";
import * as user from "../user.ts";
import type { GrantWorld } from "./world.ts";

type Begin = (world: GrantWorld) => () => void;
interface Made {
	readonly name: string;
	readonly begin: Begin;
}
type Make = (random: Random) => Made;

export interface GrantFault extends Omit<Fault, "begin"> {
	readonly begin: Begin;
}

const pick = <T>(random: Random, from: readonly T[]): T =>
	from[random.below(from.length)] as T;

const anyRegion = (random: Random): RegionName => pick(random, REGIONS);

/** Of an agent, or of the hub. */
function anyLine(random: Random): {
	name: string;
	of: (world: GrantWorld) => Line;
} {
	const region = anyRegion(random);
	const way = pick(random, ["own", "peer", "hub", "operator"] as const);
	return {
		name: way === "operator" ? `hub-${region}` : `agent-${region} to ${way}`,
		of: (world) =>
			way === "operator" ? world.lines[region] : world.ways[region][0][way],
	};
}

const onLine = (
	what: string,
	begin: (line: Line, world: GrantWorld) => () => void,
): Make => {
	return (random) => {
		const line = anyLine(random);
		return {
			name: `${line.name} ${what}`,
			begin: (world) => begin(line.of(world), world),
		};
	};
};

const inRegion = (
	what: string,
	begin: (world: GrantWorld, region: RegionName) => () => void,
): Make => {
	return (random) => {
		const region = anyRegion(random);
		return {
			name: `${region}: ${what}`,
			begin: (world) => begin(world, region),
		};
	};
};

export const MAKERS: readonly Make[] = [
	inRegion("lost", (world, region) => {
		world.lose(region);
		return () => world.bringBack(region);
	}),
	inRegion("lost, and comes back empty", (world, region) => {
		world.lose(region);
		return () => world.bringBack(region, true);
	}),
	inRegion("isolated", (world, region) => world.isolate(region)),
	inRegion("API server dead", (world, region) => {
		world.die(world.regions[region]);
		return () => world.revive(world.regions[region]);
	}),
	inRegion("agents killed", (world, region) => {
		world.killAgents(region);
		return () => world.startAgent(region);
	}),
	inRegion("API server dead, agent restarted", (world, region) => {
		world.die(world.regions[region]);
		world.killAgents(region);
		world.startAgent(region);
		return () => world.revive(world.regions[region]);
	}),
	(random) => {
		const nth = 1 + random.below(12);
		return inRegion(`agent killed at its write no. ${nth}`, (world, region) => {
			const process = world.agents[region];
			if (process) process.killAtWrite = process.writes + nth;
			return () => {
				if (process) process.killAtWrite = Infinity;
				world.startAgent(region);
			};
		})(random);
	},
	inRegion("agents paused", (world, region) => {
		const all = world.machines[region].map((it) => it.process);
		for (const it of all) it.pause();
		return () => {
			for (const it of all) it.resume();
		};
	}),
	inRegion("agents suspended", (world, region) => {
		const all = [...world.machines[region]];
		for (const it of all) it.suspend();
		return () => {
			for (const it of all) it.resume();
		};
	}),
	(random) => {
		const own = random.below(2) === 0;
		const ending = random.below(2) === 0;
		return inRegion("a second agent", (world, region) => {
			const first = world.machines[region][0];
			const second = world.startSecondAgent(region);
			const mend = own ? world.ways[region][1].own.cut() : () => {};
			return () => {
				mend();
				(ending ? first : second)?.kill();
				world.startAgent(region);
			};
		})(random);
	},
	(random) => {
		const stepMs =
			(random.next() < 0.5 ? 1 : -1) * (1 + random.below(7_200_000));
		return inRegion("the agents' wall clocks step", (world, region) => {
			const all = [...world.machines[region]];
			for (const it of all) it.stepWall(stepMs);
			return () => {
				for (const it of all) it.stepWall(-stepMs);
			};
		})(random);
	},
	// Rule 19: the hub and a region are gone, and a person tells the other one.
	inRegion("lost with the hub, and declared so", (world, region) => {
		const end = world.condemn(region);
		if (!end) return () => {};
		world.die(world.hub);
		void world.clock.sleep(1_000).then(() => user.force(world, region));
		return () => {
			world.revive(world.hub);
			// As docs/operations.md says: not before the hub knows.
			void user.untilTold(world, region).then(end);
		};
	}),
	inRegion("nodes hear nothing of their API server", (world, region) =>
		world.nodes[region].partition(),
	),
	inRegion("nodes do not reach the agents", (world, region) =>
		world.deafen(region),
	),
	onLine("cut", (line) => line.cut()),
	onLine("loses requests", (line) => line.oneWay("request")),
	onLine("loses answers", (line) => line.oneWay("answer")),
	onLine("flaky", (line, world) => line.flaky(world.random, 0.4)),
	onLine("delivers writes late", (line, world) =>
		line.late(world.random, 0.5, 40_000),
	),
	onLine("slow", (line, world) => line.slow(world.random, 200, 1_500)),
	() => ({ name: "the link cut", begin: (world) => world.cutLink() }),
	() => ({
		name: "the hub's API server dead",
		begin: (world) => {
			world.die(world.hub);
			return () => world.revive(world.hub);
		},
	}),
	(random) => {
		const killed = random.below(2) === 0;
		return {
			name: "the hub wiped",
			begin: (world) => {
				if (killed) world.hubProcess?.kill();
				if (world.hub.alive) world.wipeHub();
				return () => world.startHub();
			},
		};
	},
	() => ({
		name: "the hub operator killed",
		begin: (world) => {
			world.hubProcess?.kill();
			return () => world.startHub();
		},
	}),
	() => ({
		name: "the hub operator rolled over",
		begin: (world) => {
			const process = world.startAnotherHub();
			const before = world.hubProcess;
			return () => {
				before?.kill();
				world.hubProcess = process;
			};
		},
	}),
	() => ({
		name: "a second hub operator",
		begin: (world) => {
			const process = world.startAnotherHub();
			return () => process.kill();
		},
	}),
];

/** Two to seven within a minute and a half. */
export function faultsFrom(random: Random): readonly GrantFault[] {
	return Array.from({ length: 2 + random.below(6) }, () => ({
		atMs: 15_000 + random.below(60_000),
		forMs: 500 + random.below(random.next() < 0.5 ? 8_000 : 35_000),
		...pick(random, MAKERS)(random),
	}));
}
