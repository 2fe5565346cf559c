/** Metrics that a test reads: series as Prometheus writes them, with their values. */
import { METRICS } from "../../src/shell/metric.ts";
import type { Metrics } from "../../src/shell/port.ts";

type Labels = Readonly<Record<string, string>>;

export class Series implements Metrics {
	readonly #values = new Map<string, number>();

	count(name: keyof typeof METRICS, labels: Labels = {}, by = 1): void {
		const key = keyOf(name, labels);
		this.#values.set(key, (this.#values.get(key) ?? 0) + by);
	}

	set(name: keyof typeof METRICS, labels: Labels, value: number): void {
		this.#values.set(keyOf(name, labels), value);
	}

	drop(name: keyof typeof METRICS, labels: Labels): void {
		this.#values.delete(keyOf(name, labels));
	}

	clear(): void {
		this.#values.clear();
	}

	/** The last value alone. */
	observe(name: keyof typeof METRICS, labels: Labels, value: number): void {
		this.set(name, labels, value);
	}

	/** `name{label="value"} 1` for all whose name and labels hold each of these words. */
	having(...words: readonly string[]): string[] {
		return [...this.#values]
			.map(([key, value]) => `${key} ${value}`)
			.filter((it) => words.every((word) => it.includes(word)))
			.sort();
	}
}

/** Throws at labels that the table does not have: the adapter would only leave them out. */
function keyOf(name: keyof typeof METRICS, labels: Labels): string {
	const known: readonly string[] = METRICS[name].labels;
	const given = Object.keys(labels);
	if (given.length !== known.length || !given.every((it) => known.includes(it)))
		throw new Error(`${name} has the labels ${known}, not ${given}`);
	const words = known.map((it) => `${it}="${labels[it]}"`);
	return `${name}{${words.join(",")}}`;
}
