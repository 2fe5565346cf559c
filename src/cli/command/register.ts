/**
 * register: makes a region known to the hub. In the region: namespace, account,
 * rights and token, as docs/install has them. On the hub: the Secret with the
 * kubeconfig, and the TwinCluster.
 */
import { loadAll } from "js-yaml";
import {
	apiVersionOf,
	CRD,
	NAMESPACE,
	type Resource,
	SECRET,
	SERVICE_ACCOUNT,
	TWIN_CLUSTER,
} from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import type { AgentMode, TwinCluster } from "../../api/types.ts";
import { kubeconfigText } from "../../core/hub/agent-credential.ts";
import { CliFault } from "../fault.ts";
import { ask, find, notAHub, type Session } from "../session.ts";
import { conditionOf, nextOf } from "../view/standing.ts";

export interface RegisterOptions {
	/** Context of the region's administrator. */
	readonly kubeconfigOf: string;
	readonly agent: AgentMode;
	readonly failureDomain?: string;
	/** The region's address as the hub reaches it, where that is another one. */
	readonly server?: string;
	readonly timeoutSeconds: number;
}

/** In docs/install, and in every object that names it. */
const DEFAULT_NAMESPACE = "twin-operator-system";
const MANIFESTS = {
	None: "docs/install/region.yaml",
	External: "docs/install/region-external.yaml",
	Managed: "docs/install/region-managed.yaml",
} as const;
const COMPONENT = "app.kubernetes.io/component";
const ACCOUNT = "twin-operator-access";

const rbac = (kind: string, plural: string, namespaced: boolean): Resource => ({
	group: "rbac.authorization.k8s.io",
	version: "v1",
	kind,
	plural,
	namespaced,
});
const KINDS: readonly Resource[] = [
	NAMESPACE,
	SECRET,
	TWIN_CLUSTER,
	SERVICE_ACCOUNT,
	rbac("ClusterRole", "clusterroles", false),
	rbac("ClusterRoleBinding", "clusterrolebindings", false),
	rbac("Role", "roles", true),
	rbac("RoleBinding", "rolebindings", true),
];

export async function register(
	hub: Session,
	name: string,
	options: RegisterOptions,
): Promise<void> {
	const { terminal } = hub;
	const ns = hub.flags.operatorNamespace;
	const region = hub.connect(options.kubeconfigOf);
	const server = options.server ?? region.server;
	const known = await find(hub, {
		verb: "get",
		resource: CRD,
		name: "twinclusters.twin-operator.dev",
	});
	if (!known) throw notAHub(hub);
	if (options.server === undefined && isLocal(server))
		throw new CliFault(
			`the address of context ${options.kubeconfigOf} is ${server}, which the hub would look for at itself. Give the address by which the hub reaches it: --server https://HOST:PORT.`,
			2,
		);
	for (const it of accessObjects(hub, options.agent)) await apply(region, it);
	terminal.note(`in ${region.context}: account ${ACCOUNT}, with its rights`);
	const kubeconfig = await kubeconfigOf(region, name, server);
	const secret = `${name}-kubeconfig`;
	await apply(hub, {
		apiVersion: "v1",
		kind: "Secret",
		metadata: { name: secret, namespace: ns },
		stringData: { kubeconfig },
	});
	await apply(hub, {
		apiVersion: apiVersionOf(TWIN_CLUSTER),
		kind: TWIN_CLUSTER.kind,
		metadata: { name },
		spec: {
			agent: options.agent,
			credentials: { secretRef: { name: secret } },
			...(options.failureDomain === undefined
				? {}
				: { failureDomain: options.failureDomain }),
		},
	});
	terminal.out(`twincluster.twin-operator.dev/${name} registered`);
	await untilReady(hub, name, options);
}

/** The account of the hub there; an agent is installed with Helm, or by the hub itself. */
function accessObjects(
	{ packaged, flags }: Session,
	agent: RegisterOptions["agent"],
): readonly KubeObject[] {
	const text = packaged(MANIFESTS[agent]).replaceAll(
		DEFAULT_NAMESPACE,
		flags.operatorNamespace,
	);
	return (loadAll(text) as (KubeObject | null)[]).filter(
		(it): it is KubeObject =>
			it !== null &&
			(it.kind === "Namespace" || it.metadata.labels?.[COMPONENT] === "access"),
	);
}

