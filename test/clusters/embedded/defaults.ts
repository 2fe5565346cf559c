/** Defaults and checks of built-in kinds, as far as the operator meets them. */

import { builtInSchema } from "./built-in-schema.ts";
import { at, type Dict, dict, isDict, list, text } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { shaped } from "./schema.ts";
import type { Cause } from "./status.ts";

/** Nulls mean "absent" in typed objects. */
export function withoutNulls(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutNulls);
	if (!isDict(value)) return value;
	return Object.fromEntries(
		Object.entries(value).flatMap(([key, it]) =>
			it === null ? [] : [[key, withoutNulls(it)]],
		),
	);
}

/** With defaults, and in the form in which the server keeps it. */
export function defaulted(kind: Kind, object: Dict): Dict {
	const result = dict(shaped(object, builtInSchema(kind), true));
	if (kind.kind === "Deployment") return rollingUpdate(result);
	if (kind.kind === "Secret") return withStringData(result);
	if (kind.kind === "Service") return withTargetPorts(result);
	if (kind.kind === "Namespace") {
		const metadata = dict(result.metadata);
		return {
			...result,
			spec: result.spec ?? { finalizers: ["kubernetes"] },
			status: result.status ?? { phase: "Active" },
			metadata: {
				...metadata,
				labels: {
					...dict(metadata.labels),
					"kubernetes.io/metadata.name": metadata.name,
				},
			},
		};
	}
	return result;
}

function rollingUpdate(object: Dict): Dict {
	const spec = dict(object.spec);
	const strategy: Dict = { type: "RollingUpdate", ...dict(spec.strategy) };
	if (strategy.type === "RollingUpdate") {
		strategy.rollingUpdate = {
			maxSurge: "25%",
			maxUnavailable: "25%",
			...dict(strategy.rollingUpdate),
		};
	}
	return "spec" in object ? { ...object, spec: { ...spec, strategy } } : object;
}

function withStringData(object: Dict): Dict {
	const { stringData, ...rest } = object;
	if (!isDict(stringData)) return rest;
	const encoded = Object.entries(stringData).map(([key, it]) => [
		key,
		Buffer.from(text(it)).toString("base64"),
	]);
	return {
		...rest,
		data: { ...dict(rest.data), ...Object.fromEntries(encoded) },
	};
}

function withTargetPorts(object: Dict): Dict {
	const spec = dict(object.spec);
	if (!Array.isArray(spec.ports)) return object;
	const ports = spec.ports.map((it) => ({
		targetPort: at(it, "port"),
		...dict(it),
	}));
	return { ...object, spec: { ...spec, ports } };
}

/** Checks of built-in kinds that no schema can say. */
export function builtInFaults(
	kind: Kind,
	object: Dict,
	before: Dict | undefined,
): Cause[] {
	if (kind.kind === "ConfigMap" || kind.kind === "Secret")
		return tooLarge(object);
	if (kind.kind !== "Deployment" && kind.kind !== "StatefulSet") return [];
	const found: Cause[] = [];
	const wanted = dict(at(object, "spec", "selector", "matchLabels"));
	const labels = dict(at(object, "spec", "template", "metadata", "labels"));
	if (Object.entries(wanted).some(([key, it]) => labels[key] !== it)) {
		found.push({
			reason: "FieldValueInvalid",
			field: "spec.template.metadata.labels",
			message: `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
		});
	}
	const old = before && at(before, "spec", "selector");
	if (
		old &&
		JSON.stringify(old) !== JSON.stringify(at(object, "spec", "selector"))
	) {
		found.push({
			reason: "FieldValueInvalid",
			field: "spec.selector",
			message: `Invalid value: ${JSON.stringify(at(object, "spec", "selector"))}: field is immutable`,
		});
	}
	const containers = list(at(object, "spec", "template", "spec", "containers"));
	if (containers.length === 0) {
		found.push({
			reason: "FieldValueRequired",
			field: "spec.template.spec.containers",
			message: "Required value",
		});
	}
	for (const [index, it] of containers.entries()) {
		if (!text(at(it, "image"))) {
			found.push({
				reason: "FieldValueRequired",
				field: `spec.template.spec.containers[${index}].image`,
				message: "Required value",
			});
		}
	}
	return found;
}

const DATA_LIMIT = 1024 * 1024;

function tooLarge(object: Dict): Cause[] {
	const sizes = Object.entries({
		...dict(object.data),
		...dict(object.binaryData),
	}).map(([, it]) => text(it).length);
	const size = sizes.reduce((sum, it) => sum + it, 0);
	const limit = object.kind === "Secret" ? (DATA_LIMIT * 4) / 3 : DATA_LIMIT;
	if (size <= limit) return [];
	return [
		{
			reason: "FieldValueTooLong",
			field: object.kind === "Secret" ? "data" : "[]",
			message: `Too long: may not be more than ${DATA_LIMIT} bytes`,
		},
	];
}
