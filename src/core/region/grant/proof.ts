/** Rules 1 to 6: what proves that this region may run, and for how long. */
import { heldMs, type Instant } from "./instant.ts";
import type { Timing } from "./timing.ts";

/** Rule 1. `peer` is S1, `hub` is S2, `own` is S3. */
export type Source = "peer" | "hub" | "own";

export interface Proof {
	/** When the request was sent that was acknowledged last. */
	readonly sources: Readonly<Partial<Record<Source, Instant>>>;
	/** Rule 3: uid of the hub's own grant. */
	readonly trusted?: string;
	/** Rule 6: the taking that the twin's API server shows. */
	readonly taken?: string;
	/** What was sent before this counts for nothing any more. */
	readonly dropped?: Instant;
}

type Held = Pick<Timing, "holdMs">;

/** Rule 1: counted from the sending: when the answer came says nothing about how long ago the write was made. */
export function confirmed(proof: Proof, source: Source, sent: Instant): Proof {
	const { dropped, sources } = proof;
	if (dropped && sent.monotonicMs < dropped.monotonicMs) return proof;
	return { ...proof, sources: { ...sources, [source]: sent } };
}

/** How long one source is still good; 0 or less: not any more. */
function leftMs(
	proof: Proof,
	source: Source,
	{ holdMs }: Held,
	now: Instant,
): number {
	const sent = proof.sources[source];
	return sent ? holdMs - heldMs(sent, now) : 0;
}

export const isValid = (
	proof: Proof,
	source: Source,
	timing: Held,
	now: Instant,
): boolean => leftMs(proof, source, timing, now) > 0;

/** How long the proof lasts if nothing more is confirmed; 0 when not fresh. */
export const lastsMs = (proof: Proof, timing: Held, now: Instant): number =>
	Math.max(
		0,
		leftMs(proof, "peer", timing, now),
		leftMs(proof, "hub", timing, now),
		leftMs(proof, "own", timing, now),
	);

/** Rule 2. */
export const isFresh = (proof: Proof, timing: Held, now: Instant): boolean =>
	lastsMs(proof, timing, now) > 0;

/** Rule 3: a wiped hub cannot help anybody to resume, an intact one can. */
export const trusting = (proof: Proof, uid: string, fresh: boolean): Proof =>
	fresh && proof.trusted !== uid ? { ...proof, trusted: uid } : proof;

/** No request that has left this process by now counts. */
export const dropAll = (proof: Proof, now: Instant): Proof => ({
	...proof,
	sources: {},
	dropped: now,
});

export function dropOne(proof: Proof, source: Source): Proof {
	const { [source]: _, ...sources } = proof.sources;
	return { ...proof, sources };
}

/** Rule 6: another taking than the one known ends every source at once. */
export const takenBy = (proof: Proof, taking: string, now: Instant): Proof =>
	proof.taken === taking ? proof : { ...dropAll(proof, now), taken: taking };

/** Rule 6: the twin's API server shows this region again. */
export function released(proof: Proof): Proof {
	const { taken: _, ...rest } = proof;
	return rest;
}
