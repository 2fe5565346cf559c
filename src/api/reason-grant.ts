/** Reasons about grants, fencing and what hangs on them, as the hub says them. */
import { entry, NOTHING, type ReasonEntry } from "./reason-entry.ts";

export const GRANT_REASONS = {
	GrantHeld: entry(
		["GrantHeld"],
		"The region's agent renews its grant at the hub.",
		NOTHING,
	),
	GrantTaken: entry(
		["GrantHeld", "Redundant", "Stalled", "Ready"],
		"The twin region has taken the grant over: it runs the Exclusive services of both.",
		"Nothing, if the region's agent is at work: the twin gives the grant back by itself. If the twin is lost now, force it (docs/operations.md).",
	),
	GrantNotRenewed: entry(
		["GrantHeld", "Redundant"],
		"The grant at the hub has not changed for D_h, or never yet.",
		"Look at the region's agent, and at its way to the hub.",
	),
	GrantMissing: entry(
		["GrantHeld", "Redundant"],
		"The Lease of the grant does not exist on the hub.",
		"Wait for the agents to create it; if it stays, look at their way to the hub.",
	),
	GrantUnread: entry(
		["GrantHeld", "Redundant", "Complete"],
		"The hub has not seen yet whether the grant is renewed.",
		"Wait for D_h; if it stays, look at the hub's API server.",
	),
	NoAgent: entry(
		["GrantHeld", "Fencing"],
		"No agent of its own runs in the region, or in its twin: nobody holds grants there.",
		"For Exclusive services, set spec.agent to Managed in both regions, or run an agent in both and set it to External.",
	),
	NoTwin: entry(
		["GrantHeld", "Independent"],
		"There is no second TwinCluster.",
		"Register the other region.",
	),
	Pod: entry(
		["Fencing"],
		"Every node of the region bears the gate: pods stop by themselves, whatever else is dead.",
		NOTHING,
	),
	Agent: entry(
		["Fencing"],
		"Some nodes do not bear the gate: pods are stopped by the agent through the API server, which a region that is cut off may be unable to do.",
		"Run Kubernetes 1.36 or newer on every node, or fence the storage.",
	),
	FencingUnknown: entry(
		["Fencing"],
		"The region's agent has not said how strong its fencing is.",
		"Wait; if it stays, look at the agent there.",
	),
	Apart: entry(
		["Independent"],
		"The region shares neither cluster nor failure domain with the hub and with its twin.",
		NOTHING,
	),
	HubInRegion: entry(
		["Independent"],
		"The hub, or the witness in its place, is the region's own cluster: both are lost together, and the twin then stops its Exclusive services too.",
		"Move it to a third cluster; or use the policies Available or Manual.",
	),
	HubSharesDomain: entry(
		["Independent"],
		"The hub is in the region's failure domain: both may be lost together.",
		"Move the hub to a third site; or use the policies Available or Manual.",
	),
	RegionsShareDomain: entry(
		["Independent"],
		"Both regions are in the same failure domain: one event may take both.",
		"Choose a region in another site.",
	),
	DomainUnknown: entry(
		["Independent"],
		"A failure domain is not set, so nobody can tell what is lost together.",
		"Set spec.failureDomain of both TwinClusters, and --failure-domain of the hub.",
	),
	ByGrant: entry(
		["Ready", "Reconciling", "Failed", "lastTransition"],
		"The active region of an Exclusive service is lost: its twin takes over by its grant, and nobody else may.",
		"Wait; if it stays, look at the agent in the surviving region.",
	),
	StableAgain: entry(
		["lastTransition"],
		"The preferred region has been healthy for spec.promotion.failback.stableSeconds, and the service was moved back.",
		NOTHING,
	),
	NotGated: entry(
		["Redundant"],
		"It is not known that every pod of the active side has a gate.",
		"Wait; if it stays, look at the agent and the pods of the active region.",
	),
	FencedByAgent: entry(
		["Redundant"],
		"The other side would take over, but the pods of the active one are stopped through the API server only.",
		"Read the condition Fencing of the TwinCluster, and spec.promotion.gate.",
	),
	PolicyChanging: entry(
		["PolicyChanging", "Ready", "Reconciling", "Stalled", "Complete"],
		"spec.promotion.policy is being changed to or from Exclusive, one side after the other.",
		"Wait; the message says for what.",
	),
	AwaitingGate: entry(
		["PolicyChanging", "Ready", "Reconciling", "Complete"],
		"The active side is Exclusive already; the other one follows when no pod without a gate is left.",
		"Wait; if it stays, look at the pods of the active region.",
	),
	ActiveReplaced: entry(
		["Stalled", "Synced", "Ready"],
		"spec.clusters does not name the region any more in which the service is active.",
		"Put the region back, move the service with a Switchover, then replace it.",
	),
} as const satisfies Record<string, ReasonEntry>;
