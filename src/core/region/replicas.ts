/** How many replicas a workload has in its role. */
import type { Part } from "./part.ts";
import type { LastActive, SideView, Standby } from "./side.ts";

/** What is known of the live workload. */
export interface Running {
	readonly replicas: number;
	/** Epoch at our last write to it. */
	readonly epoch: number | undefined;
}

export function replicasFor(
	part: Part,
	side: Pick<SideView, "parts" | "standby" | "status">,
	live: Running | undefined,
): number {
	const { role, epoch, lastActive } = side.status;
	const manifest = part.replicas ?? 1;
	const scaled = isScaled(part, side);
	const min = scalerOf(part, side)?.min;
	const start = scaled ? startCount(part, manifest, min, lastActive) : manifest;
	if (role === "Standby") {
		return standbyCount(standbyOf(part, side.standby), start);
	}
	if (!scaled) return start;
	return liveCount(live, epoch) ?? start;
}

const scalerOf = (part: Part, side: Pick<SideView, "parts">) =>
	side.parts.find((it) => it.scales?.id === part.id)?.scales;

/** Somebody else decides on its number while it is active: an autoscaler, or who delivers it. */
export const isScaled = (part: Part, side: Pick<SideView, "parts">): boolean =>
	part.delivered === true || scalerOf(part, side) !== undefined;

/**
 * The number that somebody else has decided on is carried. Zero is not one of
 * them: an autoscaler leaves a workload with no replicas alone, so it would stay
 * down.
 */
function liveCount(
	live: Running | undefined,
	epoch: number,
): number | undefined {
	return live && live.epoch === epoch && live.replicas > 0
		? live.replicas
		: undefined;
}

/** A promotion begins with the load that was there last, never with a single pod. */
function startCount(
	part: Part,
	manifest: number,
	min: number | undefined,
	lastActive: readonly LastActive[] | undefined,
): number {
	const least = min ?? manifest;
	const last = lastActive?.find(
		(it) => it.kind === part.kind && it.name === part.name,
	);
	return last && last.replicas > 0 ? Math.max(last.replicas, least) : least;
}

/** Warm pods are held by their gate: without one they would run. */
const standbyOf = (part: Part, standby: Standby): Standby =>
	standby.mode === "Warm" && !holds(part) ? { mode: "Cold" } : standby;

/** True: a pod of it may exist on the standby side, and runs nothing there. */
export const holds = ({ gate }: Part): boolean =>
	gate !== undefined && gate.form !== "None" && gate.problem === undefined;

/** Never more than the active side would run: a workload written for one pod bears no second one. */
export function standbyCount(standby: Standby, active: number): number {
	if (standby.mode === "Cold") return 0;
	const wanted = standby.replicas ?? (standby.mode === "Warm" ? active : 1);
	const percent =
		typeof wanted === "string" ? /^(\d+)%$/.exec(wanted) : undefined;
	const count = percent
		? Math.ceil((active * Number(percent[1])) / 100)
		: Number(wanted);
	return Math.min(Number.isFinite(count) ? count : 1, active);
}
