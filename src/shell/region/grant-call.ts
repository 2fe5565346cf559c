/** Requests of the grant machine as calls to an API server, and their answers as outcomes. */
import { LEASE } from "../../api/kind.ts";
import { FIELD_MANAGER } from "../../api/label.ts";
import type { Outcome } from "../../core/region/grant/answered.ts";
import { type Entry, print } from "../../core/region/grant/handover.ts";
import type { Action } from "../../core/region/grant/lane.ts";
import {
	grantName,
	neutral,
	parseLease,
	swapOf,
	trustName,
} from "../../core/region/grant/lease.ts";
import type { Spot } from "../../core/region/grant/state.ts";
import type { Answer, Call } from "../port.ts";

/** Whose API server. */
export type Place = "own" | "peer" | "hub";

export const PLACES: Readonly<Record<Spot, Place>> = {
	atPeer: "peer",
	atHub: "hub",
	peerAtHub: "hub",
	peerAtOwn: "own",
	trust: "own",
};

export interface Writing {
	readonly region: string;
	readonly peer: string;
	/** The operator's own, the same in all three clusters. */
	readonly namespace: string;
	/** t_req. */
	readonly timeoutMs: number;
	/** Another one with every write. */
	readonly renewTime: string;
	/** Rule 14: the window of what is offered now. */
	readonly entries: readonly Entry[];
}

/** Urgent: never behind the process's own work, and reads are consistent because no resourceVersion is asked for. */
export function callOf(action: Action, writing: Writing): Call {
	const { namespace, timeoutMs, renewTime } = writing;
	const name = nameAt(action.spot, writing);
	const where = {
		resource: LEASE,
		namespace,
		timeoutMs,
		urgent: true,
	};
	if (action.kind === "read") return { ...where, verb: "get", name };
	const query = { fieldManager: FIELD_MANAGER };
	if (action.kind === "create") {
		const body = neutral(name, namespace, action.region);
		return { ...where, verb: "create", query, body };
	}
	const change = action.carries
		? { ...action.change, handover: print(writing.entries) }
		: action.change;
	const body = swapOf(action.from, change, renewTime);
	return { ...where, verb: "merge", name, query, body };
}

/** Whatever is not clearly one of the three is unknown: 5xx and 403 say nothing about the Lease. */
export function outcomeOf(
	{ kind }: Pick<Action, "kind">,
	answer: Answer,
): Outcome {
	if (answer.kind === "ok") {
		const lease = parseLease(answer.body);
		return lease ? { kind: "lease", lease } : { kind: "unknown" };
	}
	if (answer.kind !== "refused") return { kind: "unknown" };
	// A namespace that is missing answers 404 to a creation.
	if (answer.status === 404 && kind !== "create") return { kind: "absent" };
	// 422 besides 409: the uid of another object is called an attempt to change it.
	const lost = answer.status === 409 || answer.status === 422;
	return lost && kind !== "read" ? { kind: "conflict" } : { kind: "unknown" };
}

function nameAt(spot: Spot, { region, peer }: Writing): string {
	if (spot === "trust") return trustName(region, peer);
	return spot === "atPeer" || spot === "atHub"
		? grantName(region, peer)
		: grantName(peer, region);
}
