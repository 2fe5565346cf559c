/** Whether the agent that runs in a region is at work: its Lease changes, by the hub's own observation. */
import { LEASE } from "../../api/kind.ts";
import { AGENT_VERSION, FENCING } from "../../api/label.ts";
import type { AgentMode } from "../../api/types.ts";
import type { FencingForm } from "../../core/hub/observation.ts";
import type { Problem } from "../../core/hub/problem.ts";
import type { Api, Clock, Metrics } from "../port.ts";
import { AGENT_LEASE } from "../region/lease.ts";
import { REQUEST_TIMEOUT_MS } from "./request.ts";

/** An agent whose Lease stands still for so long is not at work. */
const AGENT_SILENT_MS = 30_000;
const BUILD = "twin_operator_agent_build_info";

export interface AgentWatchOptions {
	readonly api: Api;
	readonly clock: Clock;
	readonly region: string;
	/** Whose it is to run, in words. */
	readonly agent: AgentMode;
	/** The operator's own, in the region. */
	readonly namespace: string;
	readonly signal: AbortSignal;
	readonly metrics?: Metrics;
}

export class AgentWatch {
	readonly #options: AgentWatchOptions;
	#lease: { version: string; sinceMs: number } | "missing" | undefined;
	#reading = false;
	#fencing: FencingForm | undefined;
	#version: string | undefined;

	constructor(options: AgentWatchOptions) {
		this.#options = options;
	}

	/** As the agent says in its Lease; an agent that is gone has said nothing. */
	get fencing(): FencingForm | undefined {
		return this.problem() ? undefined : this.#fencing;
	}

	/** As the agent says in its Lease; undefined: there is none, or it does not say. */
	get version(): string | undefined {
		return this.#version;
	}

	/** Nothing is told of it any more. */
	forget(): void {
		this.#sayVersion(undefined);
	}

	/** Undefined: at work. */
	problem(): Problem | undefined {
		const { region, namespace, clock, agent } = this.#options;
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
			message: `The Lease ${namespace}/${AGENT_LEASE} in ${region} ${missing ? "is missing" : "does not change any more"}. ${agent === "External" ? "Look at the agent there: spec.agent is External, so it is yours to run." : `Look at the agent's pods there: kubectl -n ${namespace} get pods.`}`,
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
			const { annotations } = answer.body.metadata;
			const said = annotations?.[FENCING];
			this.#sayVersion(annotations?.[AGENT_VERSION]?.slice(0, 63));
			this.#fencing = said === "Pod" || said === "Agent" ? said : undefined;
			const version = answer.body.metadata.resourceVersion ?? "";
			const before = this.#lease;
			if (typeof before === "object" && before.version === version) return;
			this.#lease = { version, sinceMs: clock.now() };
		} else if (answer.kind === "refused" && answer.status === 404) {
			this.#lease = "missing";
			this.#sayVersion(undefined);
		}
	}

	/** Of the agent that renewed the Lease last; older agents do not say. */
	#sayVersion(version: string | undefined): void {
		const { metrics, region: cluster, signal } = this.#options;
		const before = this.#version;
		const now = signal.aborted ? undefined : version;
		if (before === now) return;
		this.#version = now;
		if (before) metrics?.drop(BUILD, { version: before, cluster });
		if (now) metrics?.set(BUILD, { version: now, cluster }, 1);
	}
}
