/** Random numbers that a seed repeats exactly. */
export interface Random {
	/** In [0, 1). */
	next(): number;
	below(limit: number): number;
}

/** Mulberry32: small, fast, and good enough for names and faults. */
export function seeded(seed: number): Random {
	let state = seed >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
	return { next, below: (limit) => Math.floor(next() * limit) };
}

const hex = (random: Random, length: number): string =>
	Array.from({ length }, () => random.below(16).toString(16)).join("");

export const uidFrom = (random: Random): string =>
	`${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`;

/** The API server leaves out vowels and digits that look like letters. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

export const suffixFrom = (random: Random): string =>
	Array.from({ length: 5 }, () => ALPHABET[random.below(ALPHABET.length)]).join(
		"",
	);
