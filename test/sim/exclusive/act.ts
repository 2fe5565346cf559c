/** What people do at the hub while things go wrong: each act is one moment of one seed. */
import type { Random } from "../../clusters/embedded/seed.ts";
import { REGIONS, type Shape } from "../service.ts";
import * as user from "../user.ts";
import { web } from "./stage.ts";
import type { GrantWorld } from "./world.ts";

export interface Act {
	readonly atMs: number;
	readonly name: string;
	readonly begin: (world: GrantWorld) => void | Promise<void>;
}

type Make = (random: Random, services: readonly Shape[]) => Omit<Act, "atMs">;

const pick = <T>(random: Random, from: readonly T[]): T =>
	from[random.below(from.length)] as T;

/** While the hub is dead nobody does anything there. */
async function hubIsBack(world: GrantWorld): Promise<void> {
	while (!world.hub.alive) await world.clock.sleep(1_000);
}

export const MAKERS: readonly Make[] = [
	(random, services) => {
		const { name } = pick(random, services);
		return {
			name: `${name} is switched over`,
			begin: (world) => void user.move(world, name, { type: "Switchover" }),
		};
	},
	(random) => {
		const to = pick(random, REGIONS);
		return {
			name: `everything is moved to ${to}`,
			begin: (world) => {
				for (const it of world.shapes.keys())
					if (!world.deleted.has(it))
						user.move(world, it, { type: "Switchover", to });
			},
		};
	},
	(random, services) => {
		const { name } = pick(random, services);
		return {
			name: `${name} is changed`,
			begin: (world) => user.change(world, name, {}),
		};
	},
	// Rule 22, both ways. `Manual` for a while: nobody promotes meanwhile.
	(random, services) => {
		const { name } = pick(random, services);
		const forMs = 1_000 + random.below(30_000);
		return {
			name: `${name} is Manual for ${forMs} ms`,
			begin: async (world) => {
				user.change(world, name, { policy: "Manual" });
				await world.clock.sleep(forMs);
				await hubIsBack(world);
				user.change(world, name, { policy: "Exclusive" });
			},
		};
	},
	(random) => {
		const shape = { ...web, name: "late", first: pick(random, REGIONS) };
		return {
			name: `late is created, first in ${shape.first}`,
			begin: (world) => {
				if (!world.shapes.has(shape.name)) user.apply(world, shape);
			},
		};
	},
	(random, services) => {
		const { name } = pick(random, services);
		return {
			name: `${name} is deleted`,
			begin: (world) => {
				if (!world.deleted.has(name)) user.remove(world, name);
			},
		};
	},
];

/** Up to five, while the faults go on. Deletions are kept seldom: a service that is gone tests nothing more. */
export function actsFrom(
	random: Random,
	services: readonly Shape[],
): readonly Act[] {
	return Array.from({ length: random.below(6) }, () => {
		const most = random.next() < 0.3 ? MAKERS.length : MAKERS.length - 1;
		const make = MAKERS[random.below(most)] as Make;
		return { atMs: 15_000 + random.below(65_000), ...make(random, services) };
	});
}

export async function act(world: GrantWorld, it: Act): Promise<void> {
	await world.clock.sleep(it.atMs);
	await hubIsBack(world);
	world.journal.say("user", it.name);
	await it.begin(world);
}
