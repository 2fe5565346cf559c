/**
 * Which gate a pod template can really bear, and why. `Kill` needs certainty
 * that one user's `kill -9 -1` reaches every process of the pod; where that is
 * not sure the gate only ends itself, and the kubelet stops the pod.
 */
import type { Container, PodSpec, Template } from "./gate-pod.ts";
import { containersOf, GATE_NAME, GATE_VOLUME, isSidecar } from "./gate-pod.ts";

export type GateForm = "Kill" | "Exit" | "None";
export type TemplateKind = "Deployment" | "StatefulSet" | "CronJob";

export interface Chosen {
	readonly form: GateForm;
	/** Why it is weaker than what was asked for; empty when it is not. */
	readonly why: readonly string[];
	/** The gate's user: the one user of the whole pod with `Kill`. */
	readonly user?: number;
	/** There can be no gate, and nobody asked for none: the template is refused. */
	readonly impossible?: string;
}

/** Runs as nobody where it need not be the application's user. */
export const GATE_USER = 65_534;

export function chooseForm(
	template: Template,
	asked: GateForm,
	kind: TemplateKind,
): Chosen {
	if (asked === "None") return { form: "None", why: [] };
	const spec = template.spec ?? {};
	const impossible = impossibleIn(spec);
	if (impossible) return { form: "None", why: [impossible], impossible };
	if (asked === "Exit") return { form: "Exit", why: [], user: GATE_USER };
	const why = [
		...namespaceFaults(spec),
		...userFaults(spec),
		...confinementFaults(template, spec),
		...(kind === "CronJob" ? jobFaults(spec) : []),
	];
	const user = userOf(containersOf(spec)[0], spec);
	return why.length === 0 && user !== undefined
		? { form: "Kill", why, user }
		: { form: "Exit", why, user: GATE_USER };
}

function impossibleIn(spec: PodSpec): string | undefined {
	if (spec.os?.name === "windows") return "its pods run on Windows";
	const taken =
		containersOf(spec).some((it) => it.name === GATE_NAME) ||
		(spec.volumes ?? []).some((it) => it.name === GATE_VOLUME);
	return taken
		? `the name ${GATE_NAME} is taken by a container or a volume of its own`
		: undefined;
}

function namespaceFaults(spec: PodSpec): string[] {
	// There, the same user's processes of the whole node would be killed.
	if (spec.hostPID === true) return ["hostPID is true"];
	return spec.shareProcessNamespace === false
		? ["shareProcessNamespace is false"]
		: [];
}

const userOf = (it: Container | undefined, spec: PodSpec): number | undefined =>
	it?.securityContext?.runAsUser ?? spec.securityContext?.runAsUser;

function userFaults(spec: PodSpec): string[] {
	const all = containersOf(spec);
	const unknown = all.filter((it) => userOf(it, spec) === undefined);
	if (unknown.length > 0) {
		return [`securityContext.runAsUser is not set for ${named(unknown)}`];
	}
	const users = [...new Set(all.map((it) => userOf(it, spec)))];
	if (users.length > 1) {
		return [`its containers run as different users (${users.join(", ")})`];
	}
	const changing = all.filter((it) => mayChangeUser(it, users[0] === 0));
	return changing.length > 0
		? [`processes of ${named(changing)} may change their user`]
		: [];
}

/** Without CAP_SETUID nobody can. Root has it unless it is dropped, others only when it is added. */
function mayChangeUser(it: Container, root: boolean): boolean {
	const { add = [], drop = [] } = it.securityContext?.capabilities ?? {};
	const names = (list: readonly string[], ...of: string[]) =>
		list.some((cap) => of.includes(cap.toUpperCase().replace(/^CAP_/, "")));
	if (names(add, "SETUID", "SYS_ADMIN", "ALL")) return true;
	return root && !names(drop, "SETUID", "ALL");
}

/** A signal passes only between containers that AppArmor and SELinux confine alike. */
function confinementFaults(template: Template, spec: PodSpec): string[] {
	const apart = containersOf(spec).filter(
		({ securityContext: it }) =>
			it?.privileged === true ||
			it?.appArmorProfile !== undefined ||
			it?.seLinuxOptions !== undefined,
	);
	const annotated = Object.keys(template.metadata?.annotations ?? {}).some(
		(it) => it.startsWith("container.apparmor.security.beta.kubernetes.io/"),
	);
	return [
		...(apart.length > 0
			? [`${named(apart)} is confined differently from the gate`]
			: []),
		...(annotated ? ["AppArmor profiles are set by annotation"] : []),
	];
}

/**
 * A Job's own sidecars get no restart rule (gate-rule.ts), so the kubelet may
 * bring one back for a moment after the kill.
 */
function jobFaults(spec: PodSpec): string[] {
	const own = (spec.initContainers ?? []).filter(isSidecar);
	return own.length > 0 ? [`${named(own)} is a sidecar in a Job`] : [];
}

const named = (containers: readonly Container[]): string =>
	containers
		.slice(0, 3)
		.map((it) => it.name)
		.join(", ") + (containers.length > 3 ? ", …" : "");
