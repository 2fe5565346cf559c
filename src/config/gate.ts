/** Settings of the gate: all of them or none, for agents only. */
import { isIP } from "node:net";
import { type Check, type Flag, port, together } from "./flag.ts";

/** How the pods of Exclusive sides are held. */
export interface GateConfig {
	/** Of the container in front of them; with digest. */
	readonly image: string;
	/** `http://IP:PORT` of each replica of the agent. */
	readonly agents: readonly string[];
	/** Where this process answers them. */
	readonly port: number;
}

const MOST_AGENTS = 8;

const gatePort: Check = (text) =>
	port(text) === undefined && Number(text) > 0
		? undefined
		: "a number from 1 to 65535";

/** A tag may be moved, and what fences must not change by itself. */
const imageWithDigest: Check = (text) =>
	/^[a-z0-9][^\s@]*@sha256:[0-9a-f]{64}$/.test(text)
		? undefined
		: "an image with its digest, as in busybox@sha256:…";

/** Names are refused: pods would stop where DNS fails. */
function addressOf(text: string): string | undefined {
	const form = /^(?:http:\/\/)?(\[[0-9a-f:.]+\]|[0-9.]+):(\d{1,5})\/?$/i;
	const [, host = "", number = ""] = form.exec(text) ?? [];
	const version = host.startsWith("[") ? isIP(host.slice(1, -1)) : isIP(host);
	const fits = version === (host.startsWith("[") ? 6 : 4);
	return fits && gatePort(number) === undefined
		? `http://${host}:${Number(number)}`
		: undefined;
}

const addressesOf = (text: string): readonly (string | undefined)[] =>
	text.split(",").map((it) => addressOf(it.trim()));

const agentAddresses: Check = (text) => {
	const found = addressesOf(text);
	return found.every((it) => it !== undefined) &&
		new Set(found).size === found.length &&
		found.length <= MOST_AGENTS
		? undefined
		: `one to ${MOST_AGENTS} different IP:PORT with commas between, and no names, which need DNS`;
};

export const GATE_FLAGS = {
	"gate-image": {
		value: "IMAGE",
		help: "image of the gate before the pods of Exclusive services, with digest; it has sh, wget, timeout and head; a hub passes it on to the agents that it installs",
		check: imageWithDigest,
	},
	"gate-addresses": {
		value: "LIST",
		help: "IP:PORT of each replica of this agent, as pods reach it, with commas between",
		only: "agent",
		check: agentAddresses,
	},
	"gate-port": {
		value: "PORT",
		default: "8900",
		help: "port on which this agent answers gates",
		only: "agent",
		check: gatePort,
	},
} as const satisfies Record<string, Flag>;

type Name = keyof typeof GATE_FLAGS;

/** Half a gate is none: pods would never start, or never be held. */
export const gateFaults = (isGiven: (name: Name) => boolean) =>
	together<Name>(["gate-image", "gate-addresses"], isGiven);

/** From checked values. */
export function gateOf(values: ReadonlyMap<string, string>): {
	readonly gate?: GateConfig;
} {
	const image = values.get("gate-image");
	const addresses = values.get("gate-addresses");
	if (image === undefined || addresses === undefined) return {};
	const agents = addressesOf(addresses).flatMap((it) => it ?? []);
	return { gate: { image, agents, port: Number(values.get("gate-port")) } };
}
