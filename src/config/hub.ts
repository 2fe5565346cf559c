/** Settings of the hub operator alone; the witness is a flag of the agents too. */
import { type Check, type Flag, oneOf, together } from "./flag.ts";

export interface HubConfig {
	/** The site that the hub, or the witness in its place, is in. */
	readonly failureDomain?: string;
	/** Undefined: the hub keeps the grants itself. */
	readonly witnessKubeconfig?: string;
	/** Several processes may be started, and one of them works. */
	readonly leaderElect: boolean;
	/** Undefined: it installs no agents. */
	readonly agents?: AgentsConfig;
}

/** What a hub installs agents with, where spec.agent is Managed. */
export interface AgentsConfig {
	readonly image: string;
	/** With digest. */
	readonly gateImage: string;
	/** `https://HOST:PORT` of the hub's API server, as the regions reach it. */
	readonly server: string;
}

const httpsAddress: Check = (text) => {
	const url = URL.parse(text);
	return url?.protocol === "https:" &&
		`${url.username}${url.password}${url.search}${url.hash}` === ""
		? undefined
		: "https://HOST:PORT";
};

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
	"agent-image": {
		value: "IMAGE",
		help: "image of the agents that the hub installs (spec.agent Managed); with --agent-server and --gate-image",
		only: "hub",
		check: (text) =>
			/^[a-z0-9][^\s]*$/.test(text) ? undefined : "an image, as in NAME:TAG",
	},
	"agent-server": {
		value: "URL",
		help: "address of the hub's API server, as these agents reach it",
		only: "hub",
		check: httpsAddress,
	},
} as const satisfies Record<string, Flag>;

type Name = "agent-image" | "agent-server" | "gate-image";

export const hubFaults = (isGiven: (name: Name) => boolean) =>
	together<Name>(["agent-image", "agent-server", "gate-image"], isGiven);

/** From checked values. */
export function hubOf(values: ReadonlyMap<string, string>): HubConfig {
	const failureDomain = values.get("failure-domain");
	const witnessKubeconfig = values.get("witness-kubeconfig");
	const image = values.get("agent-image");
	const server = values.get("agent-server");
	const gateImage = values.get("gate-image");
	return {
		...(image && server && gateImage
			? { agents: { image, gateImage, server: server.replace(/\/+$/, "") } }
			: {}),
		...(failureDomain === undefined ? {} : { failureDomain }),
		...(witnessKubeconfig === undefined ? {} : { witnessKubeconfig }),
		leaderElect: values.get("leader-elect") === "true",
	};
}
