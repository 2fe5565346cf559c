export interface Metric {
	readonly kind: "gauge" | "counter" | "histogram";
	readonly labels: readonly string[];
	readonly help: string;
	/** Upper bounds, for a histogram. */
	readonly buckets?: readonly number[];
	/**
	 * Series that are there from the start, at 0. Prometheus counts increases
	 * only: of a series that appears at 1 it never learns the first event, and
	 * the loss of a region is mostly the first of its kind.
	 */
	readonly starts?: readonly Readonly<Record<string, string>>[];
}

const MOVES = ["Creation", "Failover", "Switchover", "Failback"].map(
	(kind) => ({ kind }),
);

/** Every metric there is: name → kind, labels and help. docs/metrics.md is tested against this table. */
export const METRICS = {
	twin_operator_service_active: {
		kind: "gauge",
		labels: ["namespace", "service", "cluster"],
		help: "1 for the cluster on which the service is active.",
	},
	twin_operator_leader: {
		kind: "gauge",
		labels: [],
		help: "1 while this hub operator works, 0 while it stands by for another one.",
	},
	twin_operator_region_reachable: {
		kind: "gauge",
		labels: ["cluster"],
		help: "1 while the region's API server answers, 0 while it is silent or failing.",
	},
	twin_operator_service_condition: {
		kind: "gauge",
		labels: ["namespace", "service", "condition", "status", "reason"],
		help: "1 for the status and the reason that a condition of the service has now.",
	},
	twin_operator_cluster_condition: {
		kind: "gauge",
		labels: ["cluster", "condition", "status", "reason"],
		help: "1 for the status and the reason that a condition of the TwinCluster has now.",
	},
	twin_operator_hub_isolated: {
		kind: "gauge",
		labels: [],
		help: "1 while the hub sees neither region, or not even itself, and decides nothing.",
	},
	twin_operator_credentials_expiry_timestamp_seconds: {
		kind: "gauge",
		labels: ["cluster"],
		help: "Unix time at which the credentials for that cluster expire; missing where they do not say so.",
	},
	twin_operator_credentials_renewed: {
		kind: "gauge",
		labels: ["cluster"],
		help: "1 while this process renews its token for that cluster by itself, 0 when the last attempt failed.",
	},
	twin_operator_grant_confirmed: {
		kind: "gauge",
		labels: ["region", "by"],
		help: "1 while that place confirms the region's right to run its Exclusive services: hub, twin, own.",
	},
	twin_operator_grant_margin_ratio: {
		kind: "histogram",
		labels: ["region"],
		help: "Share of D_h that was left of the region's proof when the next renewal was confirmed.",
		buckets: [0, 0.1, 0.25, 0.5, 0.75],
	},
	twin_operator_transitions_total: {
		kind: "counter",
		labels: ["kind"],
		help: "Completed moves of a service by kind: Creation, Failover, Switchover, Failback.",
		starts: MOVES,
	},
	twin_operator_recovery_seconds: {
		kind: "histogram",
		labels: ["kind"],
		help: "Seconds from the loss (or the request) until the service was ready on the other side.",
		buckets: [1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300, 900],
		starts: MOVES,
	},
	twin_operator_api_requests_total: {
		kind: "counter",
		labels: ["cluster", "verb", "resource", "outcome"],
		help: "Requests to API servers by outcome: ok, refused, failing, nonsense, silent.",
	},
	twin_operator_right_missing: {
		kind: "gauge",
		labels: ["cluster", "verb", "resource"],
		help: "1 after that cluster refused this process a right that it needs, until it has it.",
	},
	twin_operator_reconcile_turns_total: {
		kind: "counter",
		labels: ["loop", "result"],
		help: "Turns of a reconcile loop by result: settled, acted, retry.",
	},
	twin_operator_queue_depth: {
		kind: "gauge",
		labels: ["loop"],
		help: "Keys waiting for a turn.",
	},
	twin_operator_watches_ended_total: {
		kind: "counter",
		labels: ["cluster", "resource", "how"],
		help: "Watches that ended by how: closed, expired, failed, inactive, nudged, stopped.",
	},
	twin_operator_unreadable_objects_total: {
		kind: "counter",
		labels: ["cluster", "resource"],
		help: "Objects seen that could not be understood; the others were.",
	},
	twin_operator_api_request_seconds: {
		kind: "histogram",
		labels: ["cluster", "verb"],
		help: "Seconds from sending a request to an API server until its answer, or until it was given up.",
		buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
	},
	twin_operator_api_connections_total: {
		kind: "counter",
		labels: ["cluster"],
		help: "Connections opened to API servers. It stands still while they are kept alive.",
	},
	twin_operator_build_info: {
		kind: "gauge",
		labels: ["version", "command", "region"],
		help: "Always 1; its labels say what runs, and of an agent in which region.",
	},
	twin_operator_agent_build_info: {
		kind: "gauge",
		labels: ["version", "cluster"],
		help: "Always 1; the version that the agent of that region says in its Lease, as the hub reads it.",
	},
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
