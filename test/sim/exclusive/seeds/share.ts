/** Random faults and what people do meanwhile: never two, and one side of each service runs again once they are over. */
import { expect, it } from "vitest";
import { runGrantSeed } from "../run.ts";

/** Files that share the seeds, so that they run on as many cores. */
const FILES = 4;
/** Of all files together; about a third of a second of computing each. */
const SEEDS = Number(process.env.TWIN_OPERATOR_SEEDS ?? 1_000);
const FIRST = Number(process.env.TWIN_OPERATOR_FIRST_SEED ?? 1);
const BATCH = 10;

/** The tests of one file, `nth` from 0. */
export function breakNothing(nth: number): void {
	const share = Math.ceil(SEEDS / FILES);
	const from = FIRST + nth * share;
	const end = Math.min(from + share, FIRST + SEEDS);
	for (let first = from; first < end; first += BATCH) {
		const last = Math.min(first + BATCH, end) - 1;
		it(`break nothing in seeds ${first} to ${last}`, async () => {
			for (let seed = first; seed <= last; seed++)
				expect(await broken(seed), `seed ${seed}`).toEqual([]);
		});
	}
}

async function broken(seed: number): Promise<readonly string[]> {
	const { violations, log } = await runGrantSeed(seed);
	const faults = violations.map((it) => `${it.rule}: ${it.text}`);
	return faults.length > 0 ? [...faults, ...log.slice(-80)] : [];
}
