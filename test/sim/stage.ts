/** A world for scenarios that are told by hand: short words, and waiting in virtual time. */
import { at, type Dict, list, text } from "../clusters/embedded/json.ts";
import { Invariants } from "./invariants.ts";
import { isWrite } from "./process.ts";
import { REGIONS, type RegionName } from "./service.ts";
import { unsettled } from "./settled.ts";
import { conditionOf } from "./truth.ts";
import { World, type WorldOptions } from "./world.ts";

export interface Written {
	readonly by: string;
	readonly cluster: string;
	readonly what: string;
}

export class Stage {
	readonly world: World;
	readonly invariants: Invariants;
	/** Writes of the operator's processes, Leases left out. */
	readonly writes: Written[] = [];

	constructor(options: WorldOptions) {
		this.world = new World(options);
		this.invariants = new Invariants(this.world);
		const { witness } = this.world;
		if (witness)
			this.world.witness = {
				...witness,
				onSend: (by, cluster, call) => {
					witness.onSend(by, cluster, call);
					const { verb, resource, subresource, name } = call;
					if (!isWrite(call) || resource.kind === "Lease") return;
					const what = `${verb} ${resource.plural}${subresource ? `/${subresource}` : ""} ${name ?? text(at(call.body, "metadata", "name"))}`;
					this.writes.push({ by: by.name, cluster, what });
				},
			};
	}

	get seconds(): number {
		return this.world.clock.now() / 1_000;
	}

	/** Waits until it holds, and returns the virtual seconds that took. */
	async until(
		what: string,
		holds: () => boolean,
		seconds = 120,
	): Promise<number> {
		const start = this.seconds;
		const { clock, journal } = this.world;
		if (!(await clock.advanceUntil(holds, seconds * 1_000)))
			throw new Error(
				`waited ${seconds} s for: ${what}\n${journal.lines.slice(-60).join("\n")}`,
			);
		return this.seconds - start;
	}

	async pass(seconds: number): Promise<void> {
		await this.world.clock.advance(seconds * 1_000);
	}

	/** Everything is as the user wants it. */
	async settled(seconds = 240): Promise<number> {
		const { clock, journal } = this.world;
		const start = this.seconds;
		const good = () => unsettled(this.world).length === 0;
		if (!(await clock.advanceUntil(good, seconds * 1_000)))
			throw new Error(
				`not settled after ${seconds} s: ${unsettled(this.world).join("; ")}\n${journal.lines.slice(-60).join("\n")}`,
			);
		return this.seconds - start;
	}

	role(region: RegionName, service = "web"): string | undefined {
		return this.world.truth.side(region, service)?.role;
	}

	/** Regions in which the service is active. */
	active(service = "web"): string {
		return REGIONS.filter((it) => this.role(it, service) === "Active").join();
	}

	service(name = "web"): Dict {
		return this.world.truth.services.get(name) ?? {};
	}

	told(field: string, name = "web"): unknown {
		return at(this.service(name), "status", field);
	}

	/** `True Reason`, or undefined when the condition is not there. */
	condition(type: string, name = "web"): string | undefined {
		const found = conditionOf(this.service(name), type);
		return found && `${found.status} ${found.reason}`;
	}

	message(type: string, name = "web"): string {
		return text(conditionOf(this.service(name), type)?.message);
	}

	get history(): readonly unknown[] {
		return list(this.told("history"));
	}

	/** Ends the processes, and hands out what was violated. */
	end(): readonly string[] {
		this.world.stop();
		return this.invariants.violations.map((it) => `${it.rule}: ${it.text}`);
	}
}
