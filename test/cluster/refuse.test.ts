/** Bad services: refused in words, and nothing is applied anywhere. What runs goes on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import type { TwinServiceSpec } from "../../src/api/types.ts";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { find, type Loose } from "./kinds.ts";
import { pods, uid } from "./move.ts";
import {
	apply,
	type Conditioned,
	condition,
	configMap,
	deployment,
	get,
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

const LIMIT = 1_000_000;
let world: World;
let regions: readonly RealCluster[];

beforeAll(async () => {
	world = await openWorld();
	regions = [world.north, world.south];
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

interface Case {
	readonly name: string;
	readonly ns: string;
	readonly spec: Partial<TwinServiceSpec>;
	readonly reason: string;
	readonly says: readonly string[];
}

const wrongType: KubeObject = deployment();
(wrongType as Loose).spec.replicas = "three";
const wrongValue: KubeObject = deployment();
(wrongValue as Loose).spec.template.spec.containers[0].imagePullPolicy = "May";
const unknownField: KubeObject = deployment();
(unknownField as Loose).spec.replica = 3;
const unfitting = (op: object): Partial<TwinServiceSpec> => ({
	clusters: [
		{ name: "north" },
		{
			name: "south",
			patches: [{ target: { kind: "ConfigMap", name: "web" }, ops: [op] }],
		},
	] as unknown as TwinServiceSpec["clusters"],
});
const big = (bytes: number, name = "big"): KubeObject =>
	configMap(name, { text: "x".repeat(bytes) });

const CASES: readonly Case[] = [
	{
		name: "a manifest with a field of the wrong type",
		ns: "wrong-type",
		spec: { manifests: [configMap(), wrongType] },
		reason: "DryRunRefused",
		says: ["refuses Deployment web", "replicas", "nothing has been applied"],
	},
	{
		name: "a manifest with a value that there is not",
		ns: "wrong-value",
		spec: { manifests: [configMap(), wrongValue] },
		reason: "DryRunRefused",
		says: ["Deployment web", "imagePullPolicy", 'supported values: "Always"'],
	},
	{
		name: "a manifest with a field that there is not",
		ns: "unknown-field",
		spec: { manifests: [configMap(), unknownField] },
		reason: "DryRunRefused",
		says: ["Deployment web", "replica", "field not declared in schema"],
	},
	{
		name: "a patch whose path is not there",
		ns: "patch-path",
		spec: unfitting({ op: "replace", path: "/data/other/key", value: "1" }),
		reason: "PatchFailed",
		says: [
			"spec.clusters[1].patches[0] does not fit ConfigMap web",
			"ops[0] (replace /data/other/key)",
		],
	},
	{
		name: "a patch whose test fails",
		ns: "patch-test",
		spec: unfitting({ op: "test", path: "/data/key", value: "other" }),
		reason: "PatchFailed",
		says: ["spec.clusters[1].patches[0]", "ops[0] (test /data/key)"],
	},
	{
		name: "an object of 1 MiB",
		ns: "one-big",
		spec: { manifests: [deployment(), big(1024 * 1024)] },
		reason: "TooLarge",
		says: ["spec.manifests is 104", "1000000 is the most", "Split"],
	},
	{
		name: "more than 1,000,000 bytes in all",
		ns: "many-big",
		spec: { manifests: [big(600_000, "a"), big(600_000, "b")] },
		reason: "TooLarge",
		says: ["1000000 is the most"],
	},
	{
		name: "a TwinCluster that there is not",
		ns: "unknown-cluster",
		spec: { clusters: [{ name: "north" }, { name: "nowhere" }] },
		reason: "UnknownCluster",
		says: ["nowhere"],
	},
];

const untilRefused = (ns: string, reason: string) =>
	untilService(
		world,
		ns,
		`Stalled for ${reason}`,
		(it) =>
			condition(it, "Stalled")?.status === "True" &&
			condition(it, "Stalled")?.reason === reason &&
			condition(it, "Stalled")?.observedGeneration === it.metadata.generation,
		60_000,
	);
const words = (it: Conditioned, type = "Stalled") =>
	condition(it, type)?.message ?? "";

describe("a new service", () => {
	it.each(CASES)("$name: $reason", async ({ ns, spec, reason, says }) => {
		await apply(world.hub, namespace(ns), twinService(ns, spec));
		const it = await untilRefused(ns, reason);
		for (const some of says) expect(words(it)).toContain(some);
		expect(condition(it, "Ready")).toMatchObject({ status: "False", reason });
		for (const region of regions) {
			expect(await side(region, ns)).toBeUndefined();
			expect(await get(region, `/api/v1/namespaces/${ns}`)).toBeUndefined();
		}
	});

	it("that was refused can be deleted, and corrected", async () => {
		await world.hub.kubectl(["-n", "wrong-value", "delete", "tws", "web"]);
		await apply(world.hub, twinService("wrong-type"));
		await untilPlaced(world, "wrong-type");
	});

	it("a little below the limit is placed", async () => {
		const manifests = [deployment(), big(LIMIT - 5_000)];
		await place(world, "nearly", twinService("nearly", { manifests }));
		const { data } = await find(world.south, "nearly", "configmaps", "big");
		expect(data.text).toHaveLength(LIMIT - 5_000);
	});
});

describe("a namespace that is not for services", () => {
	it.each(["kube-public", "kube-system", "twin-operator-system"])(
		"%s",
		async (ns) => {
			await apply(world.hub, twinService(ns));
			const it = await untilRefused(ns, "NamespaceRefused");
			expect(words(it)).toContain(`metadata.namespace is ${ns}`);
			for (const region of regions)
				expect(await side(region, ns)).toBeUndefined();
			await world.hub.kubectl(["-n", ns, "delete", "tws", "web"]);
		},
	);
});

describe("a bad change of a service that runs", () => {
	const seen = async () =>
		Promise.all(
			regions.map(async (region) => ({
				hash: (await side(region, "runs"))?.spec.hash,
				objects: await Promise.all(
					["deployments", "configmaps"].map(async (it) => {
						const { metadata } = await find(region, "runs", it);
						return [metadata.uid, metadata.generation];
					}),
				),
				pods: (await pods(region, "runs")).map(uid).toSorted(),
			})),
		);
	let before: Awaited<ReturnType<typeof seen>>;

	beforeAll(async () => {
		await place(world, "runs");
		before = await seen();
	});

	it("wrong type: told, the old version goes on, on both sides", async () => {
		const manifests = [wrongType, configMap("web", { key: "new" })];
		await apply(world.hub, twinService("runs", { manifests }));
		const it = await untilRefused("runs", "DryRunRefused");
		expect(words(it)).toContain("refuses Deployment web");
		expect(condition(it, "Available")?.status).toBe("True");
		expect(await seen()).toEqual(before);
	});

	it("too large: the same", async () => {
		const manifests = [deployment(), big(LIMIT)];
		await apply(world.hub, twinService("runs", { manifests }));
		await untilRefused("runs", "TooLarge");
		expect(await seen()).toEqual(before);
	});

	it("a patch that does not fit one region: the other one is not changed either", async () => {
		const manifests = [deployment(), configMap("web", { key: "new" })];
		const patch = unfitting({ op: "remove", path: "/data/other" });
		await apply(world.hub, twinService("runs", { ...patch, manifests }));
		await untilRefused("runs", "PatchFailed");
		expect(await seen()).toEqual(before);
	});

	it("corrected: it arrives", async () => {
		const manifests = [deployment(), configMap("web", { key: "new" })];
		await apply(world.hub, twinService("runs", { manifests }));
		await untilPlaced(world, "runs");
		for (const region of regions) {
			const { data } = await find(region, "runs", "configmaps");
			expect(data).toEqual({ key: "new" });
		}
	});

	it("one bad service does not keep the others back", async () => {
		expect(condition(await service(world, "one-big"), "Stalled")?.status).toBe(
			"True",
		);
		await place(world, "good");
	});
});
