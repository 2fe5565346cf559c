import { describe, expect, it } from "vitest";
import type { ProfileName } from "../../../src/core/profile.ts";
import { gateOf } from "../../../src/core/region/gate.ts";
import type { TemplateKind } from "../../../src/core/region/gate-form.ts";
import type { PodSpec, Template } from "../../../src/core/region/gate-pod.ts";
import { asked, SETTINGS, template } from "./gate-fixture.ts";

const app = (securityContext: object) => [
	{ name: "app", image: "app:1", securityContext },
];
const sidecar = { name: "proxy", restartPolicy: "Always" };

describe("a template that is asked to be killed", () => {
	const rows: {
		what: string;
		spec: PodSpec;
		kind?: TemplateKind;
		user?: number;
		/** Why it cannot; undefined: it can. */
		why?: string;
	}[] = [
		{ what: "has one user for the pod", spec: {}, user: 1000 },
		{
			what: "has one user for each container",
			spec: { securityContext: {}, containers: app({ runAsUser: 7 }) },
			user: 7,
		},
		{
			what: "has a container's user over the pod's",
			spec: { containers: app({ runAsUser: 7 }) },
			user: 7,
		},
		{
			what: "says nothing of its user",
			spec: { securityContext: {} },
			why: "runAsUser is not set for app",
		},
		{
			what: "says nothing of one container's user",
			spec: {
				securityContext: {},
				initContainers: [{ name: "setup" }],
				containers: app({ runAsUser: 7 }),
			},
			why: "runAsUser is not set for setup",
		},
		{
			what: "has an init container of another user",
			spec: {
				initContainers: [{ name: "own", securityContext: { runAsUser: 0 } }],
			},
			why: "different users (0, 1000)",
		},
		{
			what: "runs as root, which may become anybody",
			spec: { securityContext: { runAsUser: 0 } },
			why: "app may change their user",
		},
		{
			what: "runs as root that can be nobody else",
			spec: {
				securityContext: { runAsUser: 0 },
				containers: app({ capabilities: { drop: ["ALL"] } }),
			},
			user: 0,
		},
		{
			what: "runs as root with the right back",
			spec: {
				securityContext: { runAsUser: 0 },
				containers: app({ capabilities: { drop: ["ALL"], add: ["SETUID"] } }),
			},
			why: "app may change their user",
		},
		{
			what: "adds the right to change users",
			spec: { containers: app({ capabilities: { add: ["CAP_SETUID"] } }) },
			why: "app may change their user",
		},
		{
			what: "shares the node's processes",
			spec: { hostPID: true },
			why: "hostPID is true",
		},
		{
			what: "refuses to share its processes",
			spec: { shareProcessNamespace: false },
			why: "shareProcessNamespace is false",
		},
		{
			what: "shares its processes already",
			spec: { shareProcessNamespace: true },
			user: 1000,
		},
		{
			what: "uses the node's network",
			spec: { hostNetwork: true } as PodSpec,
			user: 1000,
		},
		{
			what: "is privileged",
			spec: { containers: app({ privileged: true }) },
			why: "app is confined differently",
		},
		{
			what: "has an AppArmor profile of its own",
			spec: { containers: app({ appArmorProfile: { type: "Unconfined" } }) },
			why: "app is confined differently",
		},
		{
			what: "has a sidecar of its own",
			spec: { initContainers: [sidecar] },
			user: 1000,
		},
		{
			what: "has a sidecar of its own in a Job",
			spec: { initContainers: [sidecar] },
			kind: "CronJob",
			why: "proxy is a sidecar in a Job",
		},
	];
	it.each(rows)("$what", ({ spec, kind = "Deployment", user, why }) => {
		const gate = gateOf(template(spec), asked(), kind);
		expect(gate.form).toBe(why === undefined ? "Kill" : "Exit");
		expect(gate.why.join()).toContain(why ?? "");
		expect(gate.why).toHaveLength(why === undefined ? 0 : 1);
		expect(gate.user).toBe(user ?? 65_534);
		// Standard bears both, with the figures of their own.
		expect(gate.problem).toBeUndefined();
		expect(gate.boundSeconds).toBe(10);
	});

	it("has AppArmor profiles by annotation", () => {
		const key = "container.apparmor.security.beta.kubernetes.io/app";
		const of: Template = {
			...template(),
			metadata: { annotations: { [key]: "unconfined" } },
		};
		expect(gateOf(of, asked(), "Deployment").form).toBe("Exit");
	});

	it("is not weakened in what nobody asked to be killed", () => {
		const gate = gateOf(template(), asked({ form: "Exit" }), "Deployment");
		expect(gate).toMatchObject({ form: "Exit", why: [], user: 65_534 });
	});
});

