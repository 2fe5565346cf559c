/** Gated workloads, as a real API server takes them; no kubelet runs here. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { parseParts } from "../../src/core/region/part.ts";
import {
	closeRun,
	type RealCluster,
	startCluster,
} from "../clusters/real/cluster.ts";
import { asked } from "../core/region/gate-fixture.ts";
import type { Loose } from "./kinds.ts";

const NAMESPACE = "gated";
const OWNER = "?fieldManager=twin-operator&force=true&fieldValidation=Strict";
let cluster: RealCluster;

beforeAll(async () => {
	cluster = await startCluster({
		name: "gate",
		controllers: false,
		kwok: false,
	});
	for (const [name, level] of [
		[NAMESPACE, "restricted"],
		["loose", "baseline"],
	]) {
		const made = await cluster.request("POST", "/api/v1/namespaces", {
			apiVersion: "v1",
			kind: "Namespace",
			metadata: {
				name,
				labels: { "pod-security.kubernetes.io/enforce": level },
			},
		});
		expect(made.status).toBe(201);
	}
	for (const name of [NAMESPACE, "loose"]) {
		// Made by a controller, which does not run here.
		await cluster.request(
			"POST",
			`/api/v1/namespaces/${name}/serviceaccounts`,
			{
				apiVersion: "v1",
				kind: "ServiceAccount",
				metadata: { name: "default" },
			},
		);
	}
});
afterAll(async () => {
	await cluster?.stop();
	await closeRun();
});

const strict = {
	allowPrivilegeEscalation: false,
	capabilities: { drop: ["ALL"] },
	seccompProfile: { type: "RuntimeDefault" },
};
const container = (name: string, more: object = {}) => ({
	name,
	image: `${name}:1`,
	securityContext: strict,
	...more,
});
const RUN_AS = { runAsUser: 1000, runAsNonRoot: true };

const PODS: [string, object][] = [
	["one user", { securityContext: RUN_AS, containers: [container("app")] }],
	[
		"an unknown user",
		{ securityContext: { runAsNonRoot: true }, containers: [container("app")] },
	],
	[
		"containers of all sorts",
		{
			securityContext: RUN_AS,
			terminationGracePeriodSeconds: 30,
			initContainers: [
				container("setup"),
				container("proxy", { restartPolicy: "Always" }),
			],
			containers: [
				container("app", { restartPolicy: "Always" }),
				container("once", { restartPolicy: "Never" }),
			],
			volumes: [{ name: "data", emptyDir: {} }],
		},
	],
];

/** As written by a side of this region, behind its gate. */
function rendered(
	kind: "Deployment" | "StatefulSet" | "CronJob",
	pod: object,
	more: object = {},
): { readonly object: Loose; readonly form: string | undefined } {
	const labels = { app: "web" };
	const template = { metadata: { labels }, spec: pod };
	const cron = kind === "CronJob";
	const manifest = {
		apiVersion: cron ? "batch/v1" : "apps/v1",
		kind,
		metadata: { name: "web" },
		spec: cron
			? { schedule: "* * * * *", jobTemplate: { spec: { template } } }
			: {
					selector: { matchLabels: labels },
					template,
					...(kind === "StatefulSet" ? { serviceName: "web" } : {}),
				},
	} as unknown as KubeObject;
	const home = {
		namespace: NAMESPACE,
		name: "shop",
		installation: "default",
		gate: asked({ namespace: NAMESPACE, ...more }),
	};
	const [part] = parseParts([manifest], home);
	return { object: JSON.parse(part?.json ?? ""), form: part?.gate?.form };
}

const pathOf = (kind: string): string =>
	kind === "CronJob"
		? `/apis/batch/v1/namespaces/${NAMESPACE}/cronjobs/web`
		: `/apis/apps/v1/namespaces/${NAMESPACE}/${kind.toLowerCase()}s/web`;

const apply = (kind: string, object: Loose, query = "") =>
	cluster.request(
		"PATCH",
		`${pathOf(kind)}${OWNER}${query}`,
		object,
		"application/apply-patch+yaml",
	);

/** A pod as a controller would make it of this template. */
const create = (template: Loose, namespace = NAMESPACE) =>
	cluster.request("POST", `/api/v1/namespaces/${namespace}/pods`, {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { generateName: "web-", labels: template.metadata.labels },
		spec: template.spec,
	});

const KINDS = ["Deployment", "StatefulSet", "CronJob"] as const;
const cases = KINDS.flatMap((kind) =>
	(kind === "CronJob" ? ["Never", "OnFailure"] : [undefined]).flatMap(
		(restartPolicy) =>
			PODS.map(([name, pod]) => {
				const spec = restartPolicy ? { ...pod, restartPolicy } : pod;
				return [kind, restartPolicy ?? "Always", name, spec] as const;
			}),
	),
);

describe("a namespace with the Pod Security Standard restricted", () => {
	it.each(cases)("takes a %s (%s) with %s", async (kind, _, __, pod) => {
		for (const more of [{}, { warm: true }, { form: "Exit" }]) {
			const { object } = rendered(kind, pod, more);
			const applied = await apply(kind, object, "&dryRun=All");
			expect([applied.status, applied.body.message]).toEqual([201, undefined]);
			const spec = applied.body.spec;
			const template =
				kind === "CronJob" ? spec.jobTemplate.spec.template : spec.template;
			expect(template.spec.initContainers[0].name).toBe("twin-gate");
			// What the server keeps is what a pod gets: nothing was dropped as unknown.
			const created = await create(template);
			expect([created.status, created.body.message]).toEqual([201, undefined]);
			const rules = created.body.spec.initContainers[0].restartPolicyRules;
			expect(rules.at(-1).action).toBe("RestartAllContainers");
		}
	});

	it("would not take such a pod without the care that the gate takes", async () => {
		const { object } = rendered("Deployment", PODS[0]?.[1] ?? {});
		const { template } = object.spec;
		template.spec.initContainers[0].securityContext.capabilities = {};
		const refused = await create(template);
		expect(refused.status).toBe(403);
		expect(refused.body.message).toContain("twin-gate");
	});
});

describe("a workload that ran before it was gated", () => {
	it("gets the gate in front of its own init containers, and loses it again", async () => {
		const pod = PODS[2]?.[1] ?? {};
		const { object: gated } = rendered("Deployment", pod);
		const plain = structuredClone(gated);
		plain.spec.template.spec = pod;
		const names = (reply: Loose) =>
			reply.body.spec.template.spec.initContainers.map((it: Loose) => it.name);
		expect(names(await apply("Deployment", plain))).toEqual(["setup", "proxy"]);
		expect(names(await apply("Deployment", gated))).toEqual([
			"twin-gate",
			"setup",
			"proxy",
		]);
		const without = await apply("Deployment", plain);
		expect(names(without)).toEqual(["setup", "proxy"]);
		expect(JSON.stringify(without.body.spec)).not.toMatch(
			/twin-gate|RestartAll/,
		);
	});
});
