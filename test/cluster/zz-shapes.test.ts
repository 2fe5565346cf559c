/** Every write of the operator, in a life with all its turns, is one that the contract has tried. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { shapesIn, strangeShapes } from "../contract/shapes.ts";
import { operate, untilRole } from "./move.ts";
import {
	apply,
	deployment,
	isTrue,
	openWorld,
	pathOf,
	place,
	service,
	side,
	twinService,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

const NS = "shapes";
let world: World;

beforeAll(async () => {
	world = await openWorld({ cluster: { audit: true } });
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

const autoscaler: KubeObject = {
	apiVersion: "autoscaling/v2",
	kind: "HorizontalPodAutoscaler",
	metadata: { name: "web" },
	spec: {
		maxReplicas: 5,
		scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
	},
};

const cronJob: KubeObject = {
	apiVersion: "batch/v1",
	kind: "CronJob",
	metadata: { name: "tick" },
	spec: {
		schedule: "* * * * *",
		jobTemplate: {
			spec: {
				template: {
					spec: {
						restartPolicy: "Never",
						containers: [{ name: "c", image: "busybox" }],
					},
				},
			},
		},
	},
};

it("sends no write whose shape the contract does not know", async () => {
	const web = deployment("web", 3);
	const labelled = { ...web, metadata: { name: "web", labels: { gone: "1" } } };
	const manifests = [labelled, autoscaler, cronJob];
	await place(world, NS, twinService(NS, { manifests }));
	const { metadata } = twinService(NS);
	await apply(world.hub, twinService(NS, { manifests: [web] }));
	await untilService(world, NS, "the change to arrive", (it) =>
		isTrue(it, "Synced"),
	);
	const moved = await operate(world, NS, "there", {});
	expect(isTrue(moved, "Complete"), JSON.stringify(moved.status)).toBe(true);
	await untilPlaced(world, NS);
	await world.south.die();
	await untilRole(world.north, NS, "Active");
	await world.south.revive();
	await untilRole(world.south, NS, "Standby");
	await untilPlaced(world, NS);
	await world.hub.request("DELETE", pathOf.service(NS, metadata.name ?? ""));
	await until("the service and its sides to be gone", async () => {
		const left = await Promise.all([
			service(world, NS),
			side(world.north, NS),
			side(world.south, NS),
		]);
		return left.every((it) => it === undefined);
	});
	const clusters = [world.hub, world.north, world.south];
	const log = clusters.flatMap((it) => it.auditLog());
	// What must be there, so that an empty log does not pass.
	expect([...shapesIn(log)]).toEqual(
		expect.arrayContaining([
			"apply manifest dryRun force",
			"apply manifest force",
			"create side",
			"delete manifest",
			"delete side",
			"json manifest",
			"merge service status",
			"merge side status",
		]),
	);
	expect(strangeShapes(log)).toEqual([]);
}, 600_000);
