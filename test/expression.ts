/** What a PromQL expression uses of the operator's metrics, and what of that there is not. */
import { METRICS } from "../src/shell/metric.ts";

interface Kind {
	readonly kind: string;
	readonly labels: readonly string[];
}
const KINDS = METRICS as Readonly<Record<string, Kind>>;

/** One line for each name or label that the table of metrics does not have. */
export function unknownIn(expression: string): readonly string[] {
	const text = expression.replace(/"[^"]*"/g, '""');
	const names = [...text.matchAll(/\btwin_operator_\w+/g)].map((it) => it[0]);
	const metrics = names.map(metricOf).filter((it) => it !== undefined);
	const faults = names
		.filter((it) => metricOf(it) === undefined)
		.map((it) => `there is no metric ${it}`);
	if (names.length === 0) faults.push("it uses no metric of the operator");
	for (const [, name = "", matchers = ""] of text.matchAll(
		/\b(twin_operator_\w+)\s*\{([^}]*)\}/g,
	)) {
		const known = labelsOf(metricOf(name));
		for (const [, label = ""] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
			if (!known.includes(label)) faults.push(`${name} has no label ${label}`);
	}
	const all = metrics.flatMap(labelsOf);
	for (const [, words = ""] of text.matchAll(
		/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g,
	))
		for (const label of words.split(",").map((it) => it.trim()))
			if (label !== "" && !all.includes(label))
				faults.push(`no metric in it has the label ${label}`);
	return faults;
}

function metricOf(name: string): Kind | undefined {
	const own = KINDS[name];
	// A histogram is read by its parts only.
	if (own) return own.kind === "histogram" ? undefined : own;
	const whole = KINDS[name.replace(/_(bucket|sum|count)$/, "")];
	return whole?.kind === "histogram" ? whole : undefined;
}

function labelsOf(metric: Kind | undefined): readonly string[] {
	if (!metric) return [];
	return metric.kind === "histogram" ? [...metric.labels, "le"] : metric.labels;
}
