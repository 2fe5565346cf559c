/**
 * How the API server merges a field: what apply needs to know to track who
 * owns what. For kinds of its own this comes from tables of names, which is
 * enough for the kinds the operator may carry; for CRDs from their schema.
 */
import { at, type Dict, dict, isDict, list } from "./json.ts";

export interface Shape {
	/** Atomic, a set of scalars, or a map keyed by these fields. */
	readonly list: "atomic" | "set" | readonly string[];
	readonly map: "granular" | "atomic";
	child(key: string): Shape;
	item(): Shape;
}

const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
	containers: ["name"],
	initContainers: ["name"],
	ephemeralContainers: ["name"],
	env: ["name"],
	volumes: ["name"],
	volumeMounts: ["mountPath"],
	volumeDevices: ["devicePath"],
	"containers.ports": ["containerPort", "protocol"],
	"initContainers.ports": ["containerPort", "protocol"],
	"spec.ports": ["port", "protocol"],
	imagePullSecrets: ["name"],
	hostAliases: ["ip"],
	topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"],
	"status.conditions": ["type"],
	ownerReferences: ["uid"],
	secrets: ["name"],
	claims: ["name"],
};

const ATOMIC_MAPS = new Set([
	"selector",
	"labelSelector",
	"podSelector",
	"namespaceSelector",
	"nodeSelector",
	"secretKeyRef",
	"configMapKeyRef",
	"fieldRef",
	"resourceFieldRef",
	"roleRef",
	"nodeSelectorTerms",
]);

const known = new Map<string, Shape>();

function builtIn(parent: string, field: string): Shape {
	const id = `${parent}.${field}`;
	const found = known.get(id);
	if (found) return found;
	const keyed = LIST_KEYS[id] ?? LIST_KEYS[field];
	const shape: Shape = {
		list: field === "finalizers" ? "set" : (keyed ?? "atomic"),
		map: ATOMIC_MAPS.has(field) ? "atomic" : "granular",
		child: (key) => builtIn(field, key),
		item: () => builtIn(parent, field),
	};
	known.set(id, shape);
	return shape;
}

export const BUILT_IN: Shape = builtIn("", "");

/** Under preserve-unknown-fields: maps merge, lists are replaced. */
const UNTYPED: Shape = {
	list: "atomic",
	map: "granular",
	child: () => UNTYPED,
	item: () => UNTYPED,
};

const schemas = new WeakMap<Dict, Shape>();

function bySchema(schema: Dict): Shape {
	const found = schemas.get(schema);
	if (found) return found;
	const type = schema["x-kubernetes-list-type"];
	const keys = list(schema["x-kubernetes-list-map-keys"]) as string[];
	const additional = schema.additionalProperties;
	const shape: Shape = {
		list: type === "map" ? keys : type === "set" ? "set" : "atomic",
		map: schema["x-kubernetes-map-type"] === "atomic" ? "atomic" : "granular",
		child: (key) => {
			const property = at(schema, "properties", key) ?? additional;
			return isDict(property) ? bySchema(property) : UNTYPED;
		},
		item: () => (isDict(schema.items) ? bySchema(schema.items) : UNTYPED),
	};
	schemas.set(schema, shape);
	return shape;
}

/** A custom resource: its schema, but metadata as everywhere. */
export function customShape(schema: Dict): Shape {
	const root = bySchema(schema);
	const metadata = BUILT_IN.child("metadata");
	return {
		...root,
		child: (key) => (key === "metadata" ? metadata : root.child(key)),
	};
}

/** How apply names one item of a keyed list or set: `k:{"name":"web"}`, `v:"x"`. */
export function itemKey(shape: Shape, item: unknown): string {
	if (shape.list === "set") return `v:${JSON.stringify(item)}`;
	const keys = shape.list as readonly string[];
	const fields = dict(item);
	const parts = [...keys]
		.sort()
		.map((key): [string, unknown] => [
			key,
			fields[key] ?? (key === "protocol" ? "TCP" : null),
		]);
	return `k:${JSON.stringify(Object.fromEntries(parts))}`;
}
