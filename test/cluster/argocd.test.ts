/**
 * GitOps with a real Argo CD: what it makes of TwinClusters and TwinServices
 * in Git, all the time with auto-sync and self-heal, through a lost region and
 * back. Argo CD compares every five seconds.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeRun } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import {
	applyApplicationSet,
	follower,
	untilFollower,
	untilGenerated,
} from "./argocd-follower.ts";
import {
	type Application,
	application,
	applicationIn,
	exampleService,
	ignoringSuspend,
	inWave,
	pasted,
	regions,
} from "./argocd-objects.ts";
import { changesOf, type Recording, record } from "./argocd-watch.ts";
import {
	type GitOps,
	healthOf,
	openGitOps,
	operations,
	syncedAt,
	syncOf,
	untilNowhere,
} from "./argocd-world.ts";
import { personWith } from "./command.ts";
import { roleIn } from "./move.ts";
import {
	apply,
	condition,
	configMap,
	namespace,
	service,
	twinCluster,
	twinService,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

let ops: GitOps;
let world: World;

beforeAll(async () => {
	ops = await openGitOps();
	world = ops.world;
});
afterAll(async () => {
	await ops?.stop();
	await closeRun();
});

/** Delivered in three ways, and with three policies. */
const SERVER_SIDE = ["ServerSideApply=true", "Prune=confirm", "Delete=confirm"];
const web = () => exampleService({ mode: "Hot", replicas: "50%" });
const manual = (spec: object = {}) => {
	const promotion = { policy: "Manual" } as const;
	return twinService("plain", { promotion, manifests: pasted(), ...spec });
};

describe("the first sync", () => {
	it("an ApplicationSet makes nothing of a service that is active nowhere yet", async () => {
		ops.git.commit({
			"edge/edge.yaml": [twinService("argocd", {}, [], "edge")],
			"edge-follower/edge.yaml": [configMap("follower")],
		});
		await apply(world.hub, application(ops.git.url, "edge", []));
		const synced = await ops.untilApp("edge", "synced", (it) => {
			return syncOf(it) === "Synced" && healthOf(it) !== "Healthy";
		});
		expect(healthOf(synced)).toBe("Progressing");
		await applyApplicationSet(ops);
		await untilGenerated(ops);
		expect(await applicationIn(world.hub, "edge-follower")).toBeUndefined();
	});

	it("waves: TwinServices wait until the TwinClusters before them are healthy", async () => {
		ops.git.commit({
			"shop/regions.yaml": regions().map((it) => inWave(1, it)),
			"shop/web.yaml": [namespace("shop"), inWave(2, web())],
		});
		const { hub } = world;
		await apply(hub, application(ops.git.url, "shop", SERVER_SIDE));
		const said = "waiting for healthy state of twin-operator.dev/TwinCluster/";
		const waiting = await ops.untilApp(
			"shop",
			"waiting",
			({ status }) => status?.operationState?.message?.includes(said) === true,
		);
		expect(healthOf(waiting)).toBe("Progressing");
		expect(await twinCluster(world, "south")).toBeDefined();
		expect(await service(world, "shop")).toBeUndefined();
		const recording = await record(hub, "shop");
		world.restartOperator();
		// `argocd app wait` ends, and not before the service serves.
		await ops.wait("shop");
		const it = await service(world, "shop");
		expect(condition(it, "Ready")?.reason).toBe("Serving");
		expect(await roleIn(world.north, "shop")).toBe("Active 1");
		const seen = await recording.stop();
		// Between two waves all that is there is healthy; hence also earlier.
		expect(changesOf(seen, healthOf).slice(-2)).toEqual([
			"Progressing",
			"Healthy",
		]);
		expect(changesOf(seen, syncOf)).toEqual(["OutOfSync", "Synced"]);
	});

	it("without ServerSideApply it is Synced and Healthy as well", async () => {
		ops.git.commit({
			"plain/web.yaml": [namespace("plain"), manual()],
		});
		await apply(world.hub, application(ops.git.url, "plain", []));
		await ops.wait("plain");
		expect(await roleIn(world.north, "plain")).toBe("Active 1");
	});

	it("the ApplicationSet puts its Application where the service is active", async () => {
		await ops.wait("edge");
		await untilFollower(ops, world.north);
		expect(await follower(world.south)).toBeUndefined();
	});
});

describe("a region is lost, and comes back", () => {
	let recordings: Record<"shop" | "plain", Recording<Application>>;

	beforeAll(async () => {
		recordings = {
			shop: await record(world.hub, "shop"),
			plain: await record(world.hub, "plain"),
		};
		await world.north.kill();
	});

	it("Available: promoted, and Degraded for as long as nothing could take over", async () => {
		await untilService(world, "shop", "the service to be in south", (it) => {
			const is = condition(it, "Available")?.status === "True";
			return is && it.status?.activeCluster === "south";
		});
		await ops.untilApp("shop", "Degraded", (it) => healthOf(it) === "Degraded");
		expect(await roleIn(world.south, "shop")).toBe("Active 1");
	});

	it("Manual: the action failover creates what kubectl twin failover does", async () => {
		await untilService(world, "plain", "a person to be asked", (it) =>
			Boolean(condition(it, "PromotionNeeded")),
		);
		await ops.act("plain", "failover");
		await untilService(world, "plain", "the service to be in south", (it) => {
			const is = condition(it, "Available")?.status === "True";
			return is && it.status?.activeCluster === "south";
		});
		const [made] = await operations(world, "plain");
		expect(made?.spec).toEqual({
			type: "Failover",
			service: "web",
			to: "south",
			ifEpoch: 1,
			acknowledgeDataLoss: true,
		});
	});

	it("the ApplicationSet's Application moves with the service", async () => {
		await untilFollower(ops, world.south);
	});

	it("all is Healthy again, and Argo CD has neither seen a difference nor written", async () => {
		await world.north.restart();
		for (const name of ["shop", "plain"] as const) {
			await untilPlaced(world, name);
			const now = await ops.wait(name);
			const seen = await recordings[name].stop();
			expect(changesOf(seen, syncOf)).toEqual(["Synced"]);
			expect(changesOf(seen, syncedAt)).toEqual([syncedAt(now)]);
			const health = changesOf(seen, healthOf);
			expect([health.at(0), health.at(-1)]).toEqual(["Healthy", "Healthy"]);
			expect(health).toContain("Degraded");
			expect((await service(world, name))?.status?.activeCluster).toBe("south");
		}
	});
});

