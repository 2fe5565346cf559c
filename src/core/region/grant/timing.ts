/** The figures of the protocol, and the two inequalities that hold between them. */
import type { Profile } from "../../profile.ts";

/** A profile in milliseconds. */
export interface Timing {
	/** R. */
	readonly periodMs: number;
	/** t_req. */
	readonly requestMs: number;
	/** D_h. */
	readonly holdMs: number;
	/** F. */
	readonly fenceMs: number;
	/** D_p. */
	readonly lossMs: number;
}

/** rho: how much faster or slower than true time a clock may go. */
export const CLOCK_ERROR = 0.01;
/** G: more than timers and the boot-time clock are off. */
export const MARGIN_SECONDS = 1;
/** Turns of a loop are up to a tenth of R early or late. */
export const JITTER = 0.1;

/** 3R: how old what was read may be, and how long a window of offers stays. */
export const staleMs = ({ periodMs }: Timing): number => 3 * periodMs;

export const timingOf = (profile: Profile): Timing => ({
	periodMs: profile.periodSeconds * 1_000,
	requestMs: profile.requestSeconds * 1_000,
	holdMs: profile.holdSeconds * 1_000,
	fenceMs: profile.fenceSeconds * 1_000,
	lossMs: profile.lossSeconds * 1_000,
});

/** Why these figures cannot be used, or undefined. An unsafe value is refused, not rounded. */
export function timingFault(profile: Profile): string | undefined {
	const {
		periodSeconds: r,
		requestSeconds: request,
		holdSeconds: hold,
		fenceSeconds: fence,
		lossSeconds: loss,
	} = profile;
	if (![r, request, hold, fence, loss].every((it) => it > 0 && it < 1e6))
		return "every figure of a profile must be a number of seconds above 0";
	if (request > r)
		return `a request may take ${request} s, longer than the renew period of ${r} s: set the request deadline to ${r} s or less`;
	const stretch = (1 + CLOCK_ERROR) / (1 - CLOCK_ERROR);
	const safe = (hold + fence) * stretch + MARGIN_SECONDS;
	if (loss < safe)
		return `a takeover after ${loss} s is unsafe: a grant is good for ${hold} s and its pods need ${fence} s more to stop, which with the error of two clocks makes ${up(safe)} s: wait that long, or shorten the other two`;
	// A failed try is repeated at the loop's next turn: that is the back-off.
	const next = Math.max((1 + JITTER) * r, request);
	const live = (1 + JITTER) * r + 2 * next;
	if (hold < live)
		return `a grant good for ${hold} s would lapse after two lost renewals: with a period of ${r} s it must be good for ${up(live)} s`;
	return undefined;
}

const up = (seconds: number): number => Math.ceil(seconds * 100 - 1e-9) / 100;
