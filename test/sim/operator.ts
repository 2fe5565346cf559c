/** The operator's own code, over simulated ports. Nothing else of it is simulated. */
import { PROFILES, type ProfileName } from "../../src/core/profile.ts";
import { startHub } from "../../src/shell/hub.ts";
import { startRegion } from "../../src/shell/region.ts";
import { seeded } from "../clusters/embedded/seed.ts";
import { Process, type Witness } from "./process.ts";
import { OPERATOR_NAMESPACE, REGIONS, type RegionName } from "./service.ts";
import { kubeconfigOf } from "./user.ts";
import type { World } from "./world.ts";

export type Agent = "None" | "External";

/** Of everything that is simulated; a loss is certain after 11.2 s with Fast. */
export const PROFILE_NAME: ProfileName =
	process.env.TWIN_OPERATOR_PROFILE === "Standard" ? "Standard" : "Fast";
export const PROFILE = PROFILES[PROFILE_NAME];
export const INSTALLATION = "default";

function open(world: World, name: string): Process {
	const witness: Witness = {
		onSend: (...it) => world.witness?.onSend(...it),
		onAnswer: (...it) => world.witness?.onAnswer(...it),
		onLog: (by, line) => world.journal.say(by.name, line),
	};
	const process = new Process(name, world.clock, witness);
	process.onDeath = () => world.journal.say("process", `${name} dies`);
	return process;
}

export function startHubProcess(world: World, nth: number): Process {
	const process = open(world, `hub#${nth}`);
	const { link } = world.lines.hub;
	const { third } = world;
	const witnessApi =
		third === world.hub
			? undefined
			: process.api("hub", third.connect("twin-operator").api);
	startHub({
		api: process.api("hub", world.hub.connect("twin-operator", link).api),
		connector: process.connector((_, kubeconfig) => {
			const region = REGIONS.find((it) => kubeconfigOf(it) === kubeconfig);
			if (!region) return undefined;
			const line = world.lines[region].link;
			return world.regions[region].connect("twin-operator", line).api;
		}),
		clock: process.clock,
		log: process.log,
		random: seeded(world.random.below(1e9)).next,
		namespace: OPERATOR_NAMESPACE,
		installation: INSTALLATION,
		profile: PROFILE,
		...(witnessApi ? { witnessApi } : {}),
		...(world.sideCrd ? { sideCrd: world.sideCrd } : {}),
	});
	return process;
}

export function startAgentProcess(
	world: World,
	region: RegionName,
	nth: number,
): Process {
	const process = open(world, `agent-${region}#${nth}`);
	const { link } = world.agentLines[region];
	const plane = world.regions[region];
	startRegion({
		region,
		installation: INSTALLATION,
		namespace: OPERATOR_NAMESPACE,
		api: process.api(region, plane.connect("twin-operator", link).api),
		clock: process.clock,
		random: seeded(world.random.below(1e9)).next,
		log: process.log,
		heartbeat: { identity: process.name },
	});
	return process;
}
