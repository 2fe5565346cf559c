/**
 * Whether a region is lost, from the outcomes of probes and the hub's own
 * monotonic time (DESIGN 4: `Available` and `Manual`). A watch's silence proves
 * nothing and does not come in here.
 */
import type { Reason } from "../../api/reason.ts";

/** What one probe found. */
export type Outcome =
	| { readonly kind: "alive" }
	/** 401 or 403: the API server is alive, and refuses the hub. */
	| { readonly kind: "denied"; readonly message: string }
	| { readonly kind: "silent"; readonly message: string }
	/** 5xx. */
	| { readonly kind: "unhealthy"; readonly message: string }
	/** What no API server says: something answers in its place. It counts like 5xx. */
	| { readonly kind: "nonsense"; readonly message: string };

export interface Probe {
	readonly sentMs: number;
	readonly receivedMs: number;
	readonly outcome: Outcome;
}

export interface Timing {
	/** R. */
	readonly periodMs: number;
	/** t_req. */
	readonly requestMs: number;
	/** D, the profile's D_p. */
	readonly lossMs: number;
}

export type LossReason = Extract<
	Reason,
	"Unreachable" | "Unhealthy" | "Nonsense"
>;

interface Failing {
	/** Send time of the first probe that failed. */
	readonly sinceMs: number;
	readonly lastMs: number;
	readonly failures: number;
	/** Unreachable as soon as there was silence among it: then nothing is known of the server. */
	readonly reason: LossReason;
	readonly message: string;
}

export type Health =
	/** Nothing is known since the hub's start, or since it was isolated. */
	| { readonly kind: "Unobserved" }
	| { readonly kind: "Alive" }
	| { readonly kind: "CredentialsInvalid"; readonly message: string }
	| ({ readonly kind: "Silent" } & Failing)
	| ({ readonly kind: "Lost" } & Failing);

export const UNOBSERVED: Health = { kind: "Unobserved" };

export function observe(health: Health, probe: Probe, timing: Timing): Health {
	const { outcome } = probe;
	switch (outcome.kind) {
		case "alive":
			return health.kind === "Alive" ? health : { kind: "Alive" };
		case "denied":
			return { kind: "CredentialsInvalid", message: outcome.message };
		default:
			return failing(health, probe, outcome, timing);
	}
}

type FailedOutcome = Exclude<Outcome, { kind: "alive" | "denied" }>;

const REASON: Record<FailedOutcome["kind"], LossReason> = {
	silent: "Unreachable",
	unhealthy: "Unhealthy",
	nonsense: "Nonsense",
};

function failing(
	health: Health,
	probe: Probe,
	outcome: FailedOutcome,
	timing: Timing,
): Health {
	const before =
		(health.kind === "Silent" || health.kind === "Lost") &&
		probe.sentMs - health.lastMs <= 3 * timing.periodMs
			? health
			: undefined;
	const reason = REASON[outcome.kind];
	// A process that slept sees its own deadline pass late: this hour proves nothing.
	const stretched =
		probe.receivedMs - probe.sentMs > timing.requestMs + timing.periodMs;
	const now: Failing = {
		sinceMs: stretched ? probe.receivedMs : (before?.sinceMs ?? probe.sentMs),
		lastMs: probe.receivedMs,
		failures: stretched ? 1 : (before?.failures ?? 0) + 1,
		reason: before?.reason === "Unreachable" ? "Unreachable" : reason,
		// The first words stay: others for the same silence would only be writes.
		message: before?.reason === reason ? before.message : outcome.message,
	};
	// Once lost, only an answer ends it: a pause of the hub revives nobody.
	const lost =
		health.kind === "Lost" || now.lastMs - now.sinceMs >= timing.lossMs;
	return { kind: lost ? "Lost" : "Silent", ...now };
}

/** A single missed probe is weather. */
const FAILURES_THAT_COUNT = 2;

/** No answer at all, for long enough to be said. */
export const isSilent = (health: Health): boolean =>
	health.kind === "Lost" ||
	(health.kind === "Silent" && health.failures >= FAILURES_THAT_COUNT);

const unreached = (health: Health): boolean =>
	isSilent(health) && "reason" in health && health.reason === "Unreachable";

/**
 * Everything looks lost: then the observer is. `hub` is the health of the hub's
 * own API server, whose 5xx counts too: what cannot be recorded is not decided.
 */
export function isIsolated(hub: Health, regions: readonly Health[]): boolean {
	return isSilent(hub) || (regions.length > 1 && regions.every(unreached));
}

/** After isolation every observation begins anew: failures of before count for nothing. */
export const anew = (health: Health): Health =>
	health.kind === "Silent" || health.kind === "Lost" ? UNOBSERVED : health;
