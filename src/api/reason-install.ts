/** Reasons about agents that the hub installs (spec.agent Managed). */
import { entry, type ReasonEntry } from "./reason-entry.ts";

export const INSTALL_REASONS = {
	Installing: entry(
		["AgentReady", "Ready", "Reconciling"],
		"The hub installs the region's agent, or waits for it to start.",
		"Wait; if it stays, look at the agent's pods in that cluster.",
	),
	Upgrading: entry(
		["AgentReady"],
		"The hub upgrades the region's agent, whose old replicas work until the new ones do.",
		"Wait; if it stays, look at the agent's pods in that cluster.",
	),
	WaitingForTwin: entry(
		["AgentReady", "Ready", "Reconciling"],
		"The region's agent is to be installed or upgraded, and the other region comes first, or has to be well meanwhile.",
		"The message says for what; look at AgentReady and GrantHeld of the other TwinCluster.",
	),
	InstallRefused: entry(
		["AgentReady", "Ready", "Reconciling"],
		"The hub cannot install or upgrade the region's agent: a right or a setting is missing. An agent that is there goes on.",
		"Give what the message names: kubectl twin register with --agent Managed, or the chart's access.managed in the region and hub.managed on the hub.",
	),
} as const satisfies Record<string, ReasonEntry>;
