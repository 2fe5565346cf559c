/** One reason: where it appears, what it means, what to do next. */
export interface ReasonEntry {
	/** Condition types it appears on. */
	readonly on: readonly string[];
	readonly meaning: string;
	readonly next: string;
}

export const NOTHING = "Nothing.";

export const entry = (
	on: readonly string[],
	meaning: string,
	next: string,
): ReasonEntry => ({ on, meaning, next });
