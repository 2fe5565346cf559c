/**
 * F of each form of the gate (docs/protocol.md, "Timing"), as measured on a
 * real kubelet, rounded up: the seconds from an agent's last yes to the last
 * instruction of the last container.
 */
import { PROFILES, type ProfileName } from "../profile.ts";
import type { Chosen, GateForm } from "./gate-form.ts";
import type { Problem } from "./problem.ts";

/** A question takes a second at most, and they are a second apart. Fewer would let a lost packet stop an application. */
export const LEAST_SECONDS = 3;

/**
 * Beyond the gate's own seconds. Kill: the gate looks once a second (1),
 * and a margin (1). Exit: these, and the kubelet's noticing,
 * SIGTERM, its two seconds, SIGKILL (measured 2.8, taken as 3).
 */
const BEYOND_SECONDS = { Kill: 2, Exit: 5 } as const;

export interface Timed {
	/** Bound of this form in this profile; undefined: the pod is not stopped by itself at all. */
	readonly boundSeconds?: number;
	readonly problem?: Problem;
}

/** How long the gate goes on after its last yes. */
export const gateSeconds = (
	form: Exclude<GateForm, "None">,
	profile: ProfileName,
): number =>
	Math.max(
		LEAST_SECONDS,
		PROFILES[profile].fenceSeconds - BEYOND_SECONDS[form],
	);

/** The bound is never above F, or the template is refused. */
export function timed(chosen: Chosen, profile: ProfileName): Timed {
	const { form, impossible } = chosen;
	if (form === "None") {
		return impossible === undefined
			? {}
			: {
					problem: {
						reason: "GateImpossible",
						message: `no gate can be put before its pods: ${impossible}. Change that, or set spec.promotion.gate to None and know that a region that is cut off then goes on running it.`,
					},
				};
	}
	const boundSeconds = gateSeconds(form, profile) + BEYOND_SECONDS[form];
	const { fenceSeconds } = PROFILES[profile];
	if (boundSeconds <= fenceSeconds) return { boundSeconds };
	const why =
		chosen.why.length > 0
			? ` Its gate cannot kill, because ${chosen.why.join("; ")}.`
			: "";
	const bearing = profileFor(boundSeconds);
	return {
		boundSeconds,
		problem: {
			reason: "GateTooSlow",
			message: `a gate of the form ${form} needs up to ${boundSeconds} s to stop its pods, and the profile ${profile} allows ${fenceSeconds} s.${why} Let the gate kill (one securityContext.runAsUser for the whole pod), or run this pair of regions with the profile ${bearing}.`,
		},
	};
}

/** The fastest profile whose F is at least this long. */
export const profileFor = (seconds: number): ProfileName | undefined =>
	(Object.keys(PROFILES) as ProfileName[]).find(
		(it) => PROFILES[it].fenceSeconds >= seconds,
	);
