/** What a pair may be given, and how the agents in it are started. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { OPERATOR_NAMESPACE } from "../clusters/install.ts";
import type { startOperator } from "../clusters/operator.ts";
import type { Network, RealCluster } from "../clusters/real/cluster.ts";
import type { Region, World } from "./world.ts";

export interface PairOptions {
	readonly network?: Network;
	readonly etcdFlags?: readonly string[];
	/** Those that run already, and are not this pair's to stop. */
	readonly clusters?: Readonly<Record<Place, RealCluster>>;
	/** One of several over the same regions, with a service in a namespace of that name. */
	readonly installation?: string;
	/** What an agent, or the hub's operator, is given to reach the three; default: the administrator's. */
	readonly reach?: (who: Place, place: Place) => string | undefined;
	readonly agentFlags?: readonly string[];
	/** Of Node.js, for hub and agents. */
	readonly nodeFlags?: readonly string[];
	/** Real nodes come later: no kwok, and gates of an image that they have. Asked for at each start of an agent. */
	readonly gateImage?: () => string;
}

export type Place = "hub" | Region;
export const twinOf = (region: Region): Region =>
	region === "north" ? "south" : "north";

const IMAGE = `registry.example/gate@sha256:${"0".repeat(64)}`;

/** The operator's own. */
export const namespaceOf = ({ installation }: PairOptions): string =>
	installation === undefined ? OPERATOR_NAMESPACE : `twins-${installation}`;

/** The flags that tell several installations apart. */
export const identityOf = (options: PairOptions): readonly string[] =>
	options.installation === undefined
		? []
		: [
				...["--installation", options.installation],
				...["--namespace", namespaceOf(options)],
			];

export function agentOptions(
	world: World,
	region: Region,
	gates: readonly string[],
	replica: 0 | 1,
	options: PairOptions,
): Parameters<typeof startOperator>[0] {
	const {
		reach,
		installation = "",
		agentFlags = [],
		nodeFlags = [],
		gateImage = () => IMAGE,
	} = options;
	const own = world[region];
	const twin = twinOf(region);
	const textOf = (place: Place) =>
		reach?.(region, place) ?? world[place].kubeconfig;
	const file = (place: Place): string => {
		const path = join(own.dir, `${installation}agent-${place}.kubeconfig`);
		writeFileSync(path, textOf(place), { mode: 0o600 });
		return path;
	};
	return {
		command: "agent",
		nodeFlags,
		kubeconfig: textOf(region),
		enter: own.enter,
		logFile: join(own.dir, `${installation}agent-${replica}.log`),
		flags: [
			...agentFlags,
			...identityOf(options),
			...["--region", region, "--profile", "Fast", "--twin", twin],
			...["--log-level", "debug"],
			...["--twin-kubeconfig", file(twin), "--witness-kubeconfig", file("hub")],
			...["--gate-image", gateImage(), "--gate-addresses", gates.join()],
			...["--gate-port", new URL(`http://${gates[replica]}`).port],
		],
	};
}
