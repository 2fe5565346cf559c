/** The apps of the gate's rounds: each writes a line every 100 ms into a file that both regions share. */
import type { KubeObject } from "../../src/api/object.ts";
import { withGate } from "../../src/core/region/gate.ts";
import type { Template } from "../../src/core/region/gate-pod.ts";
import { APP, TOOLS } from "../clusters/real/node/image.ts";

export interface AppKind {
	readonly name: string;
	/** What makes it hard to stop. */
	readonly what: string;
	readonly ignoresTerm: boolean;
	/** A hook that the kubelet waits for before it stops the app. */
	readonly preStop?: boolean;
	/** Deleted with its long grace right before the region is told no. */
	readonly deleted?: boolean;
}

export const APPS: readonly AppKind[] = [
	{ name: "obeys", what: "obeys SIGTERM", ignoresTerm: false },
	{ name: "ignores", what: "ignores SIGTERM", ignoresTerm: true },
	{
		name: "leaving",
		what: "Terminating, grace 60 s, ignores SIGTERM",
		ignoresTerm: true,
		deleted: true,
	},
	{
		name: "hooked",
		what: "Terminating, in a preStop hook of 60 s",
		ignoresTerm: false,
		preStop: true,
		deleted: true,
	},
];

export const NAMESPACE = "default";
const GRACE_SECONDS = 60;

/** The uptime is the one clock that every container, and the test, reads alike. */
const SCRIPT = `
while read -r up idle < /proc/uptime; do
	echo "$up $REGION $HOSTNAME" >> "/lines/$APP"
	usleep 100000
done
`;

/** An app as a user writes it: the operator's agent adds the gate. */
export const appOf = (
	name: string,
	region: string,
	dir: string,
): KubeObject => ({
	apiVersion: "apps/v1",
	kind: "Deployment",
	metadata: { name },
	spec: {
		replicas: 1,
		selector: { matchLabels: { app: name } },
		template: {
			metadata: { labels: { app: name } },
			spec: {
				automountServiceAccountToken: false,
				dnsPolicy: "Default",
				securityContext: { runAsUser: 1000 },
				containers: [
					{
						name: "app",
						image: APP,
						command: ["sh", "-c", SCRIPT],
						env: [
							{ name: "APP", value: name },
							{ name: "REGION", value: region },
						],
						volumeMounts: [{ name: "lines", mountPath: "/lines" }],
					},
				],
				volumes: [{ name: "lines", hostPath: { path: dir } }],
			},
		},
	},
});

export function deploymentOf(
	app: AppKind,
	at: { region: string; agent: string; dir: string },
): object {
	const labels = { app: app.name };
	const sleep = { exec: { command: ["sleep", `${GRACE_SECONDS}`] } };
	const container = {
		name: "app",
		image: APP,
		command: ["sh", "-c", `${app.ignoresTerm ? "trap '' TERM" : ""}${SCRIPT}`],
		env: [
			{ name: "APP", value: app.name },
			{ name: "REGION", value: at.region },
		],
		volumeMounts: [{ name: "lines", mountPath: "/lines" }],
		...(app.preStop ? { lifecycle: { preStop: sleep } } : {}),
	};
	const spec = {
		automountServiceAccountToken: false,
		dnsPolicy: "Default",
		terminationGracePeriodSeconds: GRACE_SECONDS,
		// One user, and not root: so the gate reaches every process of the pod.
		securityContext: { runAsUser: 1000 },
		containers: [container],
		volumes: [{ name: "lines", hostPath: { path: at.dir } }],
	};
	const template = { metadata: { labels }, spec } as Template;
	return {
		apiVersion: "apps/v1",
		kind: "Deployment",
		metadata: { name: app.name, namespace: NAMESPACE },
		spec: {
			replicas: 1,
			selector: { matchLabels: labels },
			template: withGate(
				template,
				{
					settings: { image: TOOLS, agents: [at.agent], profile: "Fast" },
					form: "Kill",
					namespace: NAMESPACE,
					name: app.name,
					warm: false,
				},
				"Deployment",
			),
		},
	};
}
