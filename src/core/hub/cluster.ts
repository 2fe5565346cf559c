/** What a TwinCluster says of its region. */
import {
	type Condition,
	type Finding,
	mergeConditions,
} from "../../api/condition.ts";
import type { Reason } from "../../api/reason.ts";
import type { TwinClusterStatus } from "../../api/types.ts";
import { grantFindings } from "./cluster-grant.ts";
import { credentialsOf, reachableOf } from "./cluster-reach.ts";
import type { ClusterSeen, ClusterView } from "./cluster-view.ts";
import type { Problem } from "./problem.ts";

const byAge = (a: ClusterView, b: ClusterView): number =>
	a.createdAt.localeCompare(b.createdAt) || a.name.localeCompare(b.name);

/** Why no service can be placed in it, whatever its health. */
export function clusterProblem(
	cluster: ClusterView,
	all: readonly ClusterView[],
	uidOf: (name: string) => string | undefined,
): Problem | undefined {
	const elder = all.toSorted(byAge);
	const at = elder.findIndex((it) => it.name === cluster.name);
	if (at >= 2) {
		return {
			reason: "OnePairPerHub",
			message: `TwinCluster ${cluster.name} is the third, and a hub serves one pair: ${elder[0]?.name} and ${elder[1]?.name} were there before. Delete it, or run another hub for it.`,
		};
	}
	const uid = uidOf(cluster.name);
	const twin = elder
		.slice(0, Math.max(at, 0))
		.find((it) => uid !== undefined && uidOf(it.name) === uid);
	return twin
		? {
				reason: "SameCluster",
				message: `TwinClusters ${twin.name} and ${cluster.name} lead to the same cluster (kube-system has uid ${uid} in both). Correct spec.credentials of one of them.`,
			}
		: undefined;
}

const finding = (
	type: string,
	status: Finding["status"],
	reason: Reason,
	message: string,
): Finding => ({ type, status, reason, message });

export function clusterStatus(
	seen: ClusterSeen,
	problem: Problem | undefined,
): TwinClusterStatus {
	const { cluster, wall } = seen;
	const reachable = reachableOf(seen);
	const credentials = credentialsOf(seen);
	const agent = agentOf(seen, reachable);
	const ready = readyOf(seen, problem, [reachable, credentials, agent]);
	const stalled = stalledOf(seen, problem, credentials);
	const found = [
		ready,
		ready.status === "True" || stalled.status === "True"
			? finding("Reconciling", "False", "Settled", "Nothing is to be done.")
			: { ...ready, type: "Reconciling", status: "True" as const },
		stalled,
		reachable,
		credentials,
		agent,
		...grantFindings(seen),
	];
	// A region that is silent now may still run it.
	const version =
		cluster.agent === "None"
			? undefined
			: (seen.agentVersion ??
				(reachable.status === "True"
					? undefined
					: cluster.status.agentVersion));
	const uid = seen.clusterUID ?? cluster.status.clusterUID;
	return {
		observedGeneration: cluster.generation,
		...(uid === undefined ? {} : { clusterUID: uid }),
		...(version === undefined ? {} : { agentVersion: version }),
		...(seen.pending.length === 0 ? {} : { pendingDeletions: seen.pending }),
		conditions: mergeConditions(
			cluster.status.conditions as readonly Condition[] | undefined,
			found,
			cluster.generation,
			wall,
		),
	};
}

function agentOf(
	{ agent, cluster, install }: ClusterSeen,
	reachable: Finding,
): Finding {
	if (reachable.status !== "True")
		return finding(
			"AgentReady",
			"Unknown",
			reachable.reason as Reason,
			"The region does not answer, so nothing is known of its agent.",
		);
	// What the hub cannot do is said even where the agent that is there works. What
	// the region lacks before any agent (Preparing) goes before both.
	const isRefused = install?.reason === "InstallRefused";
	if (install && agent?.reason !== "Preparing" && (agent || isRefused))
		return { type: "AgentReady", status: "False", ...install };
	if (agent) return { type: "AgentReady", status: "False", ...agent };
	if (install) return { type: "AgentReady", status: "True", ...install };
	return finding(
		"AgentReady",
		"True",
		"AgentAtWork",
		cluster.agent === "None"
			? "The hub carries out the sides of this region itself."
			: "The agent in the region renews its Lease.",
	);
}

function readyOf(
	{ cluster, usedBy }: ClusterSeen,
	problem: Problem | undefined,
	others: readonly Finding[],
): Finding {
	if (cluster.deleting) {
		return finding(
			"Ready",
			"False",
			usedBy.length > 0 ? "InUse" : "Deleting",
			usedBy.length > 0
				? `The TwinCluster is being deleted, and ${usedBy.length} TwinServices name it: ${someOf(usedBy)}. Delete them first.`
				: "The TwinCluster is being deleted.",
		);
	}
	if (problem) return { type: "Ready", status: "False", ...problem };
	const bad = others.find((it) => it.status !== "True");
	if (bad) return { ...bad, type: "Ready" };
	return finding(
		"Ready",
		"True",
		"Usable",
		"Services can be placed in the region.",
	);
}

function stalledOf(
	{ unclaimed, foreign, cluster }: ClusterSeen,
	problem: Problem | undefined,
	credentials: Finding,
): Finding {
	if (problem) return { type: "Stalled", status: "True", ...problem };
	if (credentials.status === "False")
		return { ...credentials, type: "Stalled", status: "True" };
	if (foreign.length > 0) {
		return finding(
			"Stalled",
			"True",
			"ForeignInstallation",
			`${cluster.name} has TwinSides of another installation: ${someOf(foreign)}. Two hubs over one region get in each other's way; give them different regions, or the same --installation if one replaces the other.`,
		);
	}
	if (unclaimed.length > 0) {
		return finding(
			"Stalled",
			"True",
			"Unclaimed",
			`${unclaimed.length} TwinSides in ${cluster.name} have no TwinService: ${someOf(unclaimed)}. They run on and are not deleted. Apply their TwinServices again; or delete the TwinSides there by hand.`,
		);
	}
	return finding("Stalled", "False", "NotStalled", "No person is needed.");
}

function someOf(names: readonly string[]): string {
	const shown = names.toSorted().slice(0, 5).join(", ");
	return names.length > 5 ? `${shown}, …` : shown;
}
