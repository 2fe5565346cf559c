/** metav1.Condition. */
export interface Condition {
	type: string;
	status: "True" | "False" | "Unknown";
	observedGeneration?: number;
	lastTransitionTime: string;
	reason: string;
	message: string;
}

/** A condition before it meets the old ones: no time yet. */
export type Finding = Pick<Condition, "type" | "status" | "reason" | "message">;

/** Longest message kept, in characters; a server's own words can be of any length. */
const MESSAGE_LIMIT = 1024;

/**
 * Old conditions brought up to date with the findings. `lastTransitionTime`
 * moves only when a status does, and the very same array comes back when
 * nothing changed, so that a caller can skip the write. Types that are not
 * found any more are dropped.
 */
export function mergeConditions(
	old: readonly Condition[] | undefined,
	findings: readonly Finding[],
	generation: number | undefined,
	wall: string,
): readonly Condition[] {
	const merged = findings.map((finding): Condition => {
		const before = old?.find((it) => it.type === finding.type);
		const message = finding.message.slice(0, MESSAGE_LIMIT);
		if (
			before?.status === finding.status &&
			before.reason === finding.reason &&
			before.message === message &&
			before.observedGeneration === generation
		) {
			return before;
		}
		return {
			...finding,
			message,
			...(generation === undefined ? {} : { observedGeneration: generation }),
			lastTransitionTime:
				before?.status === finding.status ? before.lastTransitionTime : wall,
		};
	});
	const same =
		old !== undefined &&
		old.length === merged.length &&
		merged.every((it, at) => it === old[at]);
	return same ? old : merged;
}
