/**
 * Carries out what the grant machine decides (src/core/region/grant): a loop
 * for each Lease and one for the own sides, so that a slow place delays no
 * other. Everything is decided from the one state that they share.
 */
import type { Profile } from "../../core/profile.ts";
import type { Authority } from "../../core/region/authority.ts";
import {
	answered,
	sending,
	sidesAnswered,
} from "../../core/region/grant/answered.ts";
import {
	type Entry,
	inWindow,
	moved,
} from "../../core/region/grant/handover.ts";
import type { Instant } from "../../core/region/grant/instant.ts";
import { type Action, next } from "../../core/region/grant/lane.ts";
import { type OwnSide, sidesRead } from "../../core/region/grant/return.ts";
import {
	beginTurn,
	initialGrant,
	look,
	SPOTS,
	type Spot,
	type Grant as State,
} from "../../core/region/grant/state.ts";
import { JITTER, timingOf } from "../../core/region/grant/timing.ts";
import {
	authorityOf,
	nextLapseMs,
	remainingMs,
	sidesDue,
	urgent,
} from "../../core/region/grant/view.ts";
import type { Api, Clock, Log, Metrics } from "../port.ts";
import { callOf, outcomeOf, PLACES, type Place } from "./grant-call.ts";
import { GrantGauges } from "./grant-measure.ts";

export interface GrantDeps {
	/** Names of the TwinClusters. */
	readonly region: string;
	readonly peer: string;
	/** Id of this process, another one with every start. */
	readonly process: string;
	/** The operator's own, the same in all three clusters. */
	readonly namespace: string;
	/** Checked by `timingFault` before. */
	readonly profile: Profile;
	readonly apis: Readonly<Record<Place, Api>>;
	readonly clock: Clock;
	/** One look at all clocks of the machine. */
	readonly instant: () => Instant;
	readonly random: () => number;
	readonly log: Log;
	/** Rule 14: everything that may be offered now; the machine chooses the window. */
	readonly offered: () => readonly Entry[];
	/**
	 * All own TwinSides from a consistent list that is made now; undefined when
	 * it failed. It must end by itself. Called only when rules 11, 12, 20 or 21
	 * need it.
	 */
	readonly readSides: () => Promise<readonly OwnSide[] | undefined>;
	/** Rule 11: this process has written that side as Standby for that taking, and was acknowledged. */
	readonly isReturned: (taken: string, side: OwnSide) => boolean;
	/** Something that services go by has changed. Not called for a proof that is merely renewed. */
	readonly onChange: (authority: Authority) => void;
	readonly metrics?: Metrics;
	/** With every renewal, drop and loss of the proof. */
	readonly onProof?: (lastsMs: number) => void;
}

export interface Grant {
	/** As of this very moment. */
	authority(): Authority;
	/** How long the proof lasts if nothing more is confirmed; 0 when there is none. */
	remainingMs(): number;
	/** Sends nothing more; requests under way may still be carried out. */
	stop(): void;
}

export function startGrant(deps: GrantDeps): Grant {
	const runner = new Runner(deps);
	runner.start();
	return runner;
}

/** Between two turns of a loop whose place answers slowly. */
const LEAST_PAUSE_MS = 20;

type Lane = Spot | "sides";

class Runner implements Grant {
	readonly #deps: GrantDeps;
	readonly #stopping = new AbortController();
	readonly #woken = new Set<Lane>();
	readonly #sleeping = new Map<Lane, AbortController>();
	#state: State;
	#urgent: ReadonlySet<string> = new Set();
	#told: readonly unknown[] = ["false false undefined false", 0, 0];
	#writes = 0;
	#proven: State["proof"] | undefined;
	readonly #gauges: GrantGauges;

	constructor(deps: GrantDeps) {
		this.#deps = deps;
		this.#gauges = new GrantGauges(deps.metrics);
		this.#state = initialGrant(deps, timingOf(deps.profile), deps.instant());
	}

	start(): void {
		for (const spot of SPOTS) void this.#loop(spot, () => this.#turn(spot));
		void this.#loop("sides", () => this.#readSides());
		void this.#watchClock();
	}

	authority(): Authority {
		const now = this.#look();
		return authorityOf(this.#state, now);
	}

	remainingMs(): number {
		const now = this.#look();
		return remainingMs(this.#state, now);
	}

	stop(): void {
		this.#stopping.abort();
		for (const it of this.#sleeping.values()) it.abort("stopped");
	}

	/** Every R from start to start, and at once when woken. */
	async #loop(lane: Lane, turn: () => Promise<void>): Promise<void> {
		const { clock, random } = this.#deps;
		const { periodMs } = this.#state.timing;
		while (!this.#stopping.signal.aborted) {
			const began = clock.now();
			await turn();
			const stretched = periodMs * (1 - JITTER + 2 * JITTER * random());
			const leftMs = stretched - (clock.now() - began);
			await this.#sleep(lane, Math.max(LEAST_PAUSE_MS, leftMs));
		}
	}

	async #sleep(lane: Lane, ms: number): Promise<void> {
		if (!this.#woken.delete(lane) && !this.#stopping.signal.aborted) {
			// Not combined with the signal that ends all: it would keep something of
			// every pause of a process that runs for years.
			const waking = new AbortController();
			this.#sleeping.set(lane, waking);
			await this.#deps.clock.sleep(ms, waking.signal);
			this.#sleeping.delete(lane);
			this.#woken.delete(lane);
		}
	}

	#wake(lane: Lane): void {
		this.#woken.add(lane);
		this.#sleeping.get(lane)?.abort("woken");
	}

