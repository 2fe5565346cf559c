/** Settings of the grants. An agent has all of them or none, a hub at most the witness. */
import { anything, type Flag, label, together } from "./flag.ts";

/** The two other places that confirm this region's grant. */
export interface GrantConfig {
	/** Name of the other region. */
	readonly twin: string;
	readonly twinKubeconfig: string;
	/** Of the hub, or of another API server that stands in for it. */
	readonly witnessKubeconfig: string;
	/** Secrets in which the renewed ones are kept; undefined: nothing is renewed. */
	readonly twinSecret?: string;
	readonly witnessSecret?: string;
}

export const GRANT_FLAGS = {
	twin: {
		value: "NAME",
		help: "the other region; with it this agent holds the grant of Exclusive services",
		only: "agent",
		check: label,
	},
	"twin-kubeconfig": {
		value: "PATH",
		help: "kubeconfig of the other region",
		only: "agent",
		check: anything,
	},
	"witness-kubeconfig": {
		value: "PATH",
		help: "where grants are kept beside the regions: for an agent the kubeconfig of the hub, or of any third API server that is witness in its place; the hub gets the same witness, and none where it is the witness itself",
		check: anything,
	},
} as const satisfies Record<string, Flag>;

/** Optional, beside those. */
export const RENEWAL_FLAGS = {
	"twin-secret": {
		value: "NAME",
		help: "Secret of the own cluster, in the operator's namespace, that twin-kubeconfig comes from: its token is renewed, and kept there",
		only: "agent",
		check: label,
	},
	"witness-secret": {
		value: "NAME",
		help: "the same for witness-kubeconfig",
		only: "agent",
		check: label,
	},
} as const satisfies Record<string, Flag>;

type Name = keyof typeof GRANT_FLAGS;
const NAMES = Object.keys(GRANT_FLAGS) as Name[];

export const grantFaults = (isGiven: (name: Name) => boolean) =>
	together(NAMES, isGiven);

/** From checked values. */
export function grantOf(values: ReadonlyMap<string, string>): {
	readonly grant?: GrantConfig;
} {
	const twin = values.get("twin");
	const twinKubeconfig = values.get("twin-kubeconfig");
	const witnessKubeconfig = values.get("witness-kubeconfig");
	if (!twin || !twinKubeconfig || !witnessKubeconfig) return {};
	const twinSecret = values.get("twin-secret");
	const witnessSecret = values.get("witness-secret");
	return {
		grant: {
			...{ twin, twinKubeconfig, witnessKubeconfig },
			...(twinSecret ? { twinSecret } : {}),
			...(witnessSecret ? { witnessSecret } : {}),
		},
	};
}
