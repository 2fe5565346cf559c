/** Objects that are there already, or that the cluster does not let in: told in words, and nothing else suffers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import type { TwinService } from "../../src/api/types.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { at, find, remove } from "./kinds.ts";
import {
	apply,
	condition,
	configMap,
	deployment,
	isTrue,
	namespace,
	openWorld,
	place,
	service,
	side,
	twinService,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

let world: World;

beforeAll(async () => {
	world = await openWorld();
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

const untilStalled = (ns: string, reason: string, name = "web") =>
	untilService(
		world,
		ns,
		`Stalled for ${reason}`,
		(it) =>
			condition(it, "Stalled")?.status === "True" &&
			condition(it, "Stalled")?.reason === reason,
		60_000,
		name,
	);
const words = (it: TwinService) => condition(it, "Stalled")?.message ?? "";

describe("an object that exists and is not ours", () => {
	let said: string;

	beforeAll(async () => {
		const theirs = configMap("web", { theirs: "1" });
		theirs.metadata = { ...theirs.metadata, namespace: "taken" };
		await apply(world.south, namespace("taken"), theirs);
		await apply(world.hub, namespace("taken"), twinService("taken"));
		said = words(await untilStalled("taken", "AlreadyExists"));
	});

	it("is named, with the region and the command that hands it over", () => {
		expect(said).toContain("In south: ConfigMap web exists");
		expect(said).toContain(
			"kubectl annotate -n taken configmap web twin-operator.dev/adopt=web",
		);
	});

	it("is not touched, and the others go on", async () => {
		const { data, metadata } = await find(world.south, "taken", "configmaps");
		expect(data).toEqual({ theirs: "1" });
		expect(metadata.labels).toBeUndefined();
		expect(await find(world.south, "taken", "deployments")).toBeDefined();
		const it = await untilService(world, "taken", "north to serve", (it) =>
			isTrue(it, "Available"),
		);
		expect(condition(it, "Redundant")?.status).toBe("False");
	});

	it("is taken over when the person says so, as the message shows", async () => {
		const [, command = ""] = /kubectl (annotate [^.]*\S+=web)/.exec(said) ?? [];
		await world.south.kubectl(command.split(" "));
		await untilPlaced(world, "taken");
		const { data, metadata } = await find(world.south, "taken", "configmaps");
		expect(data).toMatchObject({ key: "value" });
		expect(metadata.ownerReferences).toMatchObject([{ name: "web" }]);
	});
});

describe("two services over one object", () => {
	beforeAll(async () => {
		const one = [deployment("one"), configMap("shared", { of: "one" })];
		const two = [deployment("two"), configMap("shared", { of: "two" })];
		await place(
			world,
			"shared",
			twinService("shared", { manifests: one }, [], "one"),
		);
		await apply(
			world.hub,
			twinService("shared", { manifests: two }, [], "two"),
		);
	});

	it("the second one is stalled, and names the first", async () => {
		const it = await untilStalled("shared", "AlreadyExists", "two");
		expect(words(it)).toContain("ConfigMap shared belongs to TwinSide one");
	});

	it("the first one keeps it, and notices nothing", async () => {
		for (const region of [world.north, world.south]) {
			const it = await find(region, "shared", "configmaps", "shared");
			expect(it.data).toEqual({ of: "one" });
		}
		expect(isTrue(await service(world, "shared", "one"), "Ready")).toBe(true);
	});

	it("the second one gets it when the first one is gone", async () => {
		await world.hub.kubectl(["-n", "shared", "delete", "tws", "one"]);
		await untilPlaced(world, "shared", "two");
		const it = await find(world.north, "shared", "configmaps", "shared");
		expect(it.data).toEqual({ of: "two" });
	});
});

describe("a quota", () => {
	const quota = (claims: number): KubeObject => ({
		apiVersion: "v1",
		kind: "ResourceQuota",
		metadata: { name: "few", namespace: "quota" },
		spec: { hard: { "count/secrets": String(claims) } },
	});
	const secret = (name: string): KubeObject => ({
		apiVersion: "v1",
		kind: "Secret",
		metadata: { name },
		stringData: { key: name },
	});

	beforeAll(async () => {
		await apply(world.north, namespace("quota"), quota(1));
		await until("the quota to be in force", async () => {
			const it = await find(world.north, "quota", "resourcequotas", "few");
			return it.status?.hard?.["count/secrets"] === "1";
		});
		const more = [secret("a"), secret("b")];
		const object = twinService("quota", {}, more);
		await apply(world.hub, namespace("quota"), object);
	});

	it("is told in the server's own words", async () => {
		const it = await untilStalled("quota", "Refused");
		expect(words(it)).toMatch(/In north: Secret [ab]: .*exceeded quota: few/);
		expect(words(it)).toContain("limited: count/secrets=1");
		const applied = condition(await side(world.north, "quota"), "Applied");
		expect(applied).toMatchObject({ status: "False", reason: "Refused" });
	});

	it("keeps nothing else back", async () => {
		await untilService(world, "quota", "the service to serve", (it) =>
			isTrue(it, "Available"),
		);
		expect(await find(world.north, "quota", "configmaps")).toBeDefined();
		expect(await find(world.south, "quota", "secrets", "b")).toBeDefined();
	});

	it("once raised, it goes on by itself", async () => {
		await apply(world.north, quota(5));
		await untilPlaced(world, "quota");
		expect(await find(world.north, "quota", "secrets", "a")).toBeDefined();
		expect(await find(world.north, "quota", "secrets", "b")).toBeDefined();
	});
});

describe("an admission policy", () => {
	const POLICY: readonly KubeObject[] = [
		{
			apiVersion: "admissionregistration.k8s.io/v1",
			kind: "ValidatingAdmissionPolicy",
			metadata: { name: "no-config" },
			spec: {
				failurePolicy: "Fail",
				matchConstraints: {
					resourceRules: [
						{
							...{ apiGroups: [""], apiVersions: ["v1"] },
							...{ operations: ["*"], resources: ["configmaps"] },
						},
					],
					namespaceSelector: {
						matchLabels: { "kubernetes.io/metadata.name": "policy" },
					},
				},
				validations: [
					{
						expression: "object == null || object.metadata.name != 'web'",
						message: "this house bears no config",
					},
				],
			},
		},
		{
			apiVersion: "admissionregistration.k8s.io/v1",
			kind: "ValidatingAdmissionPolicyBinding",
			metadata: { name: "no-config" },
			spec: { policyName: "no-config", validationActions: ["Deny"] },
		},
	];

	it("is told in its own words, and keeps nothing else back", async () => {
		const { north } = world;
		await apply(north, ...POLICY, namespace("policy"));
		await until("the policy to be in force", async () => {
			const path = `${at("policy", "configmaps", "").slice(0, -1)}?dryRun=All`;
			return (await north.request("POST", path, configMap())).status === 422;
		});
		await apply(world.hub, namespace("policy"), twinService("policy"));
		const it = await untilStalled("policy", "Refused");
		expect(words(it)).toContain("In north: ConfigMap web: ");
		expect(words(it)).toContain("this house bears no config");
		await untilService(world, "policy", "the service to serve", (it) =>
			isTrue(it, "Available"),
		);
	});

	it("once gone, it goes on by itself", async () => {
		const path = "/apis/admissionregistration.k8s.io/v1";
		const kind = "validatingadmissionpolicybindings";
		await remove(world.north, `${path}/${kind}/no-config`);
		await untilPlaced(world, "policy");
		expect(await find(world.north, "policy", "configmaps")).toBeDefined();
	});
});
