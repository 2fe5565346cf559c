/** A region burns down and comes back: what each policy makes of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeRun } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { asOperator, mark, told, writes } from "./audit.ts";
import {
	events,
	failover,
	operate,
	pods,
	roleIn,
	seconds,
	uid,
} from "./move.ts";
import {
	apply,
	condition,
	configMap,
	deployment,
	get,
	isTrue,
	namespace,
	openWorld,
	pathOf,
	place,
	replicas,
	service,
	twinCluster,
	twinService,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

/** D_p of the profile Fast is 11.2. */
const LOSS_SECONDS = 11.2;
let world: World;

beforeAll(async () => {
	world = await openWorld({
		cluster: { audit: true },
		kubeconfigOf: asOperator,
	});
	const policy = (ns: "manual" | "exclusive") =>
		twinService(ns, {
			promotion: { policy: ns === "manual" ? "Manual" : "Exclusive" },
		});
	await Promise.all([
		place(world, "available"),
		place(world, "manual", policy("manual")),
		apply(world.hub, namespace("exclusive"), policy("exclusive")),
		place(
			world,
			"elsewhere",
			twinService("elsewhere", {
				clusters: [{ name: "south" }, { name: "north" }],
			}),
		),
	]);
	await untilService(world, "exclusive", "an Exclusive start", (it) =>
		isTrue(it, "Available"),
	);
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

describe("the active region is killed", () => {
	let stayed: Awaited<ReturnType<typeof pods>>;

	beforeAll(async () => {
		stayed = await pods(world.south, "elsewhere");
		await world.north.kill();
	});

	it("Available: promoted after D, and not before", async () => {
		const { status } = await untilService(
			world,
			"available",
			"the service to be ready in south",
			(it) =>
				it.status?.lastTransition?.readyAt !== undefined &&
				it.status.activeCluster === "south",
		);
		const move = status?.lastTransition;
		expect(move).toMatchObject({
			kind: "Failover",
			from: "north",
			to: "south",
			epoch: 2,
			reason: "Unreachable",
		});
		expect(move?.fencedAt, "nobody saw the old side stop").toBeUndefined();
		expect(seconds(move?.lostAt, move?.activatedAt)).toBeGreaterThanOrEqual(
			LOSS_SECONDS,
		);
		expect(seconds(move?.activatedAt, move?.readyAt)).toBeGreaterThanOrEqual(0);
		expect(move?.recoverySeconds).toBeCloseTo(
			seconds(move?.lostAt, move?.readyAt),
		);
		expect(move?.recoverySeconds).toBeLessThan(60);
		expect(status?.history?.map((it) => it.kind)).toEqual([
			"Failover",
			"Creation",
		]);
		expect(await replicas(world.south, "available")).toBe(2);
		expect(await roleIn(world.south, "available")).toBe("Active 1");
	});

	it("Available: an Event and a line of the log say so", async () => {
		const event = await until("the Event", async () =>
			(await events(world, "available")).find((it) =>
				it.message.startsWith("Failover"),
			),
		);
		expect(event.message).toContain("south is active");
		expect(event.message).toContain("Unreachable");
		const said = world.operator.lines.find((line) => {
			const it = JSON.parse(line) as Record<string, unknown>;
			return it.namespace === "available" && it.msg === event.message;
		});
		expect(said, "the same words in the log").toBeDefined();
	});

	it("Available: the loss is told on the service and on the region", async () => {
		const it = await service(world, "available");
		expect(condition(it, "Redundant")).toMatchObject({
			status: "False",
			reason: "Unreachable",
		});
		expect(condition(it, "Available")?.status).toBe("True");
		const north = await twinCluster(world, "north");
		expect(condition(north, "Reachable")).toMatchObject({
			status: "False",
			reason: "Unreachable",
		});
	});

	it("a service that is active in the other region does not notice", async () => {
		const it = await service(world, "elsewhere");
		expect(it?.status).toMatchObject({ activeCluster: "south", epoch: 1 });
		expect((await pods(world.south, "elsewhere")).map(uid)).toEqual(
			stayed.map(uid),
		);
	});

	it("Exclusive: nothing moves, and it says what a person can do", async () => {
		const it = await untilService(
			world,
			"exclusive",
			"the loss to be told",
			(it) => isTrue(it, "Stalled"),
		);
		expect(condition(it, "Stalled")?.reason).toBe("NoFencing");
		expect(condition(it, "Redundant")).toMatchObject({
			status: "False",
			reason: "NoFencing",
		});
		expect(condition(it, "Stalled")?.message).toContain("type: Failover");
		expect(it.status).toMatchObject({ activeCluster: "north", epoch: 1 });
		expect(await roleIn(world.south, "exclusive")).toBe("Standby 0");
		expect(await replicas(world.south, "exclusive")).toBe(0);
	});

	it("Manual: asks a person, and nothing moves meanwhile", async () => {
		const it = await untilService(world, "manual", "PromotionNeeded", (it) =>
			isTrue(it, "PromotionNeeded"),
		);
		const { message } = condition(it, "PromotionNeeded") ?? {};
		expect(message).toContain("type: Failover, service: web, to: south");
		expect(message).toContain("ifEpoch: 1, acknowledgeDataLoss: true");
		await until("its Event", async () =>
			(await events(world, "manual")).find(
				({ reason }) => reason === "PromotionNeeded",
			),
		);
		expect(await roleIn(world.south, "manual")).toBe("Standby 0");
		expect(await replicas(world.south, "manual")).toBe(0);
	});

	it("Manual: a Failover that names an old epoch is refused", async () => {
		const old = await operate(world, "manual", "late", failover(0));
		expect(condition(old, "Failed")).toMatchObject({
			status: "True",
			reason: "EpochMovedOn",
		});
		expect(await roleIn(world.south, "manual")).toBe("Standby 0");
	});

	it("Manual: a Failover that names the epoch of now promotes", async () => {
		const done = await operate(world, "manual", "now", failover(1));
		expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
		expect(done.status).toMatchObject({ from: "north", to: "south" });
		const { status } = await untilService(
			world,
			"manual",
			"the service to be ready in south",
			(it) => isTrue(it, "Available"),
		);
		expect(status).toMatchObject({
			activeCluster: "south",
			epoch: 2,
			lastTransition: { kind: "Failover", operation: "now" },
		});
		expect(status?.conditions?.map((it) => it.type)).not.toContain(
			"PromotionNeeded",
		);
		expect(await replicas(world.south, "manual")).toBe(2);
	});

	it("a new version reaches the region that is left", async () => {
		await apply(
			world.hub,
			twinService("available", {
				manifests: [deployment("web", 3), configMap("web", { key: "new" })],
			}),
		);
		await until("three replicas in south", async () => {
			return (await replicas(world.south, "available")) === 3;
		});
	});

	it("SIGTERM ends the operator at once all the same", async () => {
		const asked = performance.now();
		expect(await world.operator.stop()).toBe(0);
		expect(performance.now() - asked).toBeLessThan(10_000);
		world.restartOperator();
		await untilService(world, "available", "the operator to be back", (it) =>
			isTrue(it, "Available"),
		);
	});
});

describe("the lost region comes back with what it had", () => {
	let since: number;

	beforeAll(async () => {
		since = mark(world.north);
		await world.north.restart();
		await untilPlaced(world, "available");
		await untilPlaced(world, "manual");
	});

	it("its superseded sides are standby, without pods, and nothing moves back", async () => {
		for (const ns of ["available", "manual"]) {
			expect(await roleIn(world.north, ns)).toBe("Standby 2");
			expect(await replicas(world.north, ns)).toBe(0);
			expect(await pods(world.north, ns)).toEqual([]);
			expect((await service(world, ns))?.status).toMatchObject({
				activeCluster: "south",
				epoch: 3,
				lastTransition: { kind: "Failover", to: "south" },
			});
		}
	});

	it("the role was written before anything else there", async () => {
		// Just started, the API server refuses for a moment what it lets pass then.
		const taken = writes(world.north, since, "available").filter(
			(it) => (it.responseStatus?.code ?? 500) < 300,
		);
		const role = taken.findIndex((it) => told(it) === "patch twinsides/status");
		expect(role).toBeGreaterThan(0);
		for (const it of taken.slice(0, role)) {
			expect(told(it)).toBe("patch twinsides");
			const { spec } = it.requestObject as { spec: object };
			expect(Object.keys(spec)).toEqual(["wish"]);
		}
		const rest = taken.slice(role).map(told);
		expect(rest).toContain("patch deployments");
		expect(rest).toContain("patch configmaps");
	});

	it("it got the version that it missed, and nothing was deleted", async () => {
		const { data } = (await get<{ data: object }>(
			world.north,
			pathOf.configMap("available", "web"),
		)) ?? { data: {} };
		expect(data).toEqual({ key: "new" });
		const verbs = writes(world.north, since).map((it) => it.verb);
		expect(verbs).not.toContain("delete");
		expect(verbs).not.toContain("deletecollection");
	});

	it("Exclusive: it goes on where it was, untouched", async () => {
		const it = await untilService(
			world,
			"exclusive",
			"Exclusive to serve",
			(it) => isTrue(it, "Available") && isTrue(it, "Synced"),
		);
		expect(it.status).toMatchObject({ activeCluster: "north", epoch: 1 });
		expect(writes(world.north, since, "exclusive").map(told)).not.toContain(
			"patch deployments",
		);
	});
});
