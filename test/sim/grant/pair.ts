/**
 * Two regions and a hub in virtual time, with real runners of the grant
 * machine, and the one thing that must never be: pods of a service that run in
 * both regions. A region's pods run while its side is Active and an agent has
 * answered for them within F.
 */
import { TWIN_SIDE } from "../../../src/api/kind.ts";
import { PROFILES, type Profile } from "../../../src/core/profile.ts";
import type { Entry } from "../../../src/core/region/grant/handover.ts";
import { grantName } from "../../../src/core/region/grant/lease.ts";
import type { OwnSide } from "../../../src/core/region/grant/return.ts";
import { VirtualClock } from "../../clusters/embedded/clock.ts";
import { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { at, text } from "../../clusters/embedded/json.ts";
import type { Link, Passing } from "../../clusters/embedded/link.ts";
import { type Random, seeded } from "../../clusters/embedded/seed.ts";
import { Machine, type Sides } from "./machine.ts";
import { asUser, furnish } from "./user.ts";

export type Name = "north" | "south";
export const NAMES: readonly Name[] = ["north", "south"];
export const twinOf = (name: Name): Name =>
	name === "north" ? "south" : "north";
export type PlaneName = Name | "hub";
/** From a region's agents to an API server. */
export type Way = `${Name}-${PlaneName}`;

export interface PairOptions {
	readonly seed?: number;
	readonly profile?: Profile;
	/** Clock of each region's machines against true time. */
	readonly rates?: Readonly<Record<Name, number>>;
	/** What the north offers its twin all the time. */
	readonly offered?: readonly Entry[];
}

interface Region {
	readonly rate: number;
	sides: OwnSide[];
	/** True time at which an agent of the region last said yes. */
	freshAt: number;
	machines: Machine[];
}

const CHECK_MS = 100;

export class Pair {
	readonly clock = new VirtualClock();
	readonly random: Random;
	readonly profile: Profile;
	readonly planes: Readonly<Record<PlaneName, ControlPlane>>;
	readonly links = {} as Record<Way, Link>;
	readonly regions: Readonly<Record<Name, Region>>;
	readonly violations: string[] = [];
	/** What happened, to be shown with a violation. */
	readonly story: string[] = [];
	readonly #offered: readonly Entry[];
	readonly #holders = new Map<string, string>();
	#started = 0;
	#over = false;

	constructor(options: PairOptions = {}) {
		const seed = options.seed ?? 1;
		this.random = seeded(seed * 104_729 + 7);
		this.profile = options.profile ?? PROFILES.Fast;
		this.#offered = options.offered ?? [];
		const plane = (name: string, nth: number) =>
			new ControlPlane({ name, clock: this.clock, seed: seed * 10 + nth });
		this.planes = {
			hub: plane("hub", 0),
			north: plane("north", 1),
			south: plane("south", 2),
		};
		const region = (name: Name): Region => ({
			rate: options.rates?.[name] ?? 1,
			sides: ["a", "b"].map((key, nth) => ({
				key: `apps/${key}`,
				uid: `${name}-${key}`,
				policy: "Exclusive",
				role: (name === "north") === (nth === 0) ? "Active" : "Standby",
				epoch: 1,
			})),
			freshAt: Number.NEGATIVE_INFINITY,
			machines: [],
		});
		this.regions = { north: region("north"), south: region("south") };
		for (const name of NAMES) {
			for (const to of ["hub", ...NAMES] as const) {
				const link = this.planes[to].newLink();
				link.latencyMs = 3;
				link.jitterMs = 10;
				this.links[`${name}-${to}`] = link;
			}
			this.#follow(name);
		}
		for (const name of ["hub", ...NAMES] as const) furnish(this.planes[name]);
		void this.#checkAlways();
	}

	start(name: Name): Machine {
		const region = this.regions[name];
		const peer = twinOf(name);
		this.#started += 1;
		const machine = new Machine({
			name: `${name}-${this.#started}`,
			region: name,
			peer,
			profile: this.profile,
			clock: this.clock,
			rate: region.rate,
			planes: {
				own: this.planes[name],
				peer: this.planes[peer],
				hub: this.planes.hub,
			},
			links: {
				own: this.links[`${name}-${name}`],
				peer: this.links[`${name}-${peer}`],
				hub: this.links[`${name}-hub`],
			},
			random: this.random,
			sides: this.#sidesOf(name),
			offered: name === "north" ? this.#offered : [],
			onChange: () => this.check(),
		});
		region.machines.push(machine);
		this.say(`${machine.process.name} starts`);
		return machine;
	}

	killAll(name: Name): void {
		this.check();
		for (const it of this.regions[name].machines.splice(0)) it.kill();
		this.say(`agents of ${name} are dead`);
	}

	die(name: PlaneName): void {
		this.planes[name].die();
		this.say(`${name} is dead`);
	}

	revive(name: PlaneName): void {
		this.planes[name].revive();
		this.say(`${name} is alive`);
	}

	wipeHub(): void {
		this.planes.hub.wipe();
		furnish(this.planes.hub);
		this.say("the hub is wiped");
	}

	/** Every request and answer on the way is lost, or one of the two. */
	cut(way: Way, lost?: "request" | "answer"): () => void {
		return this.trouble(way, () => ({ lost: lost ?? "request" }));
	}

	trouble(
		way: Way,
		fate: (passing: Passing) => ReturnType<NonNullable<Link["intervene"]>>,
	): () => void {
		const link = this.links[way];
		link.intervene = fate;
		this.say(`${way} is troubled`);
		return () => {
			if (link.intervene !== fate) return;
			link.intervene = undefined;
			this.say(`${way} is well`);
		};
	}

	/** Holder of the other region's grant, as the API server of `name` shows it. */
	holder = (name: Name): string => this.#holders.get(name) ?? "";

	hubHolder(region: Name): string {
		const name = grantName(region, twinOf(region));
		const { body } = asUser(this.planes.hub, "get", name);
		return text(at(body, "spec", "holderIdentity"));
	}

	/** The own API server shows that `name` has taken the grant of its twin. */
	isSole = (name: Name): boolean => this.holder(name) === name;

	isFresh = (name: Name): boolean =>
		this.regions[name].machines.some((it) => it.fresh);

	/** Active somewhere, each service once, and both regions as they should be. */
	get isNormal(): boolean {
		return (
			NAMES.every(
				(it) =>
					this.isFresh(it) &&
					!this.isSole(it) &&
					this.regions[it].machines.every(
						({ grant }) => !grant.authority().taken,
					),
			) && this.#servedOnce()
		);
	}

	/** All services run in this region. */
	serves(name: Name): boolean {
		const { sides } = this.regions[name];
		return this.isFresh(name) && sides.every((it) => it.role === "Active");
	}

	until = (condition: () => boolean, seconds: number): Promise<boolean> =>
		this.clock.advanceUntil(condition, seconds * 1_000);

	pass = (seconds: number): Promise<void> =>
		this.clock.advance(seconds * 1_000);

	stop(): void {
		this.#over = true;
		for (const it of NAMES) this.killAll(it);
		for (const it of Object.values(this.planes)) it.die();
	}

	say(what: string): void {
		this.story.push(`${(this.clock.now() / 1_000).toFixed(3)} ${what}`);
	}

	/** At this instant. */
	check(): void {
		if (this.#over) return;
		const now = this.clock.now();
		for (const it of NAMES)
			if (this.isFresh(it)) this.regions[it].freshAt = now;
		for (const it of NAMES)
			if (this.isSole(it) && this.#gateOpen(twinOf(it)))
				this.violated(
					`never two: ${it} is sole while pods of its twin may run`,
				);
		for (const [nth, side] of this.regions.north.sides.entries()) {
			const runs = (name: Name): boolean =>
				this.regions[name].sides[nth]?.role === "Active" &&
				this.#gateOpen(name);
			if (runs("north") && runs("south"))
				this.violated(`never two: ${side.key} runs in both regions`);
		}
	}

	violated(what: string): void {
		if (this.violations.length > 5) return;
		this.violations.push(`${(this.clock.now() / 1_000).toFixed(3)} ${what}`);
		this.say(`VIOLATION: ${what}`);
	}

	/** Pods stop F after the last yes, on the region's own clocks. */
	#gateOpen(name: Name): boolean {
		const { freshAt, rate } = this.regions[name];
		const fenceMs = (this.profile.fenceSeconds * 1_000) / rate;
		return this.clock.now() < freshAt + fenceMs;
	}

	async #checkAlways(): Promise<void> {
		while (!this.#over) {
			this.check();
			await this.clock.sleep(CHECK_MS);
		}
	}

	#servedOnce(): boolean {
		const { north, south } = this.regions;
		return north.sides.every((it, nth) => it.role !== south.sides[nth]?.role);
	}

	#sidesOf(name: Name): Sides {
		const region = this.regions[name];
		const link = this.links[`${name}-${name}`];
		const reached = (): boolean =>
			this.planes[name].alive &&
			link.up &&
			link.intervene?.({ verb: "list", resource: TWIN_SIDE }) === undefined;
		return {
			list: () => (reached() ? region.sides : undefined),
			write: (key, role) => {
				if (!reached()) return false;
				region.sides = region.sides.map((it) =>
					it.key === key ? { ...it, role, epoch: it.epoch + 1 } : it,
				);
				this.say(`${name} ${key} ${role}`);
				this.check();
				return true;
			},
		};
	}

	#follow(name: Name): void {
		const grant = grantName(twinOf(name), name);
		this.planes[name].store.listen(({ object }) => {
			if (text(at(object, "metadata", "name")) !== grant) return;
			const holder = text(at(object, "spec", "holderIdentity"));
			if (holder === this.holder(name)) return;
			this.#holders.set(name, holder);
			this.say(`${name} shows ${grant} held by ${holder}`);
			this.check();
		});
	}
}
