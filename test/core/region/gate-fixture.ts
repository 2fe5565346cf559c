import { type GateAsked, withGate } from "../../../src/core/region/gate.ts";
import type { TemplateKind } from "../../../src/core/region/gate-form.ts";
import type {
	Container,
	PodSpec,
	Template,
} from "../../../src/core/region/gate-pod.ts";

export const IMAGE = `busybox@sha256:${"a".repeat(64)}`;

export const SETTINGS = {
	image: IMAGE,
	agents: ["http://10.0.0.1:8900", "http://10.0.0.2:8900"],
	profile: "Standard",
} as const;

export const asked = (more: Partial<GateAsked> = {}): GateAsked => ({
	settings: SETTINGS,
	form: "Kill",
	namespace: "apps",
	name: "shop",
	warm: false,
	...more,
});

/** All containers as one user, unless `spec` says otherwise. */
export const template = (spec: PodSpec = {}): Template => ({
	spec: {
		securityContext: { runAsUser: 1000 },
		containers: [{ name: "app", image: "app:1" }],
		...spec,
	},
});

export interface Rendered extends PodSpec {
	readonly initContainers: readonly (Container & Record<string, never>)[];
	readonly containers: readonly Container[];
}

export const gated = (
	of: Template,
	more: Partial<GateAsked> = {},
	kind: TemplateKind = "Deployment",
): Rendered => withGate(of, asked(more), kind).spec as Rendered;

export const operators = (it: Container | undefined): readonly string[] =>
	(it?.restartPolicyRules ?? []).map(
		(rule) =>
			`${rule.exitCodes?.operator} ${rule.exitCodes?.values.join()} ${rule.action}`,
	);
