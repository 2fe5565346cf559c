/** What came of one course of events. */
export interface Told {
	/** When, which invariant, and how. */
	readonly violations: readonly string[];
	readonly log: readonly string[];
}

/** The same for the same seed; each seed meets the loops at another moment. */
export type Course = (seed: number) => Promise<Told>;
