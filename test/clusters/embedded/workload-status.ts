import { at, type Dict, dict, list } from "./json.ts";
import { nameOf } from "./lister.ts";

export interface Count {
	readonly wanted: number;
	readonly replicas: number;
	readonly updated: number;
	readonly ready: number;
}

/** Zero counts are left out, as in the API server's typed objects. */
const counts = (fields: Record<string, number>): Dict =>
	Object.fromEntries(Object.entries(fields).filter(([, it]) => it > 0));

function condition(
	object: Dict,
	type: string,
	good: boolean,
	reason: string,
	message: string,
	time: string,
): Dict {
	const old = dict(
		list(at(object, "status", "conditions")).find(
			(it) => at(it, "type") === type,
		),
	);
	const status = good ? "True" : "False";
	const same = old.status === status && old.reason === reason;
	if (same) return old;
	return {
		type,
		status,
		reason,
		message,
		lastUpdateTime: time,
		lastTransitionTime: old.status === status ? old.lastTransitionTime : time,
	};
}

export function deploymentStatus(
	deployment: Dict,
	count: Count,
	time: string,
): Dict {
	const { wanted, replicas, updated, ready } = count;
	const enough = ready >= wanted - Math.floor(wanted / 4);
	const done = updated >= wanted && ready >= wanted;
	const available = condition(
		deployment,
		"Available",
		enough,
		enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
		`Deployment ${enough ? "has" : "does not have"} minimum availability.`,
		time,
	);
	const progressing = condition(
		deployment,
		"Progressing",
		true,
		done ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
		`Deployment "${nameOf(deployment)}" ${done ? "has successfully progressed." : "is progressing."}`,
		time,
	);
	return {
		observedGeneration: at(deployment, "metadata", "generation"),
		...counts({
			replicas,
			updatedReplicas: updated,
			readyReplicas: ready,
			availableReplicas: ready,
			unavailableReplicas: Math.max(0, wanted - ready),
		}),
		conditions: [available, progressing],
	};
}

export function statefulSetStatus(
	_set: Dict,
	{ replicas, updated, ready }: Count,
): Dict {
	return {
		observedGeneration: at(_set, "metadata", "generation"),
		// These two have no omitempty in the Go type.
		replicas,
		availableReplicas: ready,
		collisionCount: 0,
		...counts({
			readyReplicas: ready,
			currentReplicas: replicas,
			updatedReplicas: updated,
		}),
	};
}
