/** The fields of a pod template that the gate reads and writes; all others are carried along. */
export const GATE_NAME = "twin-gate";
export const GATE_VOLUME = "twin-gate";

/** A template is given by users: a field may be missing, and `null` was taken out before (workload.ts). */
export interface Container {
	readonly name?: string;
	readonly image?: string;
	readonly imagePullPolicy?: string;
	readonly restartPolicy?: string;
	readonly restartPolicyRules?: readonly RestartRule[];
	readonly securityContext?: {
		readonly runAsUser?: number;
		readonly privileged?: boolean;
		readonly appArmorProfile?: unknown;
		readonly seLinuxOptions?: unknown;
		readonly capabilities?: {
			readonly add?: readonly string[];
			readonly drop?: readonly string[];
		};
	};
	readonly resources?: {
		readonly requests?: Amounts;
		readonly limits?: Amounts;
	};
	readonly livenessProbe?: Probe;
	readonly startupProbe?: Probe;
}

export interface RestartRule {
	readonly action?: string;
	readonly exitCodes?: {
		readonly operator: string;
		readonly values: readonly number[];
	};
}

type Amounts = Readonly<Record<string, string | number>>;

interface Probe {
	readonly terminationGracePeriodSeconds?: number;
}

export interface PodSpec {
	readonly initContainers?: readonly Container[];
	readonly containers?: readonly Container[];
	readonly volumes?: readonly { readonly name?: string }[];
	readonly restartPolicy?: string;
	readonly hostPID?: boolean;
	readonly shareProcessNamespace?: boolean;
	readonly terminationGracePeriodSeconds?: number;
	readonly securityContext?: { readonly runAsUser?: number };
	readonly os?: { readonly name?: string };
}

export interface Template {
	readonly metadata?: {
		readonly annotations?: Readonly<Record<string, string>>;
	};
	readonly spec?: PodSpec;
}

/** In the order in which they start, the template's own ones. */
export const containersOf = (spec: PodSpec): readonly Container[] => [
	...(spec.initContainers ?? []),
	...(spec.containers ?? []),
];

export const isSidecar = (it: Container): boolean =>
	it.restartPolicy === "Always";
