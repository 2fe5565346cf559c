/** A world with grants for scenarios told by hand. */
import { at } from "../../clusters/embedded/json.ts";
import { Invariants } from "../invariants.ts";
import { plain, REGIONS, type RegionName, type Shape } from "../service.ts";
import { unsettled } from "../settled.ts";
import { conditionOf } from "../truth.ts";
import { GrantWorld, type GrantWorldOptions } from "./world.ts";

export const web: Shape = { ...plain, policy: "Exclusive", extra: false };

/** The invariant that all of this is for. */
export function neverTwo(world: GrantWorld, invariants: Invariants): void {
	world.onTwo = (service) => {
		// With another policy a person decides, or nobody; rule 22 leads there and back.
		if (REGIONS.every((it) => policyIn(world, it, service) === "Exclusive"))
			invariants.report("never two", `${service} runs in both regions`);
	};
}

const policyIn = (
	world: GrantWorld,
	region: RegionName,
	service: string,
): unknown => {
	for (const it of world.regions[region].store.all())
		if (it.kind === "TwinSide" && at(it, "metadata", "name") === service)
			return at(it, "spec", "policy");
	// A region without the side was made anew: what runs there is an Exclusive one's.
	return "Exclusive";
};

/** As the user wants it, and its pods truly run in one region. */
export function unsettledIn(world: GrantWorld): string[] {
	const open = unsettled(world);
	for (const { name, replicas, rich } of world.shapes.values()) {
		if (world.deleted.has(name)) continue;
		for (const region of REGIONS) {
			const active = world.truth.side(region, name)?.role === "Active";
			const runs = world.nodes[region].running(name);
			const fits = !active ? runs === 0 : rich ? runs > 0 : runs >= replicas;
			if (!fits) open.push(`${region}: ${runs} pods of ${name} run`);
		}
	}
	return open;
}

/** What was waited for did not come. */
export class Unmet extends Error {
	readonly why: string;

	constructor(why: string, told: readonly string[]) {
		super([why, ...told].join("\n"));
		this.why = why;
	}
}

export class GrantStage {
	readonly world: GrantWorld;
	readonly invariants: Invariants;

	constructor(options: GrantWorldOptions = {}) {
		this.world = new GrantWorld({ services: [web], ...options });
		this.invariants = new Invariants(this.world);
		neverTwo(this.world, this.invariants);
	}

	/** At a moment that differs with the seed. */
	static async settled(
		seed: number,
		options: GrantWorldOptions = {},
	): Promise<GrantStage> {
		const stage = new GrantStage({ seed, ...options });
		stage.world.start();
		await stage.settled();
		await stage.pass(5 + (seed % 7) / 3);
		return stage;
	}

	pass(seconds: number): Promise<void> {
		return this.world.clock.advance(seconds * 1_000);
	}

	/** Virtual seconds until it holds. */
	async until(
		what: string,
		holds: () => boolean,
		seconds = 90,
	): Promise<number> {
		const { clock } = this.world;
		const from = clock.now();
		if (!(await clock.advanceUntil(holds, seconds * 1_000)))
			this.#fail(`waited ${seconds} s for: ${what}`);
		return (clock.now() - from) / 1_000;
	}

	async settled(seconds = 120): Promise<number> {
		const { clock } = this.world;
		const from = clock.now();
		const good = () => unsettledIn(this.world).length === 0;
		if (!(await clock.advanceUntil(good, seconds * 1_000)))
			this.#fail(`not settled: ${unsettledIn(this.world).join("; ")}`);
		return (clock.now() - from) / 1_000;
	}

	role(region: RegionName, service = "web"): string | undefined {
		return this.world.truth.side(region, service)?.role;
	}

	/** Regions where it truly runs. */
	runs(service = "web"): string {
		return this.world.running(service).join();
	}

	condition(type: string, service = "web"): string | undefined {
		const object = this.world.truth.services.get(service);
		const found = conditionOf(object, type);
		return found && `${found.status} ${found.reason}`;
	}

	/** Ends the processes, and hands out what was violated. */
	end(): readonly string[] {
		this.world.stop();
		return this.invariants.violations.map((it) => `${it.rule}: ${it.text}`);
	}

	#fail(why: string): never {
		const { lines } = this.world.journal;
		throw new Unmet(why, [...this.end(), ...lines.slice(-80)]);
	}
}
