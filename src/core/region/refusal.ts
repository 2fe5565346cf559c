/** What is told of a write that the API server did not take. */
import type { Said } from "./observation.ts";

/** The server's own words. Of a Secret, nothing that it quotes: it may be the secret. */
export function refused(kind: string, name: string, words: string): Said {
	const safe =
		kind === "Secret" ? words.replace(/"(?:[^"\\]|\\.)*"/g, '"…"') : words;
	return { reason: "Refused", message: `${kind} ${name}: ${safe}` };
}

export function unknownOutcome(
	kind: string,
	name: string,
	words: string,
): Said {
	return {
		reason: "WriteUnknown",
		message: `${kind} ${name}: the write got no answer (${words}); it is read again.`,
	};
}
