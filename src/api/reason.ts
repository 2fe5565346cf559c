import { entry, NOTHING, type ReasonEntry } from "./reason-entry.ts";
import { GATE_REASONS } from "./reason-gate.ts";
import { GRANT_REASONS } from "./reason-grant.ts";
import { INSTALL_REASONS } from "./reason-install.ts";

/**
 * Every reason a condition, an event or a log line of the operator can carry:
 * on which conditions it appears, what it means, what to do next. The list is
 * closed, and docs/reasons.md is tested against it: automation may rely on it.
 */
export const REASONS = {
	// TwinSide: written by the agent of a region.
	Applied: entry(
		["Applied"],
		"Every object of the side is in the cluster as the TwinService wants it.",
		NOTHING,
	),
	Applying: entry(
		["Applied", "Ready", "Synced"],
		"Objects are being written.",
		"Wait; the next write follows at once.",
	),
	Refused: entry(
		["Applied", "Stalled", "Synced"],
		"The API server, a webhook or a quota refused an object; the message has its own words.",
		"Change the object in spec.manifests, or what refuses it. It is tried again by itself.",
	),
	AlreadyExists: entry(
		["Applied", "Stalled", "Synced"],
		"An object of that kind and name exists and does not belong to this side.",
		"Delete or rename it, or hand it over with the annotation that the message names.",
	),
	TargetMissing: entry(
		["Applied"],
		"A workload of spec.targets is not in the region.",
		"Deliver it to both regions, inert: replicas 0, or suspended. It is looked for by itself.",
	),
	BeingDeleted: entry(
		["Applied"],
		"An object of that name is still being deleted.",
		"Wait; if it stays, look at its finalizers.",
	),
	KindNotServed: entry(
		["Applied", "Stalled"],
		"The cluster does not serve the kind of an object.",
		"Install its CustomResourceDefinition in that cluster, or leave the object out there with a patch.",
	),
	Unreadable: entry(
		["Applied"],
		"Objects of a kind cannot be listed, so they are left alone.",
		"Give the operator's account in that cluster the rights that the message names.",
	),
	WriteUnknown: entry(
		["Applied"],
		"A write got no answer; whether it was carried out is being read again.",
		"Wait; if it stays, look at the cluster's API server.",
	),
	EpochAhead: entry(
		["Applied", "Stalled"],
		"A workload carries a greater epoch than its side: an older state of the side was put back.",
		"If the cluster's etcd was restored from a backup, clear the region as docs/runbooks/restore.md says.",
	),
	WrongRegion: entry(
		["Applied", "Stalled"],
		"The side is meant for another region than the one it lies in.",
		"Correct the credentials of the TwinClusters: they lead to each other's cluster.",
	),
	SupersedesRefused: entry(
		["Stalled"],
		"The hub asked an Exclusive side to take over without the other side's consent.",
		"Move the service with a Switchover, or change spec.promotion.policy first.",
	),
	NotStalled: entry(["Stalled"], "No person is needed.", NOTHING),
	Serving: entry(["Ready"], "The active side's workloads are ready.", NOTHING),
	StandingBy: entry(
		["Ready"],
		"The standby side could be made active.",
		NOTHING,
	),
	Progressing: entry(
		["Ready", "Available", "Reconciling"],
		"Workloads are starting.",
		"Wait; if it stays, look at the pods in that cluster.",
	),
	Stopping: entry(
		["Ready"],
		"The side is standby and its pods are still going.",
		"Wait for their grace period; if it stays, look at the pods in that cluster.",
	),
	NotApplied: entry(
		["Ready"],
		"Not every object is applied; see the condition Applied.",
		"See the reason of the condition Applied.",
	),
	Deleting: entry(
		["Ready", "Applied"],
		"The object is being deleted.",
		"Wait; if it stays, the message says what holds it.",
	),
	Suspended: entry(
		["Applied", "Synced", "Reconciling", "Redundant"],
		"spec.suspend is true: nothing is synced and no new wish is made.",
		"Set spec.suspend to false to go on.",
	),

	// TwinService and TwinCluster: written by the hub.
	NoFencing: entry(
		["Redundant", "Stalled", "Ready", "Failed"],
		"An Exclusive service cannot be promoted by itself: no agents hold grants in these regions.",
		"Set spec.promotion.policy to Manual, then create a TwinOperation of type Failover; or choose the policy Available.",
	),
	Nonsense: entry(
		["Reachable"],
		"Something answers in the API server's place, and what it says is not Kubernetes; it counts like 5xx.",
		"Look at the address in the kubeconfig, and at proxies on the way.",
	),
	Answering: entry(["Reachable"], "The cluster's API server answers.", NOTHING),
	Accepted: entry(
		["CredentialsValid"],
		"The cluster accepts the kubeconfig.",
		NOTHING,
	),
	ExpiringSoon: entry(
		["CredentialsValid"],
		"The cluster accepts the kubeconfig, whose client certificate or token expires within 14 days.",
		"Renew the Secret that spec.credentials names; it is taken up without a restart.",
	),
	AgentAtWork: entry(
		["AgentReady"],
		"The agent of the region is at work.",
		NOTHING,
	),
	AgentMissing: entry(
		["AgentReady", "Ready", "Redundant"],
		"The Lease of the region's agent is missing, or does not change.",
		"Look at the agent's pods in that cluster; with spec.agent External it is installed and run by you.",
	),
	...INSTALL_REASONS,
	Preparing: entry(
		["AgentReady", "Ready", "Reconciling"],
		"The TwinSide definition and the operator's namespace are being put into the region.",
		"Wait; if it stays, the message says what is refused.",
	),
	Usable: entry(["Ready"], "Services can be placed in the region.", NOTHING),
	Settled: entry(["Reconciling"], "Nothing is under way.", NOTHING),
	InUse: entry(
		["Ready"],
		"The TwinCluster is being deleted, and TwinServices still name it.",
		"Delete these TwinServices first, or take the deletion for what it is: held until then.",
	),
	Moving: entry(
		["Ready", "Reconciling", "Complete"],
		"The active side is being changed.",
		"Wait; the message says for what.",
	),
	Waiting: entry(
		["Complete"],
		"Another operation of the service goes first.",
		"Wait for it.",
	),
	Completed: entry(["Complete"], "The operation is done.", NOTHING),
	NotAcknowledged: entry(
		["Failed"],
		"A Failover loses what was not replicated, and nobody has said that this is known.",
		"Create another operation with spec.acknowledgeDataLoss true.",
	),
	UnknownService: entry(
		["Failed"],
		"spec.service names a TwinService that does not exist in the namespace.",
		"Create another operation with the right name, in the TwinService's namespace.",
	),
	Requested: entry(
		["lastTransition"],
		"A TwinOperation asked for the move.",
		NOTHING,
	),
	Observed: entry(
		["lastTransition"],
		"The role was changed by somebody else than this hub.",
		"Find out who writes wishes into the TwinSides.",
	),
	Activated: entry(["Event"], "A side has become active.", NOTHING),
	HubIsolated: entry(
		["Reachable", "Redundant", "Reconciling", "Ready", "Complete"],
		"The hub sees neither region, or not even itself: nothing is decided until it does.",
		"Mend the hub's network; it observes anew afterwards.",
	),
	CredentialsInvalid: entry(
		["Reachable", "CredentialsValid", "Redundant", "Ready", "Stalled"],
		"The cluster answers 401 or 403, or the kubeconfig cannot be used.",
		"Renew the Secret that spec.credentials names; the message says what is wrong with it.",
	),
	Unreachable: entry(
		["Reachable", "Redundant", "Available", "Synced", "Ready", "Failed"],
		"The cluster's API server is silent.",
		"Look at the cluster and the network to it.",
	),
	Unhealthy: entry(
		["Reachable", "Redundant", "Ready"],
		"The cluster's API server answers with errors only (5xx).",
		"Look at the API server and its etcd.",
	),
	PromotionNeeded: entry(
		["PromotionNeeded", "Stalled", "Ready"],
		"The active region is lost, and the policy leaves the decision to a person.",
		"Create the TwinOperation that the message shows.",
	),
	TwoActive: entry(
		["Stalled"],
		"Both sides are active, and neither names the other one as superseded.",
		"Decide which one serves, and make the other one standby with a Switchover.",
	),
	HomeMismatch: entry(
		["Stalled"],
		"The two sides were created with different home regions.",
		"Delete the TwinSide that holds no data; it is created again.",
	),
	Unclaimed: entry(
		["Stalled", "Ready"],
		"A TwinSide of this installation has no TwinService on the hub. It is never deleted for that.",
		"Apply the TwinService again, or delete the TwinSide by hand.",
	),
	OnePairPerHub: entry(
		["Stalled", "Ready"],
		"A hub serves one pair of clusters in v1alpha1.",
		"Delete the third TwinCluster, or run another hub for it.",
	),
	SameCluster: entry(
		["Stalled", "Ready"],
		"Two TwinClusters lead to the same cluster.",
		"Correct the credentials of one of them.",
	),
	UnknownCluster: entry(
		["Stalled", "Ready", "Synced", "Failed"],
		"spec.clusters names a TwinCluster that does not exist.",
		"Create it, or correct the name.",
	),
	NamespaceRefused: entry(
		["Stalled", "Ready"],
		"TwinServices are not allowed in kube-* and in the operator's own namespace.",
		"Create the TwinService in another namespace.",
	),
	DryRunRefused: entry(
		["Synced", "Stalled", "Ready"],
		"A region refused an object in the dry run; nothing was applied anywhere.",
		"Correct the object that the message names.",
	),
	TooLarge: entry(
		["Synced", "Stalled", "Ready"],
		"The rendered objects are larger than 1,000,000 bytes.",
		"Split the TwinService, or move large data out of ConfigMaps.",
	),
	PatchFailed: entry(
		["Synced", "Stalled", "Ready"],
		"A patch of spec.clusters[].patches does not fit its target.",
		"Correct the patch that the message names.",
	),
	ForeignInstallation: entry(
		["Stalled", "Synced"],
		"The TwinSide in the region belongs to another installation.",
		"Let one of the two hubs manage this name; see the label twin-operator.dev/installation.",
	),
	Placing: entry(
		["Reconciling", "Synced", "Ready"],
		"The two TwinSides are being created.",
		"Wait.",
	),
	WaitingForRegion: entry(
		["Synced", "Reconciling", "Ready"],
		"A region has not answered yet, so nothing is decided for it.",
		"Look at the condition Reachable of its TwinCluster.",
	),
	EpochMovedOn: entry(
		["Failed"],
		"The service's role changed after the operation was written.",
		"Look at the TwinService, and create a new operation with its status.epoch.",
	),
	...GRANT_REASONS,
	...GATE_REASONS,
} as const satisfies Record<string, ReasonEntry>;

export type Reason = keyof typeof REASONS;
