import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import type { ProfileName } from "../../../src/core/profile.ts";
import { diff } from "../../../src/core/region/diff.ts";
import { formOf } from "../../../src/core/region/form.ts";
import { parseSide } from "../../../src/core/region/side.ts";
import { withRole } from "../../../src/core/region/workload.ts";
import {
	configMap,
	cronJob,
	deployment,
	livesOf,
	observe,
	sideObject,
} from "./fixture.ts";
import { gated, IMAGE, operators, SETTINGS, template } from "./gate-fixture.ts";

const ANY = ["In 0 RestartAllContainers", "NotIn 0 RestartAllContainers"];
const FAILURE = ["NotIn 0 RestartAllContainers"];

describe("the gate in a pod", () => {
	const spec = gated(
		template({
			initContainers: [
				{ name: "setup" },
				{ name: "proxy", restartPolicy: "Always" },
			],
			volumes: [{ name: "data" }],
		}),
	);

	it("goes first, and asks every agent for its own side", () => {
		expect(spec.initContainers.map((it) => it.name)).toEqual([
			"twin-gate",
			"setup",
			"proxy",
		]);
		expect(spec.initContainers[0]).toMatchObject({
			image: IMAGE,
			restartPolicy: "Always",
			env: [
				{
					name: "TWIN_GATE_URLS",
					value:
						"http://10.0.0.1:8900/v1/gate/apps/shop http://10.0.0.2:8900/v1/gate/apps/shop",
				},
				{ name: "TWIN_GATE_SECONDS", value: "8" },
				{ name: "TWIN_GATE_FORM", value: "Kill" },
			],
			startupProbe: { periodSeconds: 1, failureThreshold: 2_147_483_647 },
		});
		expect(spec.volumes?.map((it) => it.name)).toEqual(["data", "twin-gate"]);
	});

	it("is the application's user, without any right of its own", () => {
		expect(spec.shareProcessNamespace).toBe(true);
		expect(spec.initContainers[0]?.securityContext).toEqual({
			runAsUser: 1000,
			runAsNonRoot: true,
			allowPrivilegeEscalation: false,
			readOnlyRootFilesystem: true,
			capabilities: { drop: ["ALL"] },
			seccompProfile: { type: "RuntimeDefault" },
		});
	});

	it("lets no container back without passing it", () => {
		expect(spec.initContainers.map(operators)).toEqual([ANY, FAILURE, ANY]);
		expect(spec.initContainers[1]?.restartPolicy).toBe("OnFailure");
		expect(spec.containers.map(operators)).toEqual([ANY]);
		expect(spec.containers[0]?.restartPolicy).toBe("Always");
	});

	it("only ends itself where it cannot be sure to kill", () => {
		const weak = gated(template({ securityContext: {} }));
		expect(weak.shareProcessNamespace).toBeUndefined();
		expect(weak.terminationGracePeriodSeconds).toBe(7);
		expect(weak.initContainers[0]).toMatchObject({
			securityContext: { runAsUser: 65_534, runAsNonRoot: true },
			env: [{}, { value: "5" }, { value: "Exit" }],
		});
	});

	it("leaves a template alone that can have none", () => {
		const of = template({ os: { name: "windows" } });
		expect(gated(of)).toBe(of.spec);
	});

	it("keeps a Guaranteed pod Guaranteed", () => {
		const limits = { cpu: "1", memory: "1Gi" };
		const rows = [
			[{ limits }, true],
			[{ limits, requests: limits }, true],
			[{ limits, requests: { cpu: "500m" } }, false],
			[{ limits: { cpu: "1" } }, false],
		] as const;
		for (const [resources, guaranteed] of rows) {
			const made = gated(template({ containers: [{ name: "a", resources }] }));
			const of = made.initContainers[0]?.resources;
			expect([of?.limits, guaranteed]).toEqual([
				guaranteed ? of?.requests : { memory: "32Mi" },
				guaranteed,
			]);
		}
	});

	it("has the images of a warm standby pulled before it", () => {
		const of = template({
			initContainers: [{ name: "setup", image: "app:1" }],
			containers: [
				{ name: "app", image: "app:1" },
				{ name: "log", image: "log:1" },
				{ name: "own", image: "own:1", imagePullPolicy: "Never" },
			],
		});
		expect(gated(of, { warm: true }).volumes?.slice(1)).toEqual(
			["app:1", "log:1"].map((reference, at) => ({
				name: `twin-image-${at}`,
				image: { reference, pullPolicy: "IfNotPresent" },
			})),
		);
		expect(gated(of).volumes).toHaveLength(1);
	});
});

