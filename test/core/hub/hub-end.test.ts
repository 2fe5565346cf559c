/** How services, regions and hubs end, and what is refused. */
import { describe, expect, it } from "vitest";
import {
	NAMESPACE,
	SECRET,
	TWIN_CLUSTER,
	TWIN_SERVICE,
	TWIN_SIDE,
} from "../../../src/api/kind.ts";
import {
	DEPLOYMENT,
	OPERATOR_NAMESPACE,
	said,
	serviceObject,
} from "./objects.ts";
import { World } from "./world.ts";

const gone = (world: World) => async () =>
	(await world.service()) === undefined;

describe("deletion", () => {
	it("cleans up both regions", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.remove(TWIN_SERVICE, "web");
		await world.until("gone", gone(world));
		for (const region of ["north", "south"] as const) {
			expect(await world.side(region)).toBeUndefined();
			expect(await world.get(region, DEPLOYMENT, "web")).toBeUndefined();
			expect(await world.get(region, NAMESPACE, "shop")).toBeDefined();
		}
	});

	it("leaves everything running and unowned with Orphan", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.patch("web", { spec: { deletionPolicy: "Orphan" } });
		const pods = await world.podUids("north");
		await world.remove(TWIN_SERVICE, "web");
		await world.until("gone", gone(world));
		expect(await world.side("north")).toBeUndefined();
		const left = await world.get("north", DEPLOYMENT, "web");
		expect(left?.metadata.ownerReferences ?? []).toEqual([]);
		await world.clock.advance(10_000);
		expect(await world.podUids("north")).toEqual(pods);
	});

	it("is held by a region that does not answer, until it is let go of", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		world.planes.south.die();
		await world.clock.advance(30_000);
		await world.remove(TWIN_SERVICE, "web");
		await world.clock.advance(60_000);
		expect(await world.message("Ready")).toContain("let-go=south");
		expect(await world.side("north")).toBeUndefined();
		const uid = (await world.service())?.status?.clusters?.find(
			(it) => it.name === "south",
		)?.uid;
		await world.patch("web", {
			metadata: { annotations: { "twin-operator.dev/let-go": "south" } },
		});
		await world.until("gone", gone(world));
		expect(
			(await world.twinCluster("south"))?.status?.pendingDeletions,
		).toEqual([{ namespace: "shop", name: "web", uid }]);
		world.planes.south.revive();
		await world.until(
			"removed when it is back",
			async () => (await world.side("south")) === undefined,
		);
		await world.until(
			"forgotten",
			async () =>
				(await world.twinCluster("south"))?.status?.pendingDeletions ===
				undefined,
		);
	});

	it("of a TwinCluster is held while a service names it", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.clock.advance(2_000);
		await world.remove(TWIN_CLUSTER, "south");
		await world.clock.advance(5_000);
		const cluster = await world.twinCluster("south");
		expect(said(cluster?.status?.conditions, "Ready")).toBe("False InUse");
		expect(await world.condition("Ready")).toBe("True Serving");
		await world.remove(TWIN_SERVICE, "web");
		await world.until("gone", gone(world));
		await world.until(
			"let go",
			async () => (await world.twinCluster("south")) === undefined,
		);
		expect(await world.side("south")).toBeUndefined();
	});
});

describe("a rebuilt hub", () => {
	it("learns who is active before it writes, and nothing restarts", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.operate("there", { type: "Switchover" });
		await world.until(
			"moved",
			async () =>
				(await world.roles()) === "Standby/2 Active/1" &&
				(await world.condition("Ready")) === "True Serving",
		);
		await world.clock.advance(20_000);
		const pods = await world.podUids("south");
		await world.rebuildHub([serviceObject()]);
		await world.until(
			"ready",
			async () => (await world.condition("Ready")) === "True Serving",
		);
		await world.clock.advance(60_000);
		expect(await world.roles()).toBe("Standby/2 Active/1");
		expect(await world.podUids("south")).toEqual(pods);
		expect(world.writes.filter((it) => it.cluster !== "hub")).toEqual([]);
		const status = (await world.service())?.status;
		expect(status).toMatchObject({ activeCluster: "south", epoch: 3 });
		expect(status?.lastTransition).toBeUndefined();
	});

	it("takes a region that it cannot read for neither empty nor lost", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		world.planes.north.die();
		await world.rebuildHub([serviceObject()]);
		await world.clock.advance(120_000);
		expect((await world.side("south"))?.status).toMatchObject({
			role: "Standby",
			epoch: 0,
		});
		expect(await world.condition("PromotionNeeded")).toBe(
			"True PromotionNeeded",
		);
		expect(world.writes.filter((it) => it.cluster === "south")).toEqual([]);
		await world.operate("go", {
			type: "Failover",
			to: "south",
			acknowledgeDataLoss: true,
			ifEpoch: (await world.service())?.status?.epoch,
		});
		await world.until(
			"promoted",
			async () => (await world.side("south"))?.status?.role === "Active",
		);
		world.planes.north.revive();
		await world.until(
			"standby",
			async () => (await world.roles()) === "Standby/2 Active/1",
		);
	});

	it("reports sides without a TwinService, and deletes none", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.rebuildHub([]);
		await world.until("said", async () => {
			const cluster = await world.twinCluster("north");
			return said(cluster?.status?.conditions, "Stalled") === "True Unclaimed";
		});
		await world.clock.advance(60_000);
		expect(await world.roles()).toBe("Active/1 Standby/0");
		expect(await world.replicas("north")).toBe(2);
	});
});

