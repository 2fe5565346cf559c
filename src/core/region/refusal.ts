/** What is told of a write that the API server did not take. */
import type { Said } from "./problem.ts";

/** The server's own words. */
export function refused(kind: string, name: string, words: string): Said {
	return {
		reason: "Refused",
		message: `${kind} ${name}: ${safeWords(kind, words)}`,
	};
}

/** Of a Secret, nothing that the server quotes: it may be the secret. */
export function safeWords(kind: string, words: string): string {
	if (kind !== "Secret") return words;
	return words
		.replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
		.replace(/, got .*$/s, ", got something else");
}

/** Of spec.targets. */
export const targetMissing = (kind: string, name: string): Said => ({
	reason: "TargetMissing",
	message: `${kind} ${name} of spec.targets is not in this cluster. Deliver it to both regions, with replicas 0 or suspended; it is looked for by itself.`,
});

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
