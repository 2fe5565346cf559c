/** What a TwinCluster says of the way to its region. */
import type { Finding } from "../../api/condition.ts";
import type { Reason } from "../../api/reason.ts";
import type { ClusterSeen } from "./cluster-view.ts";
import { isSilent } from "./loss.ts";

const finding = (
	type: string,
	status: Finding["status"],
	reason: Reason,
	message: string,
): Finding => ({ type, status, reason, message });

export function reachableOf({
	health,
	cluster,
	isolated,
}: ClusterSeen): Finding {
	const { name } = cluster;
	if (isolated && isSilent(health)) {
		return finding(
			"Reachable",
			"Unknown",
			"HubIsolated",
			"The hub sees neither region, or not even itself: it cannot tell whether the region is lost. Mend the hub's network.",
		);
	}
	switch (health.kind) {
		case "Unobserved":
			return finding(
				"Reachable",
				"Unknown",
				"WaitingForRegion",
				`${name} has not been asked yet.`,
			);
		case "Alive":
			return finding("Reachable", "True", "Answering", `${name} answers.`);
		case "CredentialsInvalid":
			return finding(
				"Reachable",
				"True",
				"CredentialsInvalid",
				`${name} answers, and refuses the hub.`,
			);
		case "Silent":
		case "Lost":
			if (!isSilent(health))
				return finding("Reachable", "True", "Answering", `${name} answers.`);
			return finding(
				"Reachable",
				"False",
				health.reason,
				`${name} ${health.kind === "Lost" ? "is lost" : "does not answer"}: ${health.message}. Look at the cluster and the network to it.`,
			);
	}
}

export function credentialsOf({
	health,
	credentialsFault,
	credentialsEnd,
}: ClusterSeen): Finding {
	if (credentialsFault !== undefined)
		return finding(
			"CredentialsValid",
			"False",
			"CredentialsInvalid",
			credentialsFault,
		);
	if (health.kind === "CredentialsInvalid")
		return finding(
			"CredentialsValid",
			"False",
			"CredentialsInvalid",
			`${health.message}. Renew what spec.credentials names.`,
		);
	if (health.kind === "Alive" && credentialsEnd !== undefined)
		return finding(
			"CredentialsValid",
			"True",
			"ExpiringSoon",
			`The cluster accepts the credentials, which expire at ${credentialsEnd}. Put new ones where spec.credentials leads; they are taken up without a restart.`,
		);
	return health.kind === "Alive"
		? finding(
				"CredentialsValid",
				"True",
				"Accepted",
				"The cluster accepts the kubeconfig.",
			)
		: finding(
				"CredentialsValid",
				"Unknown",
				"WaitingForRegion",
				"The cluster has not said whether it accepts the kubeconfig.",
			);
}
