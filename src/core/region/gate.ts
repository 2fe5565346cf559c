/**
 * The gate: a native sidecar in front of a pod's containers. They start when an
 * agent of the region says yes, and are stopped, inside the pod, some seconds
 * after the last yes: also when the API server, the agent and the kubelet are
 * dead. Nothing of a side's role is in here: a template is the same on both
 * sides and through every takeover.
 */
import type { ProfileName } from "../profile.ts";
import {
	type Chosen,
	chooseForm,
	type GateForm,
	type TemplateKind,
} from "./gate-form.ts";
import { type Grace, graceOf } from "./gate-grace.ts";
import { gateImages } from "./gate-image.ts";
import {
	type Container,
	containersOf,
	GATE_NAME,
	GATE_VOLUME,
	type PodSpec,
	type Template,
} from "./gate-pod.ts";
import { gateRules, ruledApp, ruledInit } from "./gate-rule.ts";
import { GATE_FILE, GATE_PROBE, GATE_SCRIPT } from "./gate-script.ts";
import { gateSeconds, type Timed, timed } from "./gate-time.ts";

/** What an agent is told at its start. */
export interface GateSettings {
	/** With digest: what fences must not change by itself. */
	readonly image: string;
	/** `http://IP:PORT` of each replica of the agent. */
	readonly agents: readonly string[];
	readonly profile: ProfileName;
}

/** What a side asks of the gate of its pods. */
export interface GateAsked {
	readonly settings: GateSettings;
	readonly form: Exclude<GateForm, "None">;
	/** Of the side: what the agents are asked for. */
	readonly namespace: string;
	readonly name: string;
	/** Held pods shall have their images already. */
	readonly warm: boolean;
}

/** What a template really gets, and what keeps it from being applied. */
export interface Gate extends Chosen, Grace, Timed {
	readonly asked: GateForm;
}

export function gateOf(
	template: Template,
	asked: GateAsked,
	kind: TemplateKind,
): Gate {
	const { profile } = asked.settings;
	const chosen = chooseForm(template, asked.form, kind);
	return {
		asked: asked.form,
		...chosen,
		...graceOf(template.spec ?? {}, chosen.form, profile),
		...timed(chosen, profile),
	};
}

/** A template without its gate comes back as it is when it can have none. */
export function withGate(
	template: Template,
	asked: GateAsked,
	kind: TemplateKind,
): Template {
	const gate = gateOf(template, asked, kind);
	const { form } = gate;
	if (form === "None") return template;
	const spec = template.spec ?? {};
	const init = spec.initContainers ?? [];
	const images = asked.warm ? gateImages(spec) : [];
	return {
		...template,
		spec: {
			...spec,
			...(form === "Kill" ? { shareProcessNamespace: true } : {}),
			...(gate.graceSeconds === undefined
				? {}
				: { terminationGracePeriodSeconds: gate.graceSeconds }),
			initContainers: [
				containerOf({ ...gate, form }, asked, kind, spec),
				...init.map((it) => ruledInit(it, spec, kind)),
			],
			containers: (spec.containers ?? []).map((it) => ruledApp(it, spec)),
			volumes: [...(spec.volumes ?? []), VOLUME, ...images],
		},
	};
}

/** In memory: a disk that hangs must not hold the gate up. */
const VOLUME = {
	name: GATE_VOLUME,
	emptyDir: { medium: "Memory", sizeLimit: "1Mi" },
};

/** Years: a standby side waits that long, and a gate that ended instead would meet a back-off. */
const ENDLESS = 2_147_483_647;

function containerOf(
	gate: Gate & { readonly form: GateAsked["form"] },
	asked: GateAsked,
	kind: TemplateKind,
	spec: PodSpec,
): Container {
	const { settings, namespace, name } = asked;
	const path = `/v1/gate/${namespace}/${name}`;
	const container = {
		name: GATE_NAME,
		image: settings.image,
		imagePullPolicy: "IfNotPresent",
		restartPolicy: "Always",
		restartPolicyRules: gateRules(kind),
		command: ["/bin/sh", "-c", GATE_SCRIPT],
		env: [
			{
				name: "TWIN_GATE_URLS",
				value: settings.agents.map((it) => it + path).join(" "),
			},
			{
				name: "TWIN_GATE_SECONDS",
				value: String(gateSeconds(gate.form, settings.profile)),
			},
			{ name: "TWIN_GATE_FORM", value: gate.form },
		],
		startupProbe: {
			exec: { command: GATE_PROBE },
			periodSeconds: 1,
			// The whole way through the runtime takes its time on a busy node.
			timeoutSeconds: 5,
			failureThreshold: ENDLESS,
		},
		volumeMounts: [{ name: GATE_VOLUME, mountPath: dirname(GATE_FILE) }],
		resources: resourcesFor(spec),
		securityContext: securityOf(gate.user ?? 0),
	};
	return container as Container;
}

const dirname = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** What the Pod Security Standard `restricted` asks for; all of it also where the pod itself does less. */
const securityOf = (user: number) => ({
	runAsUser: user,
	runAsNonRoot: user !== 0,
	allowPrivilegeEscalation: false,
	readOnlyRootFilesystem: true,
	capabilities: { drop: ["ALL"] },
	seccompProfile: { type: "RuntimeDefault" },
});

/**
 * The script takes 2 MiB; the limit leaves room for the runtime, which is
 * counted here while it starts a probe. A pod that is Guaranteed stays so.
 */
function resourcesFor(spec: PodSpec) {
	const guaranteed = containersOf(spec).every(({ resources: it }) =>
		["cpu", "memory"].every((name) => {
			const limit = it?.limits?.[name];
			return (
				limit !== undefined &&
				String(it?.requests?.[name] ?? limit) === String(limit)
			);
		}),
	);
	const all = { cpu: "50m", memory: "32Mi" };
	return guaranteed
		? { requests: all, limits: all }
		: {
				requests: { cpu: "5m", memory: "8Mi" },
				limits: { memory: "32Mi" },
			};
}
