/** Schemas of built-in kinds: types and defaults of the fields the operator meets; the rest is left open. */
import { type Dict, dict } from "./json.ts";
import type { Kind } from "./kinds.ts";

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
