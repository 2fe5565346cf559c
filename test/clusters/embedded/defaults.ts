/** Defaults and checks of built-in kinds, as far as the operator meets them. */
import { at, type Dict, dict, isDict, list, text } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { shaped } from "./schema.ts";
import type { Cause } from "./status.ts";

const OPEN = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const open = (properties: Dict, required: readonly string[] = []): Dict => ({
	...OPEN,
	properties,
	required,
});
const whole = (fallback?: number): Dict => ({
	type: "integer",
	...(fallback === undefined ? {} : { default: fallback }),
	minimum: 0,
});
const word = (fallback?: string): Dict => ({
	type: "string",
	...(fallback ? { default: fallback } : {}),
});
const strings: Dict = {
	type: "object",
	additionalProperties: { type: "string" },
};

const container = open(
	{
		name: word(),
		image: word(),
		imagePullPolicy: word("IfNotPresent"),
		terminationMessagePath: word("/dev/termination-log"),
		terminationMessagePolicy: word("File"),
		resources: { ...OPEN, default: {} },
		ports: {
			type: "array",
			items: open({ containerPort: whole(), protocol: word("TCP") }, [
				"containerPort",
			]),
		},
		env: {
			type: "array",
			items: open({ name: word(), value: word() }, ["name"]),
		},
	},
	["name"],
);

const podSpec = open(
	{
		containers: { type: "array", items: container },
		initContainers: { type: "array", items: container },
		restartPolicy: word("Always"),
		dnsPolicy: word("ClusterFirst"),
		schedulerName: word("default-scheduler"),
		securityContext: { ...OPEN, default: {} },
		terminationGracePeriodSeconds: whole(30),
	},
	["containers"],
);

const template = open(
	{ metadata: open({ labels: strings, annotations: strings }), spec: podSpec },
	["spec"],
);
const jobTemplate = {
	...podSpec,
	properties: { ...dict(podSpec.properties), restartPolicy: word() },
};
const jobSpec = open(
	{
		parallelism: whole(1),
		completions: whole(1),
		backoffLimit: whole(6),
		completionMode: word("NonIndexed"),
		suspend: { type: "boolean", default: false },
		podReplacementPolicy: word("TerminatingOrFailed"),
		template: open({ spec: jobTemplate }, ["spec"]),
	},
	["template"],
);
const {
	completions: _none,
	parallelism: _neither,
	...cronJobFields
} = dict(jobSpec.properties);

const data = open({ data: strings });

const SCHEMAS: Readonly<Record<string, Dict>> = {
	Deployment: open(
		{
			spec: open(
				{
					replicas: whole(1),
					selector: open({ matchLabels: strings }),
					template,
					strategy: open({ type: word("RollingUpdate") }),
					revisionHistoryLimit: whole(10),
					progressDeadlineSeconds: whole(600),
					minReadySeconds: whole(),
					paused: { type: "boolean" },
				},
				["selector", "template"],
			),
		},
		["spec"],
	),
	StatefulSet: open(
		{
			spec: open(
				{
					replicas: whole(1),
					selector: open({ matchLabels: strings }),
					template,
					podManagementPolicy: word("OrderedReady"),
					revisionHistoryLimit: whole(10),
					serviceName: word(),
				},
				["selector", "template"],
			),
		},
		["spec"],
	),
	CronJob: open(
		{
			spec: open(
				{
					schedule: word(),
					concurrencyPolicy: word("Allow"),
					suspend: { type: "boolean", default: false },
					successfulJobsHistoryLimit: whole(3),
					failedJobsHistoryLimit: whole(1),
					jobTemplate: open(
						{
							spec: {
								...jobSpec,
								properties: { template: cronJobFields.template },
							},
						},
						["spec"],
					),
				},
				["schedule", "jobTemplate"],
			),
		},
		["spec"],
	),
	Job: open({ spec: jobSpec }, ["spec"]),
	Pod: open({ spec: podSpec }, ["spec"]),
	Service: open({
		spec: open({
			type: word("ClusterIP"),
			sessionAffinity: word("None"),
			internalTrafficPolicy: word("Cluster"),
			ports: {
				type: "array",
				items: open({ port: whole(), protocol: word("TCP") }, ["port"]),
			},
		}),
	}),
	ConfigMap: data,
	Secret: open({ type: word("Opaque"), data: strings, stringData: strings }),
	HorizontalPodAutoscaler: open(
		{
			spec: open(
				{
					minReplicas: whole(1),
					maxReplicas: whole(),
					scaleTargetRef: open({ name: word(), kind: word() }, [
						"kind",
						"name",
					]),
				},
				["maxReplicas", "scaleTargetRef"],
			),
		},
		["spec"],
	),
	Namespace: open({
		spec: open({ finalizers: { type: "array", default: ["kubernetes"] } }),
		status: open({ phase: word("Active") }),
	}),
	Lease: open({
		spec: open({
			holderIdentity: word(),
			leaseTransitions: whole(),
			leaseDurationSeconds: whole(),
			renewTime: word(),
			acquireTime: word(),
		}),
	}),
};

export const builtInSchema = (kind: Kind): Dict => SCHEMAS[kind.kind] ?? OPEN;

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
