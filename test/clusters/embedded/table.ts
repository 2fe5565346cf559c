/** Lists as kubectl prints them: metav1.Table. */
import { at, type Dict, dict, list, text } from "./json.ts";
import type { Column, Kind } from "./kinds.ts";

const AGE: Column = {
	name: "Age",
	type: "date",
	jsonPath: ".metadata.creationTimestamp",
};

const own = (name: string, value: (object: Dict) => unknown) => ({
	name,
	value,
});
const ratio = (object: Dict): string =>
	`${at(object, "status", "readyReplicas") ?? 0}/${at(object, "spec", "replicas") ?? 0}`;
const field =
	(...path: string[]) =>
	(object: Dict): unknown =>
		at(object, ...path) ?? 0;

const BUILT_IN: Readonly<
	Record<
		string,
		readonly {
			readonly name: string;
			readonly value: (object: Dict) => unknown;
		}[]
	>
> = {
	Deployment: [
		own("Ready", ratio),
		own("Up-to-date", field("status", "updatedReplicas")),
		own("Available", field("status", "availableReplicas")),
	],
	StatefulSet: [own("Ready", ratio)],
	Pod: [
		own("Ready", (pod) => {
			const all = list(at(pod, "status", "containerStatuses"));
			const ready = all.filter((it) => at(it, "ready") === true).length;
			return `${ready}/${list(at(pod, "spec", "containers")).length}`;
		}),
		own("Status", (pod) =>
			at(pod, "metadata", "deletionTimestamp")
				? "Terminating"
				: (at(pod, "status", "phase") ?? "Pending"),
		),
	],
	CronJob: [
		own("Schedule", field("spec", "schedule")),
		own("Suspend", (it) => String(at(it, "spec", "suspend") ?? false)),
	],
	Job: [
		own("Status", (it) =>
			at(it, "status", "completionTime") ? "Complete" : "Running",
		),
	],
	Namespace: [own("Status", field("status", "phase"))],
	Secret: [
		own("Type", field("type")),
		own("Data", (it) => Object.keys(dict(it.data)).length),
	],
	ConfigMap: [own("Data", (it) => Object.keys(dict(it.data)).length)],
	Event: [
		own("Type", field("type")),
		own("Reason", field("reason")),
		own(
			"Object",
			(it) =>
				`${text(at(it, "involvedObject", "kind")).toLowerCase()}/${text(at(it, "involvedObject", "name"))}`,
		),
		own("Message", field("message")),
	],
	HorizontalPodAutoscaler: [
		own("MinPods", field("spec", "minReplicas")),
		own("MaxPods", field("spec", "maxReplicas")),
	],
	Lease: [own("Holder", field("spec", "holderIdentity"))],
};

interface Shown {
	readonly name: string;
	readonly type: string;
	readonly format?: string;
	readonly description?: string;
	readonly priority?: number;
	readonly value: (object: Dict) => unknown;
}

function shown(kind: Kind, now: Date): Shown[] {
	const plain = (it: { name: string; value: (object: Dict) => unknown }) => ({
		...it,
		type: "string",
	});
	const builtIn = (BUILT_IN[kind.kind] ?? []).map(plain);
	if (kind.kind === "Event") {
		const last = (it: Dict) => age(at(it, "lastTimestamp"), now);
		return [plain(own("Last Seen", last)), ...builtIn];
	}
	const name = {
		...plain(own("Name", (it) => at(it, "metadata", "name"))),
		format: "name",
	};
	const columns = kind.custom?.columns.length ? kind.custom.columns : [AGE];
	const custom = columns.map((it) => ({
		...it,
		// The server renders dates as ages, and says so by the type.
		type: it.type === "date" ? "string" : it.type,
		value: (object: Dict) => cell(object, it, now),
	}));
	return [name, ...builtIn, ...custom];
}

export function tableOf(
	kind: Kind,
	objects: readonly Dict[],
	metadata: unknown,
	now: Date,
): Dict {
	const columns = shown(kind, now);
	return {
		kind: "Table",
		apiVersion: "meta.k8s.io/v1",
		metadata,
		columnDefinitions: columns.map((it) => ({
			name: it.name,
			type: it.type,
			format: it.format ?? "",
			description: it.description ?? "",
			priority: it.priority ?? 0,
		})),
		rows: objects.map((object) => ({
			cells: columns.map(({ value }) => value(object)),
			object: {
				kind: "PartialObjectMetadata",
				apiVersion: "meta.k8s.io/v1",
				metadata: object.metadata,
			},
		})),
	};
}

function cell(object: Dict, column: Column, now: Date): unknown {
	const value = follow(object, column.jsonPath);
	if (column.type === "date")
		return value === undefined ? null : age(value, now);
	if (value === undefined) return null;
	if (typeof value === "object") return JSON.stringify(value);
	return value;
}

/** The part of JSONPath that printer columns use: fields, indexes, `[?(@.type=="Ready")]`. */
function follow(object: Dict, path: string): unknown {
	const steps =
		path.match(/\.[^.[\]]+|\[\?\([^)]*\)\]|\[\d+\]|\['[^']*'\]/g) ?? [];
	let here: unknown = object;
	for (const step of steps) {
		const filter = /^\[\?\(@\.(\w+)\s*==\s*["']([^"']*)["']\)\]$/.exec(step);
		const index = /^\[(\d+)\]$/.exec(step);
		const key = step.startsWith(".") ? step.slice(1) : step.slice(2, -2);
		if (filter)
			here = list(here).find((it) => at(it, filter[1] ?? "") === filter[2]);
		else if (index) here = list(here)[Number(index[1])];
		else here = at(here, key);
	}
	return here;
}

function age(value: unknown, now: Date): string {
	const seconds = Math.floor((now.getTime() - Date.parse(text(value))) / 1_000);
	if (Number.isNaN(seconds)) return "<unknown>";
	if (seconds < 120) return `${Math.max(0, seconds)}s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 10)
		return `${minutes}m${seconds % 60 ? `${seconds % 60}s` : ""}`;
	if (minutes < 180) return `${minutes}m`;
	if (minutes < 2_880) return `${Math.floor(minutes / 60)}h`;
	return `${Math.floor(minutes / 1_440)}d`;
}
