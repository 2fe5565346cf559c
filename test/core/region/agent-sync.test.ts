/** The agent brings a region's objects in line with its TwinSides, over an embedded control plane. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { claim, configMap, deployment, SEVEN } from "./fixture.ts";
import { CLAIM, CONFIG_MAP, DEPLOYMENT, SECRET } from "./kinds.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(async () => {
	world = await World.start();
});
afterEach(() => world.stop());

it("creates a standby side with one POST per object and one status write", async () => {
	await world.createSide({ objects: SEVEN });
	await world.until("stands by", () => world.is("True StandingBy"));
	await world.clock.advance(10_000);
	expect(world.writes().sort()).toEqual([
		"create ConfigMap",
		"create CronJob",
		"create Deployment",
		"create PodDisruptionBudget",
		"create Secret",
		"create Service",
		"merge TwinSide/status",
	]);
	expect(await world.replicas()).toBe(0);
	const side = await world.side();
	expect(side.status).toMatchObject({
		role: "Standby",
		epoch: 0,
		podsGoneEpoch: 0,
		hash: "h1",
		ready: 0,
		desired: 0,
	});
});

it("reads the TwinSide before it creates what may start pods (rule 18)", async () => {
	// So slow that a reading is old when its turn comes.
	world.link.latencyMs = 1_500;
	await world.createSide({ objects: SEVEN });
	await world.until("stands by", () => world.is("True StandingBy"));
	const order = world.calls
		.filter((it) => it.verb === "get" || it.verb === "create")
		.map((it) => `${it.verb} ${it.resource.kind}`);
	expect(order.indexOf("get TwinSide")).toBeLessThan(
		order.findIndex((it) => it.startsWith("create")),
	);
	const started = order.findIndex(
		(it) => it === "create Deployment" || it === "create CronJob",
	);
	expect(order[started - 1]).toBe("get TwinSide");
});

it("takes few turns, since its own writes surprise it not", async () => {
	await world.createSide({ objects: SEVEN });
	await world.until("stands by", () => world.is("True StandingBy"));
	await world.clock.advance(10_000);
	// One for the side, and what the controllers wrote into its workloads.
	expect(world.turns).toBeLessThanOrEqual(3);
});

it("reads again after a write without an answer, also when its watches show nothing", async () => {
	for (const kind of ["TwinSide", "ConfigMap"]) world.muted.add(kind);
	const lost = new Set<string>();
	world.swallow = (call) => {
		const what = `${call.verb} ${call.resource.kind}`;
		const first = world.muted.has(call.resource.kind) && !lost.has(what);
		const is = first && (call.verb === "create" || call.verb === "merge");
		if (is) lost.add(what);
		return is;
	};
	// Seen by a list, since watches are mute.
	await world.createSide({ objects: [configMap(), deployment()] });
	world.plane.breakWatches();
	await world.until("stands by", () => world.is("True StandingBy"));
	await world.clock.advance(30_000);
	expect([...lost].sort()).toEqual(["create ConfigMap", "merge TwinSide"]);
	expect(world.writes().sort()).toEqual([
		"create ConfigMap",
		"create Deployment",
		// That the outcome was not known, and how it ended.
		"merge TwinSide/status",
		"merge TwinSide/status",
	]);
});

it("writes a TwinSide only from the version that it decided on", async () => {
	await world.active({ objects: SEVEN, metadata: { finalizers: [] } });
	const merges = world.calls.filter(
		(it) => it.resource.kind === "TwinSide" && it.verb === "merge",
	);
	expect(merges.length).toBeGreaterThan(2);
	for (const { body } of merges) {
		expect(body).toMatchObject({
			metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
		});
	}
	expect((await world.side()).metadata.finalizers).toEqual([
		"twin-operator.dev/workloads",
	]);
});

it("writes nothing at rest and nothing after a restart", async () => {
	await world.active({ objects: SEVEN });
	world.calls.length = 0;
	await world.clock.advance(120_000);
	expect(world.writes()).toEqual([]);
	await world.restart();
	await world.clock.advance(120_000);
	expect(world.writes()).toEqual([]);
});

it("writes only what a changed manifest changes", async () => {
	await world.active({ objects: SEVEN });
	world.calls.length = 0;
	await world.patchSide({
		objects: [
			...SEVEN.slice(0, 1),
			configMap("settings", { colour: "red" }),
			...SEVEN.slice(2),
		],
		hash: "h2",
	});
	await world.until(
		"the new hash",
		async () => (await world.side()).status.hash === "h2",
	);
	await world.clock.advance(5_000);
	expect(world.writes()).toEqual([
		"json ConfigMap",
		"apply ConfigMap",
		"merge TwinSide/status",
	]);
});

it("takes away a field that the manifest drops, also one set at creation", async () => {
	await world.active({
		objects: [
			configMap("settings", { colour: "blue", size: "9" }),
			deployment(),
		],
	});
	await world.patchSide({ objects: [configMap(), deployment()], hash: "h2" });
	await world.until(
		"the key to go",
		async () =>
			!(await world.get(CONFIG_MAP, "settings"))?.data?.["size" as never],
	);
	expect((await world.get(CONFIG_MAP, "settings"))?.data).toEqual({
		colour: "blue",
	});
});

it("takes away a variable that a later manifest drops, after a change of role", async () => {
	const withEnv = (env: object[]) => {
		const object = deployment("web", 2);
		const containers = [{ name: "app", image: "app:1", env }];
		return {
			...object,
			spec: {
				...(object.spec as object),
				template: {
					metadata: { labels: { app: "web" } },
					spec: { containers },
				},
			},
		};
	};
	const two = [
		{ name: "A", value: "1" },
		{ name: "B", value: "2" },
	];
	await world.active({ objects: [withEnv(two)] });
	await world.patchSide({ objects: [withEnv(two.slice(0, 1))], hash: "h2" });
	await world.until(
		"the new hash",
		async () => (await world.side()).status.hash === "h2",
	);
	const { template } = await world.spec<{
		template: { spec: { containers: { env: unknown }[] } };
	}>(DEPLOYMENT, "web");
	expect(template.spec.containers[0]?.env).toEqual(two.slice(0, 1));
});

it("repairs drift within two seconds, and names only the path", async () => {
	await world.active({ objects: SEVEN });
	await world.merge(SECRET, "key", { data: { password: "b2g=" } });
	await world.merge(DEPLOYMENT, "web", {
		spec: { template: { spec: { restartPolicy: "Always" } } },
		metadata: { labels: { "twin-operator.dev/side": null } },
	});
	await world.clock.advance(2_000);
	expect((await world.get(SECRET, "key"))?.data).toEqual({
		password: Buffer.from("hunter2").toString("base64"),
	});
	expect((await world.get(DEPLOYMENT, "web"))?.metadata.labels).toMatchObject({
		"twin-operator.dev/side": "shop",
	});
	const line = world.lines.find((it) => it.message === "drift was repaired");
	expect(line?.fields).toMatchObject({ paths: ["data.password"] });
	expect(JSON.stringify(world.lines)).not.toContain("hunter2");
});

it("creates again what somebody deleted, and repairs a scaling by hand", async () => {
	await world.active({ objects: [deployment("web", 2), configMap()] });
	await world.delete(CONFIG_MAP, "settings");
	await world.merge(DEPLOYMENT, "web", { spec: { replicas: 7 } });
	await world.clock.advance(2_000);
	expect(await world.get(CONFIG_MAP, "settings")).toBeDefined();
	expect(await world.replicas()).toBe(2);
});

it("prunes what is dropped from the manifests, but never a claim", async () => {
	await world.active({ objects: [deployment(), configMap(), claim()] });
	await world.patchSide({ objects: [deployment()], hash: "h2" });
	await world.until(
		"the ConfigMap to go",
		async () => (await world.get(CONFIG_MAP, "settings")) === undefined,
	);
	await world.clock.advance(5_000);
	expect(await world.get(CLAIM, "data")).toBeDefined();
});

it("reads again after a write whose answer was lost, and writes it once", async () => {
	const lost = new Set<string>();
	world.swallow = (call) => {
		const what = `${call.verb} ${call.resource.kind}`;
		if (!["create", "apply", "merge"].includes(call.verb) || lost.has(what)) {
			return false;
		}
		lost.add(what);
		return true;
	};
	await world.createSide({ objects: [deployment("web", 2), configMap()] });
	await world.until("stands by", () => world.is("True StandingBy"));
	await world.wish("east", 0);
	await world.until("serves", () => world.is("True Serving"));
	expect([...lost].sort()).toEqual([
		"apply Deployment",
		"create ConfigMap",
		"create Deployment",
		"merge TwinSide",
	]);
	const writes = world.writes().filter((it) => !it.includes("TwinSide"));
	expect(writes.sort()).toEqual([
		"apply Deployment",
		"create ConfigMap",
		"create Deployment",
	]);
	expect((await world.side()).status).toMatchObject({
		role: "Active",
		epoch: 1,
	});
});
