/**
 * The grants of the pair, as the hub sees them: two explicit GETs each R, on its
 * own clock. A watch would be cheaper, and its silence would prove nothing.
 */
import { LEASE, NAMESPACE } from "../../api/kind.ts";
import {
	type Grant,
	type GrantSight,
	grantOf,
	observeGrant,
	parseGrant,
} from "../../core/hub/grant.ts";
import type { Timing } from "../../core/hub/loss.ts";
import { grantName } from "../../core/region/grant/lease.ts";
import type { Api, Clock } from "../port.ts";
import { wallOf } from "./request.ts";

export interface GrantWatchOptions {
	/** Where the agents keep their grants: the hub's own, or the witness's. */
	readonly api: Api;
	readonly clock: Clock;
	readonly timing: Timing;
	/** D_h. */
	readonly holdMs: number;
	/** The operator's own, at that place. */
	readonly namespace: string;
	/** The two regions, when both have agents; nobody else holds grants. */
	readonly pair: () => readonly [string, string] | undefined;
	/** It is the witness, which may be a region's own cluster: ask which one it is. */
	readonly isWitness: boolean;
	/** What is said of a grant has changed. */
	readonly onChange: () => void;
}

export class GrantWatch {
	readonly #options: GrantWatchOptions;
	/** By Lease: another pair has others. */
	readonly #sights = new Map<string, GrantSight>();
	#told = "";
	#beganMs: number | undefined;
	/** kube-system's uid at the witness. */
	witnessUID: string | undefined;

	constructor(options: GrantWatchOptions) {
		this.#options = options;
	}

	/** Undefined: there is no pair that could hold grants. */
	of(region: string): Grant | undefined {
		const pair = this.#options.pair();
		if (!pair?.includes(region)) return undefined;
		const { clock, holdMs } = this.#options;
		const sight = this.#sights.get(nameIn(pair, region));
		return grantOf(sight, region, clock.now(), holdMs);
	}

	/** Watched for so short a time that nothing can be said of it yet. */
	get isYoung(): boolean {
		const { clock, holdMs } = this.#options;
		return (
			this.#options.pair() !== undefined &&
			clock.now() - (this.#beganMs ?? clock.now()) <= holdMs
		);
	}

	async run(signal: AbortSignal): Promise<void> {
		const { clock, timing } = this.#options;
		while (!signal.aborted) {
			const pair = this.#options.pair();
			if (pair) this.#beganMs ??= clock.now();
			if (pair)
				await Promise.all(pair.map((it) => this.#read(pair, it, signal)));
			if (this.#options.isWitness && this.witnessUID === undefined)
				await this.#identify(signal);
			if (signal.aborted) return;
			this.#review(pair);
			await clock.sleep(timing.periodMs, signal);
		}
	}

	/** What went unanswered is unknown: the last sight grows old. */
	async #read(
		pair: readonly [string, string],
		region: string,
		signal: AbortSignal,
	): Promise<void> {
		const { api, clock, namespace, timing } = this.#options;
		const name = nameIn(pair, region);
		const sentMs = clock.now();
		const answer = await api.request({
			verb: "get",
			resource: LEASE,
			namespace,
			name,
			timeoutMs: timing.requestMs,
			urgent: true,
			signal,
		});
		const absent = answer.kind === "refused" && answer.status === 404;
		if (answer.kind !== "ok" && !absent) return;
		const read = {
			sentMs,
			receivedMs: clock.now(),
			wall: wallOf(clock),
			lease: answer.kind === "ok" ? parseGrant(answer.body) : undefined,
		};
		const before = this.#sights.get(name);
		this.#sights.set(name, observeGrant(before, read, region));
	}

	async #identify(signal: AbortSignal): Promise<void> {
		const { api, timing, onChange } = this.#options;
		const answer = await api.request({
			verb: "get",
			resource: NAMESPACE,
			name: "kube-system",
			timeoutMs: timing.requestMs,
			signal,
		});
		if (answer.kind !== "ok" || !answer.body.metadata.uid) return;
		this.witnessUID = answer.body.metadata.uid;
		onChange();
	}

	#review(pair: readonly [string, string] | undefined): void {
		const now = (pair ?? []).map((it) => {
			const grant = this.of(it);
			return `${it} ${grant?.kind} ${grant?.spoken}`;
		});
		const words = now.join();
		if (words === this.#told) return;
		this.#told = words;
		this.#options.onChange();
	}
}

function nameIn(pair: readonly [string, string], region: string): string {
	return grantName(region, pair[0] === region ? pair[1] : pair[0]);
}
