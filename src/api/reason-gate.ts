/** Reasons about gates and proof, as the agents say them. */
import { entry, NOTHING, type ReasonEntry } from "./reason-entry.ts";

export const GATE_REASONS = {
	GateImpossible: entry(
		["Applied", "Stalled"],
		"No gate can be put before the pods of a workload of an Exclusive service.",
		"Change what the message names, or set spec.promotion.gate to None.",
	),
	GateTooSlow: entry(
		["Applied", "Stalled", "Synced", "Ready"],
		"The gate that a workload's pods can bear stops them too late for the profile of this pair of regions.",
		"Set one securityContext.runAsUser for the whole pod, so that the gate can kill, or run the pair with the profile that the message names.",
	),
	GraceTooLong: entry(
		["Applied", "Stalled", "Synced", "Ready"],
		"The pods of a workload may take longer to end than the profile of this pair of regions allows.",
		"Shorten terminationGracePeriodSeconds, or choose what else the message offers.",
	),
	Gated: entry(["Gated"], "Every pod of the side has a gate.", NOTHING),
	Gating: entry(
		["Gated"],
		"Pods without a gate may be left on a side that became Exclusive while it was active.",
		"Wait until they are replaced; if it stays, look at the pods that the message describes.",
	),
	GateNone: entry(
		["Gated"],
		"spec.promotion.gate is None: nothing inside the node stops the pods of a region that is cut off.",
		"Choose Kill or Exit.",
	),
	NoProof: entry(
		["Ready"],
		"The side is active, and its region has no fresh proof of its grant: the gate holds the pods. The role stays as it is.",
		"Look at the connections of that region to the hub and to the other region's API server; the pods go on by themselves.",
	),
	AwaitingTwin: entry(
		["Reconciling"],
		"A move, or the start of a new service, waits for the other side.",
		"The message says what for; it goes on by itself.",
	),
} as const satisfies Record<string, ReasonEntry>;
