/** Random faults: never two, and one side of each service runs again once they are over. */
import { describe, expect, it } from "vitest";
import { runGrantSeed } from "./run.ts";

/** About half a second of computing each. */
const SEEDS = Number(process.env.TWIN_OPERATOR_SEEDS ?? 100);
const FIRST = Number(process.env.TWIN_OPERATOR_FIRST_SEED ?? 1);
const BATCH = 5;

describe("random faults under grants", () => {
	for (let first = FIRST; first < FIRST + SEEDS; first += BATCH) {
		const last = Math.min(first + BATCH, FIRST + SEEDS) - 1;
		it(`break nothing in seeds ${first} to ${last}`, async () => {
			for (let seed = first; seed <= last; seed++) {
				const { violations, log } = await runGrantSeed(seed);
				const faults = violations.map((it) => `${it.rule}: ${it.text}`);
				const story = faults.length > 0 ? log.slice(-80) : [];
				expect([...faults, ...story], `seed ${seed}`).toEqual([]);
			}
		});
	}
});
