/** What a thrown value says, for a log line. */
export function textOf(thrown: unknown): string {
	if (thrown instanceof Error) return thrown.message || thrown.name;
	return String(thrown);
}

/** The first line of a stack that is in our own code: where a bug is. */
export function placeOf(thrown: unknown): string | undefined {
	if (!(thrown instanceof Error)) return undefined;
	return thrown.stack
		?.split("\n")
		.find((line) => line.includes("/src/"))
		?.trim();
}
