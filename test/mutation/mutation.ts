/**
 * Rules taken away, one each: as text, so that the product needs no switch for
 * its own tests, and so that the command line and the demo have them as well.
 * Each names the course of events that asks for it: clean with the rule, broken
 * without. Nothing is imported here: the rule is taken away while its file
 * loads.
 */
interface Edit {
	readonly file: string;
	/** Stands there exactly once. */
	readonly from: string;
	readonly to: string;
}

export interface Mutation {
	/** Of docs/protocol.md, or the name of a part of it. */
	readonly rule: string;
	readonly edits: readonly Edit[];
	/** Of test/sim/course.ts. */
	readonly course: string;
	/** What is found: two sides that run, or none that ever comes back; else another invariant. */
	readonly found: "never two" | "liveness" | RegExp;
	/** Tries until it is found; 3 where nothing else is said. */
	readonly seeds?: number;
}

export const edit = (file: string, from: string, to: string): Edit => ({
	file,
	from,
	to,
});
