/**
 * What a gate is told: whether the pods of a side may run at this very moment.
 * From memory and from the grant alone, so that it is answered while the API
 * servers are dead.
 */
import type { SideView } from "./side.ts";

/** The path is `/v1/gate/NAMESPACE/NAME`, of the TwinSide. */
export const GATE_PATH = "/v1/gate/";

export interface GateAnswer {
	readonly status: 200 | 403 | 404;
	/** `yes`, or `no` and a word that says why. */
	readonly body: string;
}

/** Both are asked at every question: nothing is kept that could grow old. */
export interface Standing {
	/** By `namespace/name`, as remembered. */
	side(key: string): Pick<SideView, "status"> | undefined;
	/** Rule 2: how long this process's youngest source is still valid. */
	remainingMs(): number;
}

const YES: GateAnswer = { status: 200, body: "yes" };
const NOT_FRESH: GateAnswer = { status: 403, body: "no NotFresh" };
const STANDBY: GateAnswer = { status: 403, body: "no Standby" };
const UNKNOWN: GateAnswer = { status: 403, body: "no Unknown" };
const ELSEWHERE: GateAnswer = { status: 404, body: "no such path" };

/**
 * The policy does not count: pods that still have a gate from the time when
 * their service was Exclusive are asked for the same proof until they are
 * replaced. A yes without proof, from the memory of a process that has not seen
 * a change of policy back to Exclusive, would be a second active side.
 */
export function answerGate(path: string, standing: Standing): GateAnswer {
	if (!path.startsWith(GATE_PATH)) return ELSEWHERE;
	const key = path.slice(GATE_PATH.length);
	const side = standing.side(key);
	if (!side) return UNKNOWN;
	if (side.status.role !== "Active") return STANDBY;
	return standing.remainingMs() > 0 ? YES : NOT_FRESH;
}