describe("what is wrong", () => {
	const refused = async (spec: object): Promise<World> => {
		const world = await World.start();
		await world.create(TWIN_SERVICE, serviceObject(spec));
		await world.clock.advance(5_000);
		return world;
	};

	it("an unknown cluster", async () => {
		const world = await refused({
			clusters: [{ name: "north" }, { name: "west" }],
		});
		expect(await world.condition("Stalled")).toBe("True UnknownCluster");
		expect(await world.side("north")).toBeUndefined();
	});

	it("a patch that does not fit", async () => {
		const target = { kind: "ConfigMap", name: "web" };
		const ops = [{ op: "replace", path: "/data/nothing/here", value: "x" }];
		const world = await refused({
			clusters: [
				{ name: "north" },
				{ name: "south", patches: [{ target, ops }] },
			],
		});
		expect(await world.condition("Stalled")).toBe("True PatchFailed");
		expect(await world.message("Stalled")).toContain(
			"spec.clusters[1].patches[0]",
		);
	});

	it("a manifest of the wrong type: nothing is applied anywhere", async () => {
		const manifests = structuredClone(
			(serviceObject().spec as { manifests: { spec?: object }[] }).manifests,
		);
		Object.assign(manifests[0]?.spec ?? {}, { replicas: "three" });
		const world = await refused({ manifests });
		expect(await world.condition("Stalled")).toBe("True DryRunRefused");
		expect(await world.side("north")).toBeUndefined();
		await world.patch("web", { spec: serviceObject().spec });
		await world.until(
			"ready",
			async () => (await world.condition("Ready")) === "True Serving",
		);
	});

	it("a Secret that is missing, empty or no kubeconfig; a corrected one is taken", async () => {
		const world = new World();
		await world.register();
		await world.remove(TWIN_CLUSTER, "north");
		await world.cluster("north");
		world.startHub();
		const stalled = async () =>
			said((await world.twinCluster("north"))?.status?.conditions, "Stalled");
		const secret = async (kubeconfig: string | undefined) => {
			await world.person.hub.request({
				verb: "delete",
				resource: SECRET,
				namespace: OPERATOR_NAMESPACE,
				name: "north",
				timeoutMs: 1_000,
			});
			if (kubeconfig !== undefined) await world.secret("north", kubeconfig);
			await world.clock.advance(5_000);
		};
		for (const bad of [undefined, "", "garbage"]) {
			await secret(bad);
			if (bad === undefined) {
				// A connection that works is kept until there is a better one.
				await world.stopHub();
				world.startHub();
				await world.clock.advance(5_000);
			}
			expect(await stalled()).toBe("True CredentialsInvalid");
		}
		await secret("north");
		expect(await stalled()).toBe("False NotStalled");
	});

	it("two TwinClusters over one cluster, and a third one", async () => {
		const world = new World();
		await world.register();
		await world.cluster("west");
		await world.secret("west", "north");
		world.startHub();
		await world.clock.advance(5_000);
		const west = await world.twinCluster("west");
		expect(said(west?.status?.conditions, "Stalled")).toBe(
			"True OnePairPerHub",
		);
		await world.remove(TWIN_CLUSTER, "south");
		await world.clock.advance(5_000);
		expect(
			said((await world.twinCluster("west"))?.status?.conditions, "Stalled"),
		).toBe("True SameCluster");
	});

	it("sides of another installation", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		const { metadata, spec } = (await world.side("north")) ?? {};
		await world.person.south.request({
			verb: "create",
			resource: TWIN_SIDE,
			namespace: "shop",
			body: {
				apiVersion: "twin-operator.dev/v1alpha1",
				kind: "TwinSide",
				metadata: {
					name: "other",
					namespace: metadata?.namespace,
					labels: { "twin-operator.dev/installation": "elsewhere" },
				},
				spec,
			},
			timeoutMs: 1_000,
		});
		await world.create(TWIN_SERVICE, serviceObject({}, "other"));
		await world.clock.advance(5_000);
		const south = await world.twinCluster("south");
		expect(said(south?.status?.conditions, "Stalled")).toBe(
			"True ForeignInstallation",
		);
		expect(await world.condition("Stalled", "other")).toBe(
			"True ForeignInstallation",
		);
		expect(await world.side("north", "other")).toBeUndefined();
	});
});
