/**
 * Grace periods, where the gate cannot kill inside the pod: a pod that was
 * already Terminating when its region lost its grant keeps its grace, so that
 * F has to cover it (docs/protocol.md, "Timing").
 */
import { PROFILES, type ProfileName } from "../profile.ts";
import type { GateForm } from "./gate-form.ts";
import { containersOf, type PodSpec } from "./gate-pod.ts";
import { profileFor } from "./gate-time.ts";
import type { Problem } from "./problem.ts";

/** What the kubelet takes beyond the grace until the last process is dead. */
const KUBELET_SECONDS = 3;

export interface Grace {
	/** To be rendered, where the manifest says nothing. */
	readonly graceSeconds?: number;
	readonly problem?: Problem;
}

export function graceOf(
	spec: PodSpec,
	form: GateForm,
	profile: ProfileName,
): Grace {
	if (form !== "Exit") return {};
	const { fenceSeconds } = PROFILES[profile];
	const written = spec.terminationGracePeriodSeconds;
	const longest = Math.max(written ?? 0, ...probeGraces(spec));
	if (longest > fenceSeconds) {
		return { problem: tooLong(longest, fenceSeconds, profile) };
	}
	return written === undefined
		? { graceSeconds: Math.max(1, fenceSeconds - KUBELET_SECONDS) }
		: {};
}

/** A failed probe may bring a grace of its own, which the kubelet waits for before it sees anything else. */
const probeGraces = (spec: PodSpec): readonly number[] =>
	containersOf(spec).flatMap((it) =>
		[it.livenessProbe, it.startupProbe].flatMap(
			(probe) => probe?.terminationGracePeriodSeconds ?? [],
		),
	);

function tooLong(
	graceSeconds: number,
	fenceSeconds: number,
	profile: ProfileName,
): Problem {
	const bearing = profileFor(graceSeconds);
	return {
		reason: "GraceTooLong",
		message: `its terminationGracePeriodSeconds of ${graceSeconds} is longer than the ${fenceSeconds} s in which the profile ${profile} stops a region, and its gate cannot kill. ${
			bearing
				? `Shorten it, or run this pair of regions with the profile ${bearing} (${PROFILES[bearing].fenceSeconds} s)`
				: `No profile bears that: shorten it to ${PROFILES.Patient.fenceSeconds} at most`
		}, or let the gate kill: one securityContext.runAsUser for the whole pod.`,
	};
}