describe("actions", () => {
	/** And it was compared since. */
	async function untilSuspended(app: string): Promise<void> {
		await ops.untilApp(app, "Suspended", (it) => {
			return healthOf(it) === "Suspended" && syncOf(it) === "Synced";
		});
		await ops.untilCompared(app);
	}

	it("failback creates what kubectl twin failback does, and nothing takes it back", async () => {
		const recording = await record(world.hub, "shop");
		await ops.act("shop", "failback");
		const person = personWith([world.hub], "plain");
		const { code, err } = await person.twin(["failback", "web"]);
		expect(code, err).toBe(0);
		for (const ns of ["shop", "plain"])
			await untilService(
				world,
				ns,
				"the service to be back",
				({ status }) => status?.activeCluster === "north",
			);
		const [ours, theirs] = [
			(await operations(world, "plain")).at(-1),
			(await operations(world, "shop")).at(-1),
		];
		expect(theirs?.spec).toEqual(ours?.spec);
		await untilPlaced(world, "shop");
		const now = await ops.wait("shop");
		const seen = await recording.stop();
		expect(changesOf(seen, syncOf)).toEqual(["Synced"]);
		expect(changesOf(seen, syncedAt)).toEqual([syncedAt(now)]);
	});

	it("suspend and resume last where Git does not name the field", async () => {
		await ops.act("shop", "suspend");
		await untilSuspended("shop");
		expect((await service(world, "shop"))?.spec.suspend).toBe(true);
		await ops.act("shop", "resume");
		expect(syncOf(await ops.wait("shop"))).toBe("Synced");
		expect((await service(world, "shop"))?.spec.suspend).toBe(false);
	});

	it("where Git names it, self-heal takes suspend back, until it is told to ignore it", async () => {
		const file = "plain/web.yaml";
		await ops.push("plain", {
			[file]: [namespace("plain"), manual({ suspend: false })],
		});
		const before = syncedAt(await ops.wait("plain"));
		await ops.act("plain", "suspend");
		await ops.untilApp("plain", "synced anew", (it) => syncedAt(it) !== before);
		await ops.wait("plain");
		expect((await service(world, "plain"))?.spec.suspend).toBe(false);
		await apply(
			world.hub,
			ignoringSuspend(application(ops.git.url, "plain", [])),
		);
		await ops.untilCompared("plain");
		await ops.act("plain", "suspend");
		await untilSuspended("plain");
		expect((await service(world, "plain"))?.spec.suspend).toBe(true);
		await ops.act("plain", "resume");
		await ops.wait("plain");
	});
});

describe("deletion", () => {
	it("a service that is gone from Git goes from the hub and both regions", async () => {
		await ops.push("plain", { "plain/web.yaml": [namespace("plain")] });
		await untilNowhere(world, "plain");
		await ops.wait("plain");
	});

	it("with Prune=confirm it runs on until a person has confirmed it", async () => {
		await ops.push("shop", { "shop/web.yaml": [namespace("shop")] });
		await ops.untilApp("shop", "waiting for a person", ({ status }) =>
			Boolean(status?.operationState?.message?.includes("confirm")),
		);
		expect(await roleIn(world.north, "shop")).toMatch(/^Active/);
		await ops.argocd.cli("app", "confirm-deletion", "shop");
		await untilNowhere(world, "shop");
	});

	it("of an Application takes all that it delivered, services before regions", async () => {
		await ops.push("shop", {
			"shop/web.yaml": [namespace("shop"), inWave(2, web())],
		});
		await untilPlaced(world, "shop");
		await ops.wait("shop");
		await ops.argocd.cli("app", "delete", "edge", "--yes");
		await ops.argocd.cli("app", "delete", "shop", "--yes");
		await ops.argocd.cli("app", "confirm-deletion", "shop");
		await until(
			"the Applications to be gone",
			async () => {
				const names = ["edge", "shop"];
				const left = names.map((it) => applicationIn(world.hub, it));
				return (await Promise.all(left)).every((it) => it === undefined);
			},
			{ timeoutMs: 150_000 },
		);
		// Nobody could have cleaned a region that was not registered any more.
		await untilNowhere(world, "shop");
		expect(await service(world, "argocd", "edge")).toBeUndefined();
		for (const name of ["north", "south"])
			expect(await twinCluster(world, name)).toBeUndefined();
	});
});
