/** Whether the agent of a region with `agent: External` is at work: its Lease changes, by the hub's own observation. */
import { LEASE } from "../../api/kind.ts";
import { FENCING } from "../../api/label.ts";
import type { FencingForm } from "../../core/hub/observation.ts";
import type { Problem } from "../../core/hub/placement.ts";
import type { Api, Clock } from "../port.ts";
import { AGENT_LEASE } from "../region/lease.ts";
import { REQUEST_TIMEOUT_MS } from "./context.ts";

/** An agent whose Lease stands still for so long is not at work. */
const AGENT_SILENT_MS = 30_000;

export interface AgentWatchOptions {
	readonly api: Api;
	readonly clock: Clock;
	readonly region: string;
	/** The operator's own, in the region. */
	readonly namespace: string;
	readonly signal: AbortSignal;
}

export class AgentWatch {
	readonly #options: AgentWatchOptions;
	#lease: { version: string; sinceMs: number } | "missing" | undefined;
	#reading = false;
	#fencing: FencingForm | undefined;

	constructor(options: AgentWatchOptions) {
		this.#options = options;
	}

	/** As the agent says in its Lease; an agent that is gone has said nothing. */
	get fencing(): FencingForm | undefined {
		return this.problem() ? undefined : this.#fencing;
	}

	/** Undefined: at work. */
	problem(): Problem | undefined {
		const { region, namespace, clock } = this.#options;
		const lease = this.#lease;
		if (lease === undefined) {
			return {
				reason: "Preparing",
				message: `The Lease of the agent of ${region} is being read.`,
			};
		}
		const missing = lease === "missing";
		if (!missing && clock.now() - lease.sinceMs <= AGENT_SILENT_MS)
			return undefined;
		return {
			reason: "AgentMissing",
			message: `The Lease ${namespace}/${AGENT_LEASE} in ${region} ${missing ? "is missing" : "does not change any more"}. Look at the agent there: spec.agent is External, so it is yours to run.`,
		};
	}

	/** Beside the probe, never in its way. */
	async read(): Promise<void> {
		if (this.#reading) return;
		this.#reading = true;
		const { api, clock, namespace, signal } = this.#options;
		const answer = await api.request({
			verb: "get",
			resource: LEASE,
			namespace,
			name: AGENT_LEASE,
			timeoutMs: REQUEST_TIMEOUT_MS,
			signal,
		});
		this.#reading = false;
		if (answer.kind === "ok") {
			const said = answer.body.metadata.annotations?.[FENCING];
			this.#fencing = said === "Pod" || said === "Agent" ? said : undefined;
			const version = answer.body.metadata.resourceVersion ?? "";
			const before = this.#lease;
			if (typeof before === "object" && before.version === version) return;
			this.#lease = { version, sinceMs: clock.now() };
		} else if (answer.kind === "refused" && answer.status === 404) {
			this.#lease = "missing";
		}
	}
}