/** Conflicts are the answer where somebody else, such as Argo CD, keeps these objects. */
async function apply(session: Session, object: KubeObject): Promise<void> {
	const resource = KINDS.find((it) => it.kind === object.kind);
	const { name, namespace } = object.metadata;
	if (!resource || !name)
		throw new Error(`register knows no ${object.kind} ${name}`);
	await ask(session, {
		verb: "apply",
		resource,
		name,
		...(namespace === undefined ? {} : { namespace }),
		query: { fieldManager: "kubectl-twin" },
		body: object,
	});
}

/** With the token that the region's own controller makes for the account. */
async function kubeconfigOf(
	region: Session,
	name: string,
	server: string,
): Promise<string> {
	const { clock, terminal, flags } = region;
	const untilMs = clock.now() + 30_000;
	while (clock.now() < untilMs && !terminal.interrupted.aborted) {
		const secret = await ask<KubeObject & { data?: Record<string, string> }>(
			region,
			{
				verb: "get",
				resource: SECRET,
				namespace: flags.operatorNamespace,
				name: ACCOUNT,
			},
		);
		const { token, "ca.crt": ca } = secret.data ?? {};
		if (token && ca)
			return kubeconfigText(
				{ name, server, authority: Buffer.from(ca, "base64").toString("utf8") },
				Buffer.from(token, "base64").toString("utf8"),
			);
		await clock.sleep(300, terminal.interrupted);
	}
	throw new CliFault(
		`the region gave account ${ACCOUNT} no token within 30 s: see whether its kube-controller-manager runs, then register again.`,
	);
}

async function untilReady(
	session: Session,
	name: string,
	{ timeoutSeconds, agent, kubeconfigOf: context }: RegisterOptions,
): Promise<void> {
	const { terminal, clock } = session;
	const begunMs = clock.now();
	let words = "";
	while (
		clock.now() - begunMs < timeoutSeconds * 1_000 &&
		!terminal.interrupted.aborted
	) {
		const it = await ask<TwinCluster>(session, {
			verb: "get",
			resource: TWIN_CLUSTER,
			name,
		});
		const ready = conditionOf(it, "Ready");
		const seconds = ((clock.now() - begunMs) / 1_000).toFixed(1);
		if (ready?.status === "True") {
			terminal.out(`${name} is ready, after ${seconds} s`);
			return;
		}
		const reachable = conditionOf(it, "Reachable");
		if (agent === "External" && reachable?.status === "True") {
			terminal.out(`${name} is reached, after ${seconds} s`);
			terminal.out(
				`Next: install its agent: helm --kube-context ${context} install twin-operator charts/twin-operator -n ${session.flags.operatorNamespace} --set hub.enabled=false --set agent.enabled=true --set agent.region=${name} (docs/install.md has the rest)`,
			);
			return;
		}
		const waits = conditionOf(it, "AgentReady")?.reason === "WaitingForTwin";
		if (agent === "Managed" && reachable?.status === "True" && waits) {
			terminal.out(`${name} is reached, after ${seconds} s`);
			terminal.out(
				"Next: register the other region, with --agent Managed too: then the hub installs both agents",
			);
			return;
		}
		const said = ready
			? `${ready.reason}: ${ready.message} ${nextOf(ready.reason)}`
			: "The hub operator has not looked at it yet.";
		if (said !== words) terminal.note(said);
		words = said;
		await clock.sleep(300, terminal.interrupted);
	}
	throw new CliFault(
		`${name} is registered and not ready after ${timeoutSeconds} s. See kubectl twin clusters, and whether the hub operator runs: kubectl twin check.`,
	);
}

function isLocal(server: string): boolean {
	try {
		const { hostname } = new URL(server);
		return /^(localhost|127\.|\[::1\])/.test(hostname);
	} catch {
		throw new CliFault(
			`${JSON.stringify(server)} is no address: give --server https://HOST:PORT.`,
			2,
		);
	}
}
