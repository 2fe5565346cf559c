/** Settings as text: how each is described and checked. */

/** Undefined when the text fits, else what is expected instead. */
export type Check = (text: string) => string | undefined;

export interface Flag {
	readonly default?: string;
	readonly value: string;
	readonly help: string;
	/** Whose it is; both commands', when left out. */
	readonly only?: "hub" | "agent";
	readonly required?: boolean;
	readonly check: Check;
}

export const oneOf =
	(words: readonly string[]): Check =>
	(text) =>
		words.includes(text) ? undefined : `one of ${words.join(", ")}`;

export const label: Check = (text) =>
	/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)
		? undefined
		: "at most 63 lower-case letters, digits and hyphens, with a letter or a digit at both ends";

export const port: Check = (text) =>
	/^\d{1,5}$/.test(text) && Number(text) <= 65_535
		? undefined
		: "a number from 0 to 65535";

export const anything: Check = (text) => (text === "" ? "a path" : undefined);

/** One fault for each that is missing, when some but not all of them are given. */
export function together<Name extends string>(
	names: readonly Name[],
	isGiven: (name: Name) => boolean,
): readonly string[] {
	const given = names.filter(isGiven);
	if (given.length === 0) return [];
	return names
		.filter((it) => !given.includes(it))
		.map(
			(it) =>
				`--${it} is missing: give it together with ${given.map((name) => `--${name}`).join(" and ")}`,
		);
}
