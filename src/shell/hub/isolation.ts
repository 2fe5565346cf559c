/** Whether it is the hub that is cut off. While it is, nothing is decided; afterwards everything is observed anew. */
import {
	anew,
	type Health,
	isIsolated,
	isSilent,
	observe,
	type Timing,
	UNOBSERVED,
} from "../../core/hub/loss.ts";
import type { Api, Clock, Log } from "../port.ts";
import type { RegionLink } from "./link.ts";
import { probing } from "./probe.ts";

export interface IsolationOptions {
	/** The hub's own. */
	readonly api: Api;
	readonly clock: Clock;
	readonly timing: Timing;
	readonly log: Log;
	readonly links: ReadonlyMap<string, RegionLink>;
	readonly onChange: () => void;
	/** The hub's own API server answers again; `another`: it is not the one it was. */
	readonly onHubBack: (another: boolean) => void;
}

export class Isolation {
	readonly #options: IsolationOptions;
	#hub: Health = UNOBSERVED;
	#isolated = false;
	/** Of the hub's kube-system: its etcd was lost when this changes. */
	#uid: string | undefined;

	constructor(options: IsolationOptions) {
		this.#options = options;
	}

	get isIsolated(): boolean {
		return this.#isolated;
	}

	/** Of the hub's own cluster, once it has answered. */
	get hubUID(): string | undefined {
		return this.#uid;
	}

	/** The hub's own API server is asked as the regions' are. */
	run(signal: AbortSignal): Promise<void> {
		const { api, clock, timing } = this.#options;
		return probing({
			api,
			clock,
			timing,
			signal,
			onProbe: (probe, uid) => {
				const another =
					uid !== undefined && this.#uid !== undefined && uid !== this.#uid;
				this.#uid = uid ?? this.#uid;
				if (another) this.#options.onHubBack(true);
				const before = isSilent(this.#hub);
				this.#hub = observe(this.#hub, probe, timing);
				if (before === isSilent(this.#hub)) return;
				if (before && !another) this.#options.onHubBack(false);
				this.review();
			},
		});
	}

	/** To be called whenever the health of a region has changed. */
	review(): void {
		const { links, log, onChange } = this.#options;
		const regions = [...links.values()];
		const now = isIsolated(
			this.#hub,
			regions.map((it) => it.health),
		);
		if (now === this.#isolated) return;
		this.#isolated = now;
		if (now) {
			log.warn(
				{ reason: "HubIsolated" },
				"the hub sees neither region, or not even itself: nothing is decided until it does",
			);
		} else {
			for (const it of regions) it.health = anew(it.health);
			log.info({}, "the hub sees again, and observes anew");
		}
		onChange();
	}
}
