/** By which accounts an agent reaches its twin and the hub, and which of their tokens are to be made. */
import { SECRET, SERVICE_ACCOUNT } from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import {
	credentialFault,
	type Place,
} from "../../core/hub/agent-credential.ts";
import type { Problem } from "../../core/hub/problem.ts";
import type { Api } from "../port.ts";
import { faultOf, notAnswering, refusedByHub } from "./agent-refusal.ts";
import type { AgentKit, HubContext } from "./context.ts";
import type { RegionLink } from "./link.ts";
import { REQUEST_TIMEOUT_MS } from "./request.ts";

/** A credential that is to be made. */
export interface Outstanding {
	/** Name of the Secret. */
	readonly secret: string;
	readonly why: string;
	readonly place: Place;
	/** Of that place. */
	readonly api: Api;
}

/** In the chart, and in the agent's arguments. */
const TWIN_SECRET = "twin-kubeconfig";
const WITNESS_SECRET = "witness-kubeconfig";
const TWIN_ACCOUNT = "twin-operator-twin";
const WITNESS_ACCOUNT = "twin-operator-witness";

export interface Twin {
	readonly link: RegionLink;
	/** Undefined: its objects are not known. */
	readonly live?: ReadonlyMap<string, KubeObject>;
}

/** The twin's account is made with the twin's objects; before that nothing can be asked for. */
export async function credentialsOf(
	hub: HubContext,
	kit: AgentKit,
	link: RegionLink,
	twin: Twin | undefined,
): Promise<readonly Outstanding[] | Problem> {
	const list: Outstanding[] = [];
	const judge = async (
		secret: string,
		api: Api,
		place: Place,
	): Promise<Problem | undefined> => {
		const kept = await keptIn(hub, link, secret);
		if ("reason" in kept) return kept;
		const now = hub.clock.wall().getTime() / 1_000;
		const why = credentialFault(kept.kubeconfig, place, now);
		if (why !== undefined) list.push({ secret, why, place, api });
		return undefined;
	};
	const witness = await witnessAccount(hub, link.name);
	if ("reason" in witness) return witness;
	const account = { namespace: hub.namespace, ...witness };
	const atHub = { name: "hub", ...kit.hub, account };
	const fault = await judge(WITNESS_SECRET, hub.api, atHub);
	if (fault) return fault;
	const { address } = twin?.link ?? {};
	if (!twin?.live || !address) return list;
	const there = twin.live.get(`ServiceAccount/${TWIN_ACCOUNT}`);
	const uid = there?.metadata.uid ?? "";
	const atTwin = {
		name: twin.link.name,
		...address,
		account: { namespace: hub.namespace, name: TWIN_ACCOUNT, uid },
	};
	return (await judge(TWIN_SECRET, twin.link.api, atTwin)) ?? list;
}

/**
 * The chart makes these accounts on the hub, with their rights on the grants, and
 * the hub only asks for their tokens. Rejected: that the hub makes them; whoever
 * gives rights has to hold them, and the hub is not to write grants.
 */
async function witnessAccount(
	hub: HubContext,
	region: string,
): Promise<{ readonly name: string; readonly uid: string } | Problem> {
	const name = `${WITNESS_ACCOUNT}-${region}`;
	const answer = await hub.api.request({
		verb: "get",
		resource: SERVICE_ACCOUNT,
		namespace: hub.namespace,
		name,
		timeoutMs: REQUEST_TIMEOUT_MS,
	});
	if (answer.kind === "ok")
		return { name, uid: answer.body.metadata.uid ?? "" };
	if (answer.kind !== "refused") return notAnswering("the hub");
	return refusedByHub(
		region,
		`ServiceAccount ${name} on the hub`,
		answer.message,
	);
}

async function keptIn(
	hub: HubContext,
	{ name: region, api }: RegionLink,
	secret: string,
): Promise<{ readonly kubeconfig?: string } | Problem> {
	const answer = await api.request<KubeObject & { data?: object }>({
		verb: "get",
		resource: SECRET,
		namespace: hub.namespace,
		name: secret,
		timeoutMs: REQUEST_TIMEOUT_MS,
	});
	const fault = faultOf(answer, region, `Secret ${secret}`);
	if (fault) return fault;
	if (answer.kind !== "ok") return {};
	const { kubeconfig } = (answer.body.data ?? {}) as { kubeconfig?: unknown };
	return typeof kubeconfig === "string"
		? { kubeconfig: Buffer.from(kubeconfig, "base64").toString("utf8") }
		: {};
}