describe("a template that can have no gate", () => {
	const rows: [string, PodSpec, string][] = [
		["runs on Windows", { os: { name: "windows" } }, "Windows"],
		[
			"has the name for a container",
			{ initContainers: [{ name: "twin-gate" }] },
			"twin-gate is taken",
		],
		[
			"has the name for a volume",
			{ volumes: [{ name: "twin-gate" }] },
			"twin-gate is taken",
		],
	];
	it.each(rows)("%s", (_, spec, words) => {
		const gate = gateOf(template(spec), asked(), "Deployment");
		expect(gate.form).toBe("None");
		expect(gate.problem).toMatchObject({
			reason: "GateImpossible",
			message: expect.stringContaining(words),
		});
	});
});

describe("what a profile bears", () => {
	const unknown = { securityContext: {} };
	const grace = (seconds: number) => ({
		terminationGracePeriodSeconds: seconds,
	});
	const rows: {
		what: string;
		profile: ProfileName;
		spec: PodSpec;
		bound?: number;
		grace?: number;
		problem?: [reason: string, ...words: string[]];
	}[] = [
		{ what: "killing in 5 s", profile: "Fast", spec: {}, bound: 5 },
		{
			what: "killing, whatever the grace",
			profile: "Fast",
			spec: grace(600),
			bound: 5,
		},
		{
			what: "exiting takes longer than Fast allows",
			profile: "Fast",
			spec: unknown,
			bound: 8,
			grace: 2,
			problem: [
				"GateTooSlow",
				"up to 8 s",
				"Fast allows 5 s",
				"runAsUser is not set for app",
				"profile Standard",
			],
		},
		{
			what: "exiting, grace unset",
			profile: "Standard",
			spec: unknown,
			bound: 10,
			grace: 7,
		},
		{
			what: "exiting, grace unset, Patient",
			profile: "Patient",
			spec: unknown,
			bound: 40,
			grace: 37,
		},
		{
			what: "exiting, grace written and short",
			profile: "Standard",
			spec: { ...unknown, ...grace(10) },
			bound: 10,
		},
		{
			what: "exiting, grace written and too long",
			profile: "Standard",
			spec: { ...unknown, ...grace(30) },
			bound: 10,
			problem: ["GraceTooLong", "of 30", "10 s", "profile Patient (40 s)"],
		},
		{
			what: "exiting, grace longer than any profile",
			profile: "Patient",
			spec: { ...unknown, ...grace(60) },
			bound: 40,
			problem: ["GraceTooLong", "of 60", "No profile bears that", "40 at most"],
		},
		{
			what: "exiting, a probe's own grace too long",
			profile: "Standard",
			spec: {
				...unknown,
				containers: [
					{ name: "app", livenessProbe: { terminationGracePeriodSeconds: 20 } },
				],
			},
			bound: 10,
			problem: ["GraceTooLong", "of 20"],
		},
	];
	it.each(rows)("$what", ({ profile, spec, bound, problem, ...row }) => {
		const settings = { ...SETTINGS, profile };
		const gate = gateOf(template(spec), asked({ settings }), "Deployment");
		expect(gate.boundSeconds).toBe(bound);
		expect(gate.graceSeconds).toBe(row.grace);
		expect(gate.problem?.reason).toBe(problem?.[0]);
		for (const words of problem?.slice(1) ?? []) {
			expect(gate.problem?.message).toContain(words);
		}
	});
});
