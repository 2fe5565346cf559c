/** What metrics tell of the grant: who confirms it, and how near it came to lapsing. */
import type { Source } from "../../core/region/grant/proof.ts";
import { type Grant, valid } from "../../core/region/grant/state.ts";
import { remainingMs } from "../../core/region/grant/view.ts";
import type { Metrics } from "../port.ts";

/** In the words of docs/metrics.md. */
const BY: Readonly<Record<Source, string>> = {
	hub: "hub",
	peer: "twin",
	own: "own",
};
const SOURCES = Object.keys(BY) as Source[];

export class GrantGauges {
	readonly #metrics: Metrics | undefined;
	readonly #said = new Map<Source, boolean>();
	#wasProven = false;

	constructor(metrics: Metrics | undefined) {
		this.#metrics = metrics;
	}

	/** Asked often: only what has changed is said. */
	look(grant: Grant): void {
		for (const source of SOURCES) {
			const now = valid(grant, source, grant.at);
			if (this.#said.get(source) === now) continue;
			this.#said.set(source, now);
			const by = BY[source];
			this.#metrics?.set(
				"twin_operator_grant_confirmed",
				{ region: grant.region, by },
				now ? 1 : 0,
			);
		}
	}

	/**
	 * A renewal was confirmed: what would have been left without it. After a
	 * lapse that is 0; before the first proof of this process there was nothing to lose.
	 */
	answered(before: Grant, after: Grant): void {
		const { at, proof, timing } = after;
		const isConfirmed = SOURCES.some(
			(it) =>
				proof.sources[it] !== undefined &&
				proof.sources[it] !== before.proof.sources[it],
		);
		if (!isConfirmed) return;
		const leftMs = remainingMs(before, at);
		if (this.#wasProven)
			this.#metrics?.observe(
				"twin_operator_grant_margin_ratio",
				{ region: after.region },
				leftMs / timing.holdMs,
			);
		this.#wasProven = true;
	}
}
