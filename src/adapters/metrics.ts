import {
	Counter,
	collectDefaultMetrics,
	Gauge,
	Histogram,
	Registry,
} from "prom-client";
import { METRICS, type Metric, type MetricName } from "../shell/metric.ts";
import type { Metrics } from "../shell/port.ts";

export interface Exposition {
	readonly metrics: Metrics;
	readonly contentType: string;
	/** What Prometheus reads. */
	text(): Promise<string>;
}

type Labels = Readonly<Record<string, string>>;

/** All metrics of the table, in a registry of their own: two in one process do not mix. */
export function prometheus(): Exposition {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	const counters = new Map<MetricName, Counter>();
	const gauges = new Map<MetricName, Gauge>();
	const histograms = new Map<MetricName, Histogram>();
	for (const name of Object.keys(METRICS) as MetricName[]) {
		const { kind, help, labels, buckets, starts }: Metric = METRICS[name];
		const options = {
			name,
			help,
			labelNames: [...labels],
			registers: [registry],
		};
		if (kind === "counter") {
			const counter = new Counter(options);
			for (const it of starts ?? []) counter.inc(it, 0);
			counters.set(name, counter);
		} else if (kind === "gauge") {
			const gauge = new Gauge(options);
			// The library begins one without labels at 0, also in a process that
			// knows nothing of it: an agent would say that it is no leader.
			gauge.remove({});
			gauges.set(name, gauge);
		} else {
			const histogram = new Histogram({
				...options,
				buckets: [...(buckets ?? [])],
			});
			for (const it of starts ?? []) histogram.zero(it);
			histograms.set(name, histogram);
		}
	}
	return {
		contentType: registry.contentType,
		text: () => registry.metrics(),
		metrics: {
			count: (name, labels = {}, by = 1) =>
				counters.get(name)?.inc(known(name, labels), by),
			set: (name, labels, value) =>
				gauges.get(name)?.set(known(name, labels), value),
			drop: (name, labels) => gauges.get(name)?.remove(known(name, labels)),
			observe: (name, labels, value) =>
				histograms.get(name)?.observe(known(name, labels), value),
		},
	};
}

/** The library throws at a label that is not in the table; no turn may fail for that. */
function known(name: MetricName, labels: Labels): Record<string, string> {
	const found: Record<string, string> = {};
	for (const label of METRICS[name].labels) found[label] = labels[label] ?? "";
	return found;
}
