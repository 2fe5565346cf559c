/** Random faults: never two, and normal again once they are mended. */
import { describe, expect, it } from "vitest";
import { trouble } from "./fault.ts";
import { Pair } from "./pair.ts";

const BLOCKS = 8;
const RUNS = Number(process.env.TWIN_OPERATOR_SEEDS ?? 125);
const FIRST = Number(process.env.TWIN_OPERATOR_FIRST_SEED ?? 1);
/** Late writes of up to 40 s, then D_p, then the return. */
const HEALED_SECONDS = 90;

async function run(seed: number): Promise<string[]> {
	// Clocks within rho of true time, one region's fast and the other's slow.
	const off = ((seed % 7) - 3) * 0.003;
	const rates = { north: 1 + off, south: 1 - off };
	const pair = new Pair({ seed, rates });
	pair.start("north");
	pair.start("south");
	await pair.pass(3);
	await trouble(pair);
	const healed = await pair.until(() => pair.isNormal, HEALED_SECONDS);
	if (!healed) pair.say("NOT NORMAL");
	const faults = [...pair.violations, ...(healed ? [] : ["not normal again"])];
	pair.stop();
	return faults.length === 0 ? [] : [`seed ${seed}`, ...faults, ...pair.story];
}

describe("the pair, with seeded faults", () => {
	for (let block = 0; block < BLOCKS; block++) {
		const first = FIRST + block * RUNS;
		it(`seeds ${first} to ${first + RUNS - 1}`, async () => {
			for (let seed = first; seed < first + RUNS; seed++)
				expect(await run(seed)).toEqual([]);
		});
	}
});
