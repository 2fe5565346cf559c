/** One agent process of a region: the real runner, on a clock that may drift and be suspended. */
import type { Profile } from "../../../src/core/profile.ts";
import type { Authority } from "../../../src/core/region/authority.ts";
import type { Entry } from "../../../src/core/region/grant/handover.ts";
import type { Instant } from "../../../src/core/region/grant/instant.ts";
import type { OwnSide } from "../../../src/core/region/grant/return.ts";
import type { Clock } from "../../../src/shell/port.ts";
import { type Grant, startGrant } from "../../../src/shell/region/grant.ts";
import type { Place } from "../../../src/shell/region/grant-call.ts";
import type { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import type { Link } from "../../clusters/embedded/link.ts";
import type { Random } from "../../clusters/embedded/seed.ts";
import { Process } from "../process.ts";

export const NAMESPACE = "twin-operator";

const SILENT = { onSend() {}, onAnswer() {}, onLog() {} };

/** What the process does with its sides; the truth about them is the region's. */
export interface Sides {
	/** A consistent list; undefined when the API server cannot be reached. */
	list(): readonly OwnSide[] | undefined;
	/** A status write of the rules for sides. */
	write(key: string, role: OwnSide["role"]): boolean;
}

export interface MachineOptions {
	readonly name: string;
	readonly region: string;
	readonly peer: string;
	readonly profile: Profile;
	readonly clock: Clock;
	/** Clock of the process against true time. */
	readonly rate: number;
	readonly planes: Readonly<Record<Place, ControlPlane>>;
	readonly links: Readonly<Record<Place, Link>>;
	readonly random: Random;
	readonly sides: Sides;
	readonly offered: readonly Entry[];
	readonly onChange: () => void;
}

export class Machine {
	readonly process: Process;
	readonly grant: Grant;
	readonly #options: MachineOptions;
	readonly #returned = new Set<string>();
	#suspendedMs = 0;
	/** Of that, what no clock of the machine has counted. */
	#unseenMs = 0;
	#pausedAt = 0;

	constructor(options: MachineOptions) {
		this.#options = options;
		const { clock, rate, region, peer, planes, links } = options;
		const drifting: Clock = {
			now: () => clock.now() * rate,
			wall: () => clock.wall(),
			sleep: (ms, signal) => clock.sleep(ms / rate, signal),
		};
		this.process = new Process(options.name, drifting, SILENT);
		const api = (place: Place) =>
			this.process.api(
				place,
				planes[place].connect("twin-operator", links[place]).api,
			);
		this.grant = startGrant({
			region,
			peer,
			process: options.name,
			namespace: NAMESPACE,
			profile: options.profile,
			apis: { own: api("own"), peer: api("peer"), hub: api("hub") },
			clock: this.process.clock,
			instant: () => this.#instant(),
			random: () => options.random.next(),
			log: this.process.log,
			offered: () => options.offered,
			readSides: async () => {
				await this.process.clock.sleep(10);
				return options.sides.list();
			},
			isReturned: (taken, side) => this.#returned.has(`${taken} ${side.uid}`),
			onChange: () => options.onChange(),
		});
		void this.#serve();
	}

	/** The agent answers the gates with yes at this moment. */
	get fresh(): boolean {
		return this.process.state === "running" && this.grant.remainingMs() > 0;
	}

	kill(): void {
		this.process.kill();
		this.grant.stop();
	}

	suspend(): void {
		if (this.process.state !== "running") return;
		this.#pausedAt = this.#options.clock.now();
		this.process.pause();
	}

	/** `saved`: a virtual machine was stored meanwhile, and only its wall clock is set right afterwards. */
	resume(saved = false): void {
		if (this.process.state !== "paused") return;
		const ms = this.#options.clock.now() - this.#pausedAt;
		this.#suspendedMs += ms;
		if (saved) this.#unseenMs += ms;
		this.process.resume();
	}

	#instant(): Instant {
		const { clock, rate } = this.#options;
		const now = clock.now();
		return {
			monotonicMs: (now - this.#suspendedMs) * rate,
			bootMs: (now - this.#unseenMs) * rate,
			wallMs: clock.wall().getTime(),
		};
	}

	/** Rules 10 and 11, as far as grants need them. */
	async #serve(): Promise<void> {
		const { sides } = this.#options;
		while (this.process.state !== "dead") {
			await this.process.clock.sleep(150);
			const { sole, taken, fresh } = this.grant.authority();
			if (sole) this.#promote(sides);
			else if (taken && !fresh) this.#demote(sides, taken);
		}
	}

	#promote(sides: Sides): void {
		for (const it of sides.list() ?? [])
			if (it.role === "Standby") sides.write(it.key, "Active");
	}

	#demote(sides: Sides, taken: string): void {
		for (const it of sides.list() ?? []) {
			const id = `${taken} ${it.uid}`;
			if (!this.#returned.has(id) && sides.write(it.key, "Standby"))
				this.#returned.add(id);
		}
	}
}

export type { Authority };
