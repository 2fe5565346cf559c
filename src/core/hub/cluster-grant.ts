/** What a TwinCluster says of its grant, of its fencing, and of what is lost together with it. */

import type { Finding } from "../../api/condition.ts";
import type { Reason } from "../../api/reason.ts";
import { grantName } from "../region/grant/lease.ts";
import type { ClusterSeen } from "./cluster-view.ts";

export function grantFindings(seen: ClusterSeen): readonly Finding[] {
	return [
		{ type: "GrantHeld", ...heldOf(seen) },
		{ type: "Fencing", ...fencingOf(seen) },
		{ type: "Independent", ...independenceOf(seen) },
	];
}

type Said = Omit<Finding, "type">;

const said = (
	status: Finding["status"],
	reason: Reason,
	message: string,
): Said => ({ status, reason, message });

const NO_TWIN = said(
	"Unknown",
	"NoTwin",
	"There is no second TwinCluster: register the other region.",
);

function heldOf({ cluster, twin, grant, namespace = "" }: ClusterSeen): Said {
	const { name } = cluster;
	if (!twin) return NO_TWIN;
	const without = [cluster, twin].find((it) => it.agent === "None");
	if (without) {
		return said(
			"False",
			"NoAgent",
			`spec.agent of ${without.name} is None: the hub carries out its sides over the network, and nobody holds grants. Exclusive services are not promoted by themselves. Set spec.agent to Managed in both regions; or run an agent in both, and set it to External.`,
		);
	}
	const lease = `The Lease ${namespace}/${grantName(name, twin.name)} on the hub`;
	switch (grant?.kind ?? "Unknown") {
		case "Held":
			return said(
				"True",
				"GrantHeld",
				`The agent of ${name} renews its grant.`,
			);
		case "Taken":
			return said(
				"False",
				"GrantTaken",
				`${twin.name} has taken the grant of ${name} over: Exclusive services run in ${twin.name}, and stand by in ${name}. It is given back by itself when the agent of ${name} is at work and both regions reach each other.`,
			);
		case "Missing":
			return said(
				"False",
				"GrantMissing",
				`${lease} does not exist. The agents create it: look at their way to the hub, and at their rights there.`,
			);
		case "Neutral":
			return said(
				"False",
				"GrantNotRenewed",
				`${lease} was never renewed. For the first time both regions have to reach each other: look at the agents of ${name} and ${twin.name}.`,
			);
		case "Still":
			return said(
				"False",
				"GrantNotRenewed",
				`${lease} is not renewed any more. Unless ${twin.name} confirms the grant, Exclusive services stop in ${name} and ${twin.name} takes them over. Look at the agent of ${name}, and at its way to the hub.`,
			);
		case "Unknown":
			return said(
				"Unknown",
				"GrantUnread",
				`${lease} has not been seen for long enough to tell whether it is renewed.`,
			);
	}
}

function fencingOf({ cluster, fencing }: ClusterSeen): Said {
	const { name } = cluster;
	if (cluster.agent === "None") {
		return said(
			"False",
			"NoAgent",
			`spec.agent is None: the hub stops pods in ${name} over the network, and cannot when ${name} is cut off.`,
		);
	}
	switch (fencing) {
		case "Pod":
			return said(
				"True",
				"Pod",
				`Every node of ${name} bears the gate (Kubernetes 1.36 or newer): without a grant the pods of Exclusive services stop by themselves, also when the API server, the agent or a kubelet is dead.`,
			);
		case "Agent":
			return said(
				"True",
				"Agent",
				`Not every node of ${name} bears the gate, so the agent stops pods through the API server. If the agent, the API server or a node is dead or cut off, pods run on there while the twin takes over, and two sides may write. Run Kubernetes 1.36 or newer on every node; or fence the storage.`,
			);
		default:
			return said(
				"Unknown",
				"FencingUnknown",
				`The agent of ${name} has not said whether every node bears the gate. Wait; if it stays, look at the agent there.`,
			);
	}
}

const ADVICE =
	"Exclusive wants three places: two regions, and a hub (or a witness in its place) that falls with neither.";

function independenceOf(seen: ClusterSeen): Said {
	const { cluster, twin, clusterUID, hubUID, hubDomain } = seen;
	const { name, failureDomain: own } = cluster;
	const third = seen.hasWitness ? "witness" : "hub";
	if (hubUID !== undefined && hubUID === clusterUID) {
		return said(
			"False",
			"HubInRegion",
			`The ${third} runs in ${name} itself. When ${name} is lost, so is the ${third}: ${twin?.name ?? "its twin"} then stops its Exclusive services, and nothing is promoted until a person forces it. ${ADVICE} ${seen.hasWitness ? "Move the witness to a third cluster" : "Move the hub to a third cluster; or give its place in the protocol to a witness (--witness-kubeconfig)"}; or use the policies Manual or Available.`,
		);
	}
	if (!twin) return NO_TWIN;
	if (own !== undefined && own === twin.failureDomain) {
		return said(
			"False",
			"RegionsShareDomain",
			`${name} and ${twin.name} are both in the failure domain ${own}: what takes one may take the other, and nobody is left to take over. Choose a region in another site; or correct spec.failureDomain.`,
		);
	}
	if (own !== undefined && own === hubDomain) {
		return said(
			"False",
			"HubSharesDomain",
			`${name} and the ${third} are both in the failure domain ${own}. When it is lost, ${twin.name} stops its Exclusive services too, and nothing is promoted until a person forces it. ${ADVICE} Move the ${third}; or use the policies Manual or Available.`,
		);
	}
	const unset = [
		own === undefined ? `spec.failureDomain of ${name}` : undefined,
		twin.failureDomain === undefined
			? `spec.failureDomain of ${twin.name}`
			: undefined,
		hubDomain === undefined ? `--failure-domain of the ${third}` : undefined,
	].filter((it) => it !== undefined);
	return unset.length > 0
		? said(
				"Unknown",
				"DomainUnknown",
				`Not set: ${unset.join(", ")}. Nobody can tell what is lost together. ${ADVICE}`,
			)
		: said(
				"True",
				"Apart",
				`${name} (${own}) shares its failure domain neither with ${twin.name} (${twin.failureDomain}) nor with the ${third} (${hubDomain}).`,
			);
}
