/** Every metric there is: name → kind, labels and help. docs/metrics.md is tested against this table. */
export const METRICS = {
	twin_operator_service_active: {
		kind: "gauge",
		labels: ["namespace", "service", "cluster"],
		help: "1 for the cluster on which the service is active.",
	},
	twin_operator_region_reachable: {
		kind: "gauge",
		labels: ["cluster"],
		help: "1 while the region's API server answers, 0 while it is silent or failing.",
	},
	twin_operator_transitions_total: {
		kind: "counter",
		labels: ["kind"],
		help: "Completed moves of a service by kind: Creation, Failover, Switchover.",
	},
	twin_operator_recovery_seconds: {
		kind: "histogram",
		labels: ["kind"],
		help: "Seconds from the loss (or the request) until the service was ready on the other side.",
	},
	twin_operator_api_requests_total: {
		kind: "counter",
		labels: ["cluster", "verb", "resource", "outcome"],
		help: "Requests to API servers by outcome: ok, refused, failing, nonsense, silent.",
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
} as const satisfies Record<
	string,
	{ kind: "gauge" | "counter" | "histogram"; labels: readonly string[]; help: string }
>;

export type MetricName = keyof typeof METRICS;
