/** The life of a service while nothing bad happens: created and changed. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TwinService } from "../../src/api/types.ts";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { faultsOf, history, isSpoken, type Moment, start } from "./history.ts";
import { find, statefulSet, volumeClaim } from "./kinds.ts";
import { pods, uid } from "./move.ts";
import {
	apply,
	configMap,
	deployment,
	get,
	isTrue,
	namespace,
	openWorld,
	place,
	replicas,
	service,
	side,
	twinService,
	untilPlaced,
	type World,
} from "./world.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/service.yaml");
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

describe("the example, applied as the page says", () => {
	let moments: Moment[];

	beforeAll(async () => {
		const { hub } = world;
		await apply(hub, namespace("shop"));
		const since = await start(hub, "shop");
		await hub.kubectl(["apply", "-f", EXAMPLE]);
		const ready = ["--for=condition=Ready", "--timeout=120s"];
		await hub.kubectl(["-n", "shop", "wait", "tws/web", ...ready]);
		moments = await history(hub, "shop", since);
	});

	it("has every object on both sides, and the autoscaler on the active one", async () => {
		const kinds = [
			...["configmaps/web", "secrets/report", "services/web"],
			...["deployments/web", "cronjobs/report", "poddisruptionbudgets/web"],
		];
		for (const region of regions) {
			const uid = (await side(region, "shop"))?.metadata.uid;
			for (const it of kinds) {
				const [plural = "", name] = it.split("/");
				const { metadata } = await find(region, "shop", plural, name);
				expect(metadata.labels).toMatchObject({
					"twin-operator.dev/side": "web",
					"twin-operator.dev/installation": "default",
				});
				expect(metadata.ownerReferences, it).toMatchObject([
					{ kind: "TwinSide", name: "web", uid, controller: true },
				]);
			}
		}
		const scaler = "horizontalpodautoscalers";
		expect(await find(world.north, "shop", scaler)).toBeDefined();
		expect(await find(world.south, "shop", scaler)).toBeUndefined();
	});

	it("runs on the active side only", async () => {
		expect(await replicas(world.north, "shop")).toBe(2);
		expect(await replicas(world.south, "shop")).toBe(0);
		const suspended = async (it: RealCluster) =>
			(await find(it, "shop", "cronjobs", "report")).spec.suspend ?? false;
		expect(await suspended(world.north)).toBe(false);
		expect(await suspended(world.south)).toBe(true);
		expect(await pods(world.south, "shop")).toEqual([]);
	});

	it("is patched for each cluster", async () => {
		const region = async (it: RealCluster) =>
			(await find(it, "shop", "configmaps")).data["region.txt"];
		expect(await region(world.north)).toBe("north\n");
		expect(await region(world.south)).toBe("south\n");
	});

	it("has its Secret's stringData as data", async () => {
		const { data } = await find(world.south, "shop", "secrets", "report");
		expect(atob(data.token)).toBe("not-a-real-token");
	});

	it("got a namespace in each region, labelled as the operator's", async () => {
		for (const region of regions) {
			const ns = await get(region, "/api/v1/namespaces/shop");
			expect(ns?.metadata.labels).toHaveProperty([
				"twin-operator.dev/created-by",
			]);
		}
	});

	it("is told in one line by kubectl", async () => {
		const of = async (...more: string[]) =>
			(await world.hub.kubectl(["-n", "shop", "get", "tws", ...more]))
				.split("\n")[1]
				?.split(/ {2,}/);
		const short = await of();
		// The example is Exclusive, and no agents hold grants here.
		expect(short?.slice(0, 5)).toEqual([
			...["web", "True", "north", "south", "False"],
		]);
		const wide = await of("-o", "wide");
		expect(wide?.slice(-3)).toEqual(["1", "Exclusive", "Serving"]);
	});

	it("spoke at once, and its status was sound at every moment", () => {
		expect(moments[0]?.object.status).toEqual({
			observedGeneration: -1,
			decisions: [],
		});
		const spoken = moments.filter(isSpoken);
		expect(spoken.length).toBeGreaterThan(0);
		expect(isTrue(spoken[0]?.object, "Reconciling")).toBe(true);
		expect(spoken.flatMap(faultsOf)).toEqual([]);
		expect(isTrue(spoken.at(-1)?.object, "Ready")).toBe(true);
	});

	it("tells of its creation", async () => {
		const it = await service(world, "shop");
		expect(it?.status).toMatchObject({
			activeCluster: "north",
			standbyCluster: "south",
			epoch: 1,
			decisions: [{ clusterName: "north" }],
			lastTransition: { kind: "Creation", to: "north" },
			clusters: [
				{ name: "north", role: "Active", ready: 2, desired: 2 },
				{ name: "south", role: "Standby", ready: 0, desired: 0 },
			],
		});
	});
});

describe("a stateful service", () => {
	beforeAll(async () => {
		const manifests = [statefulSet(), volumeClaim()];
		await place(world, "state", twinService("state", { manifests }));
	});

	it("runs with its volumes on the active side", async () => {
		const set = await find(world.north, "state", "statefulsets", "db");
		expect(set.status.readyReplicas).toBe(2);
		const claims = "/api/v1/namespaces/state/persistentvolumeclaims";
		const list = await get<{ items: unknown[] }>(world.north, claims);
		expect(list?.items).toHaveLength(3);
	});

	it("is stopped on the standby side, and its claim is there", async () => {
		const set = await find(world.south, "state", "statefulsets", "db");
		expect(set.spec.replicas).toBe(0);
		const claim = "persistentvolumeclaims";
		expect(await find(world.south, "state", claim, "data")).toBeDefined();
	});

	it("claims have no owner: data outlives the service", async () => {
		for (const region of regions) {
			const name = "persistentvolumeclaims";
			const claim = await find(region, "state", name, "data");
			expect(claim.metadata.ownerReferences).toBeUndefined();
		}
	});
});

describe("a change of the manifests", () => {
	let moments: Moment[];

	beforeAll(async () => {
		const first = deployment() as ReturnType<typeof deployment> & {
			spec: { template: { spec: { containers: object[] } } };
		};
		first.spec.template.spec.containers[0] = {
			name: "web",
			image: "registry.example/web:1",
			env: [{ name: "DROPPED", value: "yes" }],
		};
		const data = { kept: "1", dropped: "1" };
		const old = [first, configMap("web", data), configMap("dropped")];
		const { hub } = world;
		await apply(hub, namespace("change"));
		const since = await start(hub, "change");
		await place(
			world,
			"change",
			twinService("change", { manifests: [...old, volumeClaim()] }),
		);
		const next = deployment("web", 3) as typeof first;
		next.spec.template.spec.containers[0] = {
			name: "web",
			image: "registry.example/web:2",
		};
		const manifests = [next, configMap("web", { kept: "2" })];
		await apply(hub, twinService("change", { manifests }));
		await untilPlaced(world, "change");
		await until("pods of the new image alone", async () => {
			const images = (await pods(world.north, "change")).map(
				(it) =>
					(it.spec as { containers: { image: string }[] }).containers[0]?.image,
			);
			return images.length === 3 && images.every((it) => it?.endsWith(":2"));
		});
		moments = await history(hub, "change", since);
	});

	it("arrives on both sides, and what it drops is gone", async () => {
		for (const region of regions) {
			const { spec } = await find(region, "change", "deployments");
			const [container] = spec.template.spec.containers;
			expect(container.image).toBe("registry.example/web:2");
			expect(container.env).toBeUndefined();
			const { data } = await find(region, "change", "configmaps");
			expect(data).toEqual({ kept: "2" });
		}
		expect(await replicas(world.north, "change")).toBe(3);
		expect(await replicas(world.south, "change")).toBe(0);
	});

	it("an object that it drops is pruned, a claim never", async () => {
		for (const region of regions) {
			await until(
				`ConfigMap dropped to be gone in ${region.name}`,
				async () => {
					const it = await find(region, "change", "configmaps", "dropped");
					return it === undefined;
				},
			);
			const claims = "persistentvolumeclaims";
			expect(await find(region, "change", claims, "data")).toBeDefined();
		}
	});

	it("was never called ready before it was", () => {
		const spoken = moments.filter(isSpoken);
		expect(spoken.flatMap(faultsOf)).toEqual([]);
		const second = spoken.filter(
			({ object }) => object.status?.observedGeneration === 2,
		);
		expect(isTrue(second[0]?.object, "Ready")).toBe(false);
		expect(isTrue(second.at(-1)?.object, "Ready")).toBe(true);
	});
});

describe("a change of the standby form", () => {
	const standby = (it: NonNullable<TwinService["spec"]["standby"]>) =>
		apply(
			world.hub,
			twinService("form", {
				standby: it,
				manifests: [deployment("web", 5), configMap()],
			}),
		);
	const untilStandby = (count: number) =>
		until(`${count} replicas in south`, async () => {
			return (await replicas(world.south, "form")) === count;
		});

	it("Cold, a percentage, a number, and Cold again: only the standby side notices", async () => {
		await apply(world.hub, namespace("form"));
		await standby({ mode: "Cold" });
		await untilPlaced(world, "form");
		const before = (await pods(world.north, "form")).map(uid).toSorted();
		await standby({ mode: "Hot", replicas: "50%" });
		await untilStandby(3);
		await untilPlaced(world, "form");
		expect(await pods(world.south, "form")).toHaveLength(3);
		await standby({ mode: "Hot", replicas: 1 });
		await untilStandby(1);
		await standby({ mode: "Cold" });
		await untilStandby(0);
		await untilPlaced(world, "form");
		expect(await pods(world.south, "form")).toEqual([]);
		const after = (await pods(world.north, "form")).map(uid).toSorted();
		expect(after).toEqual(before);
	});
});