	async #turn(spot: Spot): Promise<void> {
		this.#state = beginTurn(this.#state, spot);
		while (!this.#stopping.signal.aborted) {
			const action = next(this.#state, spot, this.#look());
			if (!action) return;
			await this.#carryOut(action);
		}
	}

	async #carryOut(action: Action): Promise<void> {
		const { apis, instant } = this.#deps;
		this.#state = sending(this.#state, action);
		const call = callOf(action, this.#writing());
		const sent = instant();
		const answer = await apis[PLACES[action.spot]].request({
			...call,
			signal: this.#stopping.signal,
		});
		if (this.#stopping.signal.aborted) return;
		const times = { sent, received: instant() };
		const outcome = outcomeOf(action, answer);
		const before = this.#state;
		this.#state = answered(before, action, outcome, times);
		this.#gauges.answered(before, this.#state);
		if (action.kind === "swap" && outcome.kind === "lease")
			this.#sayForced(action.change.forceAnswer);
		this.#changed();
	}

	#writing() {
		const { region, peer, namespace, offered, clock } = this.#deps;
		const { timing, window, at } = this.#state;
		const entries = offered();
		this.#state = {
			...this.#state,
			window: moved(window, entries, timing, at),
		};
		this.#writes = (this.#writes + 1) % 1_000;
		const micros = `${this.#writes}`.padStart(3, "0");
		return {
			region,
			peer,
			namespace,
			timeoutMs: timing.requestMs,
			// The last three digits differ even when the wall clock stands still.
			renewTime: clock.wall().toISOString().replace("Z", `${micros}Z`),
			entries: inWindow(entries, this.#state.window),
		};
	}

	async #readSides(): Promise<void> {
		const { instant, readSides, isReturned } = this.#deps;
		if (!sidesDue(this.#state, this.#look())) return;
		const sent = instant();
		const sides = await readSides();
		if (this.#stopping.signal.aborted) return;
		const { taken } = this.#state.proof;
		const read = sides && sidesRead(sides, sent, taken, isReturned);
		this.#state = sidesAnswered(this.#state, read, instant());
		this.#changed();
	}

	/** The proof lapses by itself: nobody answers then, and the services must hear of it. */
	async #watchClock(): Promise<void> {
		const { clock } = this.#deps;
		const { signal } = this.#stopping;
		while (!signal.aborted) {
			const now = this.#look();
			const { periodMs } = this.#state.timing;
			const lapse = nextLapseMs(this.#state, now) ?? periodMs;
			await clock.sleep(Math.max(1, Math.min(lapse + 1, periodMs)), signal);
			if (!signal.aborted) this.#look();
		}
	}

	#look(): Instant {
		const now = this.#deps.instant();
		this.#state = look(this.#state, now);
		this.#tell();
		return now;
	}

	#changed(): void {
		this.#tell();
		const due = urgent(this.#state, this.#state.at);
		for (const [reason, lanes] of due)
			if (!this.#urgent.has(reason)) for (const it of lanes) this.#wake(it);
		this.#urgent = new Set(due.keys());
	}

	/** Once for each change; a callback that asks again finds it told. */
	#tell(): void {
		if (this.#stopping.signal.aborted) return;
		const { offers, at, proof } = this.#state;
		this.#gauges.look(this.#state);
		if (proof !== this.#proven) {
			this.#proven = proof;
			this.#deps.onProof?.(remainingMs(this.#state, at));
		}
		const authority = authorityOf(this.#state, at);
		const { fresh, sole, taken, peerRenews } = authority;
		// Offers are compared as they are: their text may be long, and this is asked often.
		const now = [
			`${fresh} ${sole} ${taken} ${peerRenews}`,
			offers.peerAtHub?.entries.size ? offers.peerAtHub.entries : 0,
			offers.peerAtOwn?.entries.size ? offers.peerAtOwn.entries : 0,
		];
		if (now.every((it, nth) => it === this.#told[nth])) return;
		this.#told = now;
		this.#say(authority);
		this.#deps.onChange(authority);
	}

	#sayForced(answer: string | undefined): void {
		const { log, region, peer } = this.#deps;
		if (answer)
			log.warn({ region, peer }, `force was asked for by a person: ${answer}`);
	}

	#saying = "";

	#say({ fresh, sole, taken }: Authority): void {
		const { log, region, peer } = this.#deps;
		const words = sole
			? `this region has taken the grant of ${peer}: all Exclusive services are made active here`
			: taken !== undefined && !fresh
				? `${peer} has taken this region's grant: everything Exclusive is made standby, and then the grant comes back`
				: fresh
					? "this region's grant is confirmed: its Exclusive services may run"
					: `neither the hub nor ${peer} confirms this region's grant: its Exclusive services stop until one of them answers`;
		if (words === this.#saying) return;
		this.#saying = words;
		log[fresh ? "info" : "warn"]({ region, peer }, words);
	}
}