describe("rules for containers", () => {
	const own = [
		{ action: "Restart", exitCodes: { operator: "In", values: [42] } },
	];
	const rows: [string, object, "Never" | "OnFailure" | undefined, object][] = [
		["of a service", {}, undefined, { policy: "Always", rules: ANY }],
		[
			"of a service, with rules of its own",
			{ restartPolicy: "Always", restartPolicyRules: own },
			undefined,
			{ policy: "Always", rules: ANY },
		],
		[
			"that ends for good in a service",
			{ restartPolicy: "Never" },
			undefined,
			{ policy: "Never", rules: [] },
		],
		[
			"that ends for good but for one code",
			{ restartPolicy: "Never", restartPolicyRules: own },
			undefined,
			{ policy: "Never", rules: ["In 42 RestartAllContainers"] },
		],
		["of a Job, once", {}, "Never", { policy: undefined, rules: [] }],
		[
			"of a Job, until it succeeds",
			{},
			"OnFailure",
			{ policy: "OnFailure", rules: FAILURE },
		],
	];
	it.each(rows)("%s", (_, container, restartPolicy, expected) => {
		const made = gated(
			template({
				containers: [{ name: "app", ...container }],
				...(restartPolicy ? { restartPolicy } : {}),
			}),
		).containers[0];
		expect({ policy: made?.restartPolicy, rules: operators(made) }).toEqual(
			expected,
		);
	});

	// The kubelet ends sidecars when the work is done: a rule for that would do it again, for ever.
	it("let a Job end", () => {
		const spec = gated(
			template({
				restartPolicy: "Never",
				initContainers: [
					{ name: "setup" },
					{ name: "proxy", restartPolicy: "Always" },
				],
			}),
			{},
			"CronJob",
		);
		expect(spec.initContainers.map(operators)).toEqual([FAILURE, [], []]);
	});
});

describe("a side", () => {
	const pod = { securityContext: { runAsUser: 1000 } };
	const web = (more: object = {}): KubeObject => {
		const it = deployment("web", 2) as {
			spec?: { template: { spec: object } };
		};
		Object.assign(it.spec?.template.spec ?? {}, pod, more);
		return it as KubeObject;
	};
	const view = (
		spec: object,
		status: { role: "Active" | "Standby"; epoch: number } = {
			role: "Active",
			epoch: 3,
		},
		profile: ProfileName = "Standard",
		objects = [web(), cronJob(), configMap()],
	) =>
		parseSide(
			sideObject({ objects, status, spec: { policy: "Exclusive", ...spec } }),
			undefined,
			{ ...SETTINGS, profile },
		);
	const formsOf = (spec: object) => view(spec).parts.map((it) => it.gate?.form);

	it.each([
		["Exclusive", {}, ["Kill", "Exit", undefined]],
		["Exit", { gate: "Exit" }, ["Exit", "Exit", undefined]],
		["None", { gate: "None" }, [undefined, undefined, undefined]],
		["Available", { policy: "Available" }, [undefined, undefined, undefined]],
		["Manual", { policy: "Manual" }, [undefined, undefined, undefined]],
		["Hot", { standby: { mode: "Hot" } }, [undefined, undefined, undefined]],
	])("with %s gets the gate it asks for", (_, spec, forms) => {
		expect(formsOf(spec)).toEqual(forms);
	});

	it("gets none where no agent answers", () => {
		const { parts } = parseSide(
			sideObject({ objects: [web()], spec: { policy: "Exclusive" } }),
		);
		expect(parts[0]?.gate).toBeUndefined();
		expect(parts[0]?.json).not.toContain("twin-gate");
	});

	it("has one template for every role and epoch", () => {
		const standings = [
			view({}, { role: "Active", epoch: 3 }),
			view({}, { role: "Standby", epoch: 4 }),
			view(
				{ wish: { to: "west", ifEpoch: 3 }, home: "west", hash: "h2" },
				{ role: "Active", epoch: 5 },
			),
		];
		expect(new Set(standings.map((it) => it.parts[0]?.hash)).size).toBe(1);
		const templates = standings.map((it) => {
			const [part] = it.parts;
			if (!part) throw new Error("no part");
			const made = withRole(part, it, formOf(part, it, undefined));
			return JSON.stringify((made.spec as { template: object }).template);
		});
		expect(new Set(templates).size).toBe(1);
		expect(templates[0]).toContain("twin-gate");
		// Both regions get the same, but for the agents' addresses.
		expect(view({ region: "west", twin: "east" }).parts[0]?.hash).toBe(
			standings[0]?.parts[0]?.hash,
		);
	});

	const long = [
		web({ securityContext: {}, terminationGracePeriodSeconds: 30 }),
	];
	it("is not started with what F does not cover, and says why", () => {
		const active = view({}, { role: "Active", epoch: 3 }, "Standard", long);
		const made = diff(observe(active));
		expect(made.writes).toEqual([]);
		expect(made.problems).toMatchObject([
			{
				reason: "GraceTooLong",
				message: expect.stringMatching(
					/^Deployment web is not applied: .* of 30 .*Patient/,
				),
			},
		]);
	});

	it("is stopped all the same", () => {
		const before = view({}, { role: "Active", epoch: 3 });
		const lives = livesOf({ ...before, parts: before.parts.slice(0, 1) });
		const standby = view({}, { role: "Standby", epoch: 4 }, "Standard", long);
		const made = diff(observe(standby, { lives }));
		expect(made.problems).toMatchObject([{ reason: "GraceTooLong" }]);
		expect(made.writes).toMatchObject([
			{ do: "apply", object: { spec: { replicas: 0 } } },
		]);
	});
});
