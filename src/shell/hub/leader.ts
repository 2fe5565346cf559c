/**
 * Stands for leader and stays it (src/core/hub/leader.ts decides): explicit
 * reads and compare-and-swap writes, every R, over a connection of its own, so
 * that a hub with much to do renews in time.
 */
import { LEASE } from "../../api/kind.ts";
import { FIELD_MANAGER } from "../../api/label.ts";
import {
	type Action,
	answered,
	beginTurn,
	bodyOf,
	initialLeadership,
	LEADER_LEASE,
	LEADER_TIMING,
	type Leadership,
	leads,
	leftMs,
	look,
	next,
	release,
} from "../../core/hub/leader.ts";
import type { Instant } from "../../core/region/grant/instant.ts";
import { JITTER } from "../../core/region/grant/timing.ts";
import type { Answer, Api, Clock, Log, Metrics } from "../port.ts";
import { outcomeOf } from "../region/grant-call.ts";

export interface LeaderOptions {
	/** Of the hub; used for the Lease alone. */
	readonly api: Api;
	readonly clock: Clock;
	/** One look at all clocks of the machine. */
	readonly instant: () => Instant;
	readonly random: () => number;
	readonly log: Log;
	readonly metrics?: Metrics;
	/** The operator's own. */
	readonly namespace: string;
	/** Of this process, another one with every start. */
	readonly id: string;
	/** Called once. */
	readonly onLeading: () => void;
	/** Called once, after `onLeading`: the process must end. */
	readonly onLost: (why: string) => void;
}

/** Between two turns when the API server answers slowly. */
const LEAST_PAUSE_MS = 20;
/** One that stands by tries a write this often. */
const TRY_MS = 60_000;

export class Leader {
	readonly #options: LeaderOptions;
	readonly #stopping = new AbortController();
	#state: Leadership;
	#running: Promise<unknown> = Promise.resolve();
	#writes = 0;
	#led = false;
	#told = false;
	/** Why nothing is known of the Lease; undefined when it was read or written last. */
	#fault: string | undefined = "it has not been read yet";
	#triedAtMs = Number.NEGATIVE_INFINITY;
	/** Why this process could not lead if it had to. */
	#refused: string | undefined;

	constructor(options: LeaderOptions) {
		this.#options = options;
		this.#state = initialLeadership(options.id, options.instant());
	}

	start(): void {
		this.#say(0);
		this.#running = Promise.all([this.#loop(), this.#watchClock()]);
	}

	/** Asked right before every write of the hub. */
	leads(): boolean {
		const now = this.#look();
		return leads(this.#state, now);
	}

	/** What keeps this process from leading or standing by. */
	ready(): string | undefined {
		const fault = this.#fault ?? this.#refused;
		return fault === undefined
			? undefined
			: `the Lease ${LEADER_LEASE} in ${this.#options.namespace} cannot be read or written (${fault}): look at the hub's API server, and at the rights of this account, which needs get and patch on this Lease, and create on leases`;
	}

	/** Gives the Lease back. Nothing may be written any more when this is called. */
	async stop(): Promise<void> {
		this.#stopping.abort();
		await this.#running;
		const action = release(this.#state);
		if (action) await this.#request(action);
		this.#say(0);
	}

	async #loop(): Promise<void> {
		const { clock, random } = this.#options;
		const { signal } = this.#stopping;
		while (!signal.aborted) {
			const began = clock.now();
			this.#state = beginTurn(this.#state);
			for (;;) {
				const action = next(this.#state, this.#look());
				if (!action || signal.aborted) break;
				await this.#carryOut(action);
			}
			await this.#tryWriting();
			const stretched =
				LEADER_TIMING.periodMs * (1 - JITTER + 2 * JITTER * random());
			const leftMs = stretched - (clock.now() - began);
			await clock.sleep(Math.max(LEAST_PAUSE_MS, leftMs), signal);
		}
	}

	/** The lapse is no event of the API: somebody has to look. */
	async #watchClock(): Promise<void> {
		const { clock } = this.#options;
		const { signal } = this.#stopping;
		while (!signal.aborted) {
			const left = leftMs(this.#state, this.#look());
			const waits = left > 0 ? left + 1 : LEADER_TIMING.periodMs;
			await clock.sleep(Math.min(waits, LEADER_TIMING.periodMs), signal);
		}
	}

	async #carryOut(action: Action): Promise<void> {
		const { instant } = this.#options;
		const sent = instant();
		const answer = await this.#request(action);
		const outcome = outcomeOf(action, answer);
		this.#fault =
			outcome.kind === "unknown" && "message" in answer
				? answer.message
				: undefined;
		const received = instant();
		this.#state = answered(this.#state, action, outcome, { sent, received });
		this.#tell();
	}

	/**
	 * Who stands by writes nothing as long as another one leads: that it may not
	 * would show when it is needed. A dry run changes nothing, and asks for the
	 * same right.
	 */
	async #tryWriting(): Promise<void> {
		const { api, clock } = this.#options;
		if (this.#state.held) this.#refused = undefined;
		if (this.#state.held || this.#stopping.signal.aborted) return;
		if (clock.now() - this.#triedAtMs < TRY_MS) return;
		this.#triedAtMs = clock.now();
		const answer = await api.request({
			...this.#where(),
			verb: "merge",
			name: LEADER_LEASE,
			query: { fieldManager: FIELD_MANAGER, dryRun: "All" },
			body: {},
		});
		const isRefused = answer.kind === "refused" && answer.status === 403;
		if (isRefused || answer.kind === "ok")
			this.#refused = isRefused ? answer.message : undefined;
	}

	#where() {
		return {
			resource: LEASE,
			namespace: this.#options.namespace,
			timeoutMs: LEADER_TIMING.requestMs,
			urgent: true,
		};
	}

	#request(action: Action): Promise<Answer> {
		const { api, clock, namespace } = this.#options;
		const where = this.#where();
		if (action.kind === "read")
			return api.request({ ...where, verb: "get", name: LEADER_LEASE });
		this.#writes = (this.#writes + 1) % 1_000;
		const micros = `${this.#writes}`.padStart(3, "0");
		// The last three digits differ even when the wall clock stands still.
		const renewTime = clock.wall().toISOString().replace("Z", `${micros}Z`);
		const body = bodyOf(this.#state, action, namespace, renewTime);
		const writing = { ...where, query: { fieldManager: FIELD_MANAGER }, body };
		return action.kind === "create"
			? api.request({ ...writing, verb: "create" })
			: api.request({ ...writing, verb: "merge", name: LEADER_LEASE });
	}

	#look(): Instant {
		const now = this.#options.instant();
		this.#state = look(this.#state, now);
		this.#tell();
		return now;
	}

	#tell(): void {
		const { log, id, onLeading, onLost } = this.#options;
		const { held, lost } = this.#state;
		// A write that was under way when the process was told to end starts nothing.
		if (held && !this.#led && !this.#stopping.signal.aborted) {
			this.#led = true;
			this.#say(1);
			log.info({ id }, "this process leads: it starts to work");
			onLeading();
		}
		if (lost === undefined || this.#told) return;
		this.#told = true;
		this.#say(0);
		log.warn(
			{ id },
			`this process leads no more: ${lost}. It ends; another one has taken over or will`,
		);
		onLost(lost);
	}

	#say(value: 0 | 1): void {
		this.#options.metrics?.set("twin_operator_leader", {}, value);
	}
}
