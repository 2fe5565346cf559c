/** Settings of the hub operator alone; the witness is a flag of the agents too. */
import { type Flag, oneOf } from "./flag.ts";

export interface HubConfig {
	/** The site that the hub, or the witness in its place, is in. */
	readonly failureDomain?: string;
	/** Undefined: the hub keeps the grants itself. */
	readonly witnessKubeconfig?: string;
	/** Several processes may be started, and one of them works. */
	readonly leaderElect: boolean;
}

export const HUB_FLAGS = {
	"failure-domain": {
		value: "NAME",
		help: "the site of the hub, or of the witness in its place, in the words of spec.failureDomain of the TwinClusters",
		only: "hub",
		check: (text) =>
			text.length > 0 && text.length <= 253
				? undefined
				: "at most 253 characters",
	},
	"leader-elect": {
		value: "BOOL",
		default: "false",
		help: "true: of several hub operators, the one that holds the Lease twin-operator-hub works, the others stand by",
		only: "hub",
		check: oneOf(["true", "false"]),
	},
} as const satisfies Record<string, Flag>;

/** From checked values. */
export function hubOf(values: ReadonlyMap<string, string>): HubConfig {
	const failureDomain = values.get("failure-domain");
	const witnessKubeconfig = values.get("witness-kubeconfig");
	return {
		...(failureDomain === undefined ? {} : { failureDomain }),
		...(witnessKubeconfig === undefined ? {} : { witnessKubeconfig }),
		leaderElect: values.get("leader-elect") === "true",
	};
}
