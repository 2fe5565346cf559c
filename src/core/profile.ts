/**
 * Timing profiles, in seconds (PROTOCOL "Timing"). `Available` and `Manual`
 * use R, tReq and Dp of the hub's own observation; the rest belongs to grants.
 */
export interface Profile {
	/** Renew and probe period R. */
	readonly periodSeconds: number;
	/** Request deadline t_req. */
	readonly requestSeconds: number;
	/** Validity of a renewal from its send time: D_h. */
	readonly holdSeconds: number;
	/** Longest time from lapse to the last instruction of the last pod: F. */
	readonly fenceSeconds: number;
	/** How long a loss must be seen without a break: D_p. */
	readonly lossSeconds: number;
}

export const PROFILES = {
	Fast: profile(1, 1, 5, 5, 11.21),
	Standard: profile(2, 2, 10, 10, 21.41),
	Patient: profile(5, 4, 20, 40, 62.22),
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

function profile(
	periodSeconds: number,
	requestSeconds: number,
	holdSeconds: number,
	fenceSeconds: number,
	lossSeconds: number,
): Profile {
	return {
		periodSeconds,
		requestSeconds,
		holdSeconds,
		fenceSeconds,
		lossSeconds,
	};
}
