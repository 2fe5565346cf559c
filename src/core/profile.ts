/**
 * Timing profiles, in seconds (PROTOCOL "Timing"). `Available` and `Manual`
 * use R, tReq and Dp of the hub's own observation; the rest belongs to grants.
 */
export interface Profile {
	/** Renew and probe period R. */
	readonly periodSeconds: number;
	/** Request deadline t_req. */
	readonly requestSeconds: number;
	/** How long a loss must be seen without a break: D_p. */
	readonly lossSeconds: number;
}

export const PROFILES = {
	Fast: { periodSeconds: 1, requestSeconds: 1, lossSeconds: 11.2 },
	Standard: { periodSeconds: 2, requestSeconds: 2, lossSeconds: 21.4 },
	Patient: { periodSeconds: 5, requestSeconds: 4, lossSeconds: 62.2 },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
