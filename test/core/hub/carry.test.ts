/** A promotion under load: as many replicas as ran on the other side. */
import { beforeEach, expect, it } from "vitest";
import { type Resource, resourceOf } from "../../../src/api/kind.ts";
import { DEPLOYMENT, said, serviceObject } from "./objects.ts";
import { World } from "./world.ts";

const HPA = resourceOf("autoscaling/v2", "HorizontalPodAutoscaler") as Resource;
const SCALER = {
	apiVersion: "autoscaling/v2",
	kind: "HorizontalPodAutoscaler",
	metadata: { name: "web" },
	spec: {
		scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
		minReplicas: 2,
		maxReplicas: 9,
	},
};
let world: World;

const scale = (replicas: number) =>
	world.person.north.request({
		verb: "merge",
		resource: DEPLOYMENT,
		...{ namespace: "shop", name: "web", timeoutMs: 1_000 },
		body: { spec: { replicas } },
	});

beforeEach(async () => {
	world = await World.start();
	const { spec } = serviceObject();
	const { manifests } = spec as { manifests: unknown[] };
	const service = serviceObject({ manifests: [...manifests, SCALER] });
	await world.serving(service);
	expect((await world.side("north"))?.status?.lastActive).toBeUndefined();
	await scale(5);
	await world.until("told", async () => {
		const [it] = (await world.side("north"))?.status?.lastActive ?? [];
		return it?.replicas === 5;
	});
});

it("planned: the same number, and the autoscaler goes with it", async () => {
	await world.operate("move", { type: "Switchover" });
	await world.until("complete", async () => {
		const { status } = (await world.operation("move")) ?? {};
		return said(status?.conditions, "Complete").startsWith("True");
	});
	expect(await world.replicas("south")).toBe(5);
	expect(await world.replicas("north")).toBe(0);
	expect(await world.get("south", HPA, "web")).toBeDefined();
	expect(await world.get("north", HPA, "web")).toBeUndefined();
});

it("after a loss: the number that was seen last", async () => {
	world.planes.north.die();
	await world.until("promoted", async () => {
		return (await world.side("south"))?.status?.role === "Active";
	});
	await world.until("started", async () => {
		return (await world.replicas("south")) === 5;
	});
});

it("an autoscaler that has calmed down is believed, too", async () => {
	await scale(3);
	await world.until("told", async () => {
		const [it] = (await world.side("north"))?.status?.lastActive ?? [];
		return it?.replicas === 3;
	});
});
