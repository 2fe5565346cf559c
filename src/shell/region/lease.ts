/**
 * The sign of life of an agent that runs in its region: a Lease that the hub
 * sees change. Its time is for people; nobody compares it with a clock.
 */
import { LEASE } from "../../api/kind.ts";
import { AGENT_VERSION, FENCING } from "../../api/label.ts";
import type { Api, Clock, Log } from "../port.ts";
import { REQUEST_TIMEOUT_MS } from "./context.ts";

export const AGENT_LEASE = "agent";
export const HEARTBEAT_MS = 10_000;

export interface HeartbeatOptions {
	readonly api: Api;
	readonly clock: Clock;
	readonly log: Log;
	/** The operator's own. */
	readonly namespace: string;
	/** Of this process. */
	readonly identity: string;
	/**
	 * How strong the fencing of the region is, as found out last; asked at each
	 * beat, so it must answer from memory. Undefined: not known yet, nothing is said.
	 */
	readonly fencing?: () => "Pod" | "Agent" | undefined;
	/** Of this program; the hub tells when it is another one than its own. */
	readonly version?: string;
	readonly signal: AbortSignal;
}

export async function heartbeat(options: HeartbeatOptions): Promise<void> {
	const { clock, signal, log } = options;
	let well = true;
	while (!signal.aborted) {
		const fault = await beat(options);
		if (fault !== undefined && well && !signal.aborted) {
			log.warn(
				{ lease: AGENT_LEASE },
				`the agent's Lease could not be renewed: ${fault}`,
			);
		}
		well = fault === undefined;
		await clock.sleep(HEARTBEAT_MS, signal);
	}
}

async function beat(options: HeartbeatOptions): Promise<string | undefined> {
	const { api, clock, namespace, identity, signal } = options;
	const where = {
		resource: LEASE,
		namespace,
		timeoutMs: REQUEST_TIMEOUT_MS,
		signal,
	};
	const spec = {
		holderIdentity: identity,
		// Kubernetes wants microseconds.
		renewTime: clock.wall().toISOString().replace("Z", "000Z"),
		leaseDurationSeconds: (3 * HEARTBEAT_MS) / 1_000,
	};
	const fencing = options.fencing?.();
	const annotations = {
		...(fencing === undefined ? {} : { [FENCING]: fencing }),
		...(options.version === undefined
			? {}
			: { [AGENT_VERSION]: options.version }),
	};
	const says = Object.keys(annotations).length > 0;
	const metadata = says ? { annotations } : {};
	const renewed = await api.request({
		...where,
		verb: "merge",
		name: AGENT_LEASE,
		body: { ...(says ? { metadata } : {}), spec },
	});
	if (renewed.kind === "ok") return undefined;
	if (renewed.kind !== "refused" || renewed.status !== 404) {
		return renewed.message;
	}
	const created = await api.request({
		...where,
		verb: "create",
		body: {
			apiVersion: "coordination.k8s.io/v1",
			kind: "Lease",
			metadata: { name: AGENT_LEASE, namespace, ...metadata },
			spec,
		},
	});
	return created.kind === "ok" ? undefined : created.message;
}
