/** Somebody else changes what runs in a region: repaired where it is ours, left alone where it is theirs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { at, autoscaler, edit, find, type Loose, remove } from "./kinds.ts";
import { operate, uid } from "./move.ts";
import {
	apply,
	configMap,
	deployment,
	isTrue,
	openWorld,
	pathOf,
	place,
	replicas,
	twinService,
	untilPlaced,
	type World,
} from "./world.ts";

const SIDE = "twin-operator.dev/side";
let world: World;
let regions: readonly RealCluster[];

const image = (version: number): KubeObject => {
	const it = deployment() as Loose;
	const name = `registry.example/web:${version}`;
	it.spec.template.spec.containers[0].image = name;
	return it;
};
const network: KubeObject = {
	apiVersion: "v1",
	kind: "Service",
	metadata: { name: "web" },
	spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
};
const untilReplicas = (it: RealCluster, ns: string, count: number) =>
	until(`${count} replicas in ${it.name}`, async () => {
		return (await replicas(it, ns)) === count;
	});

beforeAll(async () => {
	world = await openWorld();
	regions = [world.north, world.south];
	await Promise.all([
		place(world, "drift", twinService("drift", {}, [network])),
		place(world, "others"),
		place(world, "scaled", twinService("scaled", {}, [autoscaler()])),
	]);
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

describe("repaired", () => {
	it("a field that was edited, on either side", async () => {
		for (const region of regions) {
			const path = pathOf.configMap("drift", "web");
			await edit(region, path, { data: { key: "drift", more: "theirs" } });
			await until(`the ConfigMap in ${region.name}`, async () => {
				return (await find(region, "drift", "configmaps")).data.key === "value";
			});
			const { data } = await find(region, "drift", "configmaps");
			expect(data.more, "what they added is theirs").toBe("theirs");
		}
	});

	it("a field that was removed", async () => {
		const path = pathOf.configMap("drift", "web");
		await edit(world.south, path, { data: null });
		await until("the data", async () => {
			return (await find(world.south, "drift", "configmaps")).data?.key;
		});
	});

	it("a scaled workload, so that no standby side starts", async () => {
		const scale = (it: RealCluster, count: number) =>
			it.kubectl(
				`-n drift scale deployment/web --replicas=${count}`.split(" "),
			);
		await scale(world.south, 3);
		await untilReplicas(world.south, "drift", 0);
		await scale(world.north, 7);
		await untilReplicas(world.north, "drift", 2);
	});

	it.each(["configmaps", "services", "deployments"])(
		"deleted %s",
		async (plural) => {
			for (const region of regions) {
				const before = await find(region, "drift", plural);
				await remove(region, at("drift", plural, "web"));
				await until(`a new one in ${region.name}`, async () => {
					const it = await find(region, "drift", plural);
					return it !== undefined && uid(it) !== uid(before);
				});
			}
			await untilPlaced(world, "drift");
		},
	);

	it("an object whose label and owner were taken off", async () => {
		const path = pathOf.configMap("drift", "web");
		const labels = { [SIDE]: null };
		await edit(world.north, path, { metadata: { labels } });
		await until("the label", async () => {
			const { metadata } = await find(world.north, "drift", "configmaps");
			return metadata.labels[SIDE] === "web";
		});
		await edit(world.north, path, { metadata: { ownerReferences: null } });
		await until("the owner", async () => {
			const { metadata } = await find(world.north, "drift", "configmaps");
			return metadata.ownerReferences?.length === 1;
		});
	});
});

describe("left alone", () => {
	const sidecar = {
		...{ apiVersion: "apps/v1", kind: "Deployment" },
		metadata: { name: "web", annotations: { "example.com/note": "theirs" } },
		spec: {
			template: {
				metadata: { annotations: { "example.com/injected": "yes" } },
				spec: {
					containers: [{ name: "mesh", image: "registry.example/mesh:1" }],
				},
			},
		},
	};

	beforeAll(async () => {
		const how = "-n others apply --server-side --field-manager=injector -f -";
		await world.north.kubectl(how.split(" "), JSON.stringify(sidecar));
		const path = pathOf.deployment("others", "web");
		const labels = { "example.com/team": "red" };
		await edit(world.north, path, { metadata: { labels } });
	});

	const untouched = (it: Loose) => {
		expect(it.metadata.annotations["example.com/note"]).toBe("theirs");
		expect(it.metadata.labels["example.com/team"]).toBe("red");
		const { metadata, spec } = it.spec.template;
		expect(metadata.annotations["example.com/injected"]).toBe("yes");
		const names = spec.containers.map((c: Loose) => c.name);
		expect(names.toSorted()).toEqual(["mesh", "web"]);
	};

	it("annotations, labels and a sidecar of another manager, while drift beside them is repaired", async () => {
		const path = pathOf.deployment("others", "web");
		await edit(world.north, path, { spec: { replicas: 5 } });
		await untilReplicas(world.north, "others", 2);
		untouched(await find(world.north, "others", "deployments"));
	});

	it("and through a new version of our own", async () => {
		const manifests = [image(2), configMap()];
		await apply(world.hub, twinService("others", { manifests }));
		const live = await until("the new image", async () => {
			const it = await find(world.north, "others", "deployments");
			const own = it.spec.template.spec.containers.find(
				(c: Loose) => c.name === "web",
			);
			return own.image.endsWith(":2") && it;
		});
		untouched(live);
	});
});

describe("an autoscaler's number", () => {
	/** What an autoscaler does. */
	const scale = (count: number) =>
		edit(world.north, `${pathOf.deployment("scaled", "web")}/scale`, {
			spec: { replicas: count },
		});

	it("is not fought over", async () => {
		await untilReplicas(world.north, "scaled", 2);
		await scale(5);
		const path = pathOf.configMap("scaled", "web");
		await edit(world.north, path, { data: { key: "drift" } });
		await until("drift after it to be repaired", async () => {
			return (
				(await find(world.north, "scaled", "configmaps")).data.key === "value"
			);
		});
		expect(await replicas(world.north, "scaled")).toBe(5);
		expect(await replicas(world.south, "scaled")).toBe(0);
	});

	it("is carried through a new version", async () => {
		const manifests = [image(2), configMap(), autoscaler()];
		await apply(world.hub, twinService("scaled", { manifests }));
		await until("the new image", async () => {
			const { spec } = await find(world.north, "scaled", "deployments");
			return spec.template.spec.containers[0].image.endsWith(":2");
		});
		expect(await replicas(world.north, "scaled")).toBe(5);
		await untilPlaced(world, "scaled");
	});

	it("and to the other side", async () => {
		const done = await operate(world, "scaled", "move", {});
		expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
		expect(await replicas(world.south, "scaled")).toBe(5);
		const scaler = "horizontalpodautoscalers";
		expect(await find(world.south, "scaled", scaler)).toBeDefined();
		await until("no autoscaler in north", async () => {
			return (await find(world.north, "scaled", scaler)) === undefined;
		});
		expect(await replicas(world.north, "scaled")).toBe(0);
	});
});
