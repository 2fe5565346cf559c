/** What a region's API server says when it says no, or nothing sensible. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROFILES } from "../../src/core/profile.ts";
import { access } from "../clusters/install.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { roleIn } from "./move.ts";
import { type ApiProxy, type Meddle, pass, startProxy } from "./proxy.ts";
import {
	apply,
	condition,
	get,
	isTrue,
	openWorld,
	pathOf,
	place,
	service,
	twinCluster,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

const LOSS_MS = PROFILES.Fast.lossSeconds * 1_000;
const HOUR = 3_600_000;
const NS = "shop";
const USER = { user: "operator", groups: ["system:masters"] };

let world: World;
let north: ApiProxy;
let operator: number | undefined;

beforeAll(async () => {
	world = await openWorld({
		kubeconfigOf: async (it) => {
			if (it.name !== "north") return it.kubeconfig;
			north = await startProxy(it);
			return north.kubeconfig;
		},
	});
	operator = world.operator.process.pid;
	await place(world, NS);
});
afterAll(async () => {
	await world?.stop();
	await north?.close();
	await closeRun();
});

/** Replaces the Secret, as a person or a controller does who renews it. */
const giveCredentials = (kubeconfig: string) =>
	apply(world.hub, ...access({ north: kubeconfig }));

/** The operator works in north. */
async function untilRepaired(): Promise<void> {
	const path = pathOf.configMap(NS, "web");
	await world.north.request("DELETE", path);
	await until("a deleted ConfigMap to be back", () => get(world.north, path));
}

const untilRegion = (type: string, status: string, says = "") =>
	until(
		`${type}=${status} of north`,
		async () => {
			const it = condition(await twinCluster(world, "north"), type);
			if (it?.status === status && it.message.includes(says)) return it;
			throw new Error(JSON.stringify(it ?? null));
		},
		{ timeoutMs: 60_000 },
	);

describe("the API server of the active region refuses the hub", () => {
	let from: number;

	it("a certificate that has expired is refused, and the old one goes on", async () => {
		await giveCredentials(
			await world.north.kubeconfigFor({
				...USER,
				notBefore: new Date(Date.now() - 2 * HOUR),
				notAfter: new Date(Date.now() - HOUR),
			}),
		);
		const it = await untilRegion("CredentialsValid", "False", "expired at");
		expect(it.reason).toBe("CredentialsInvalid");
		await untilRepaired();
		expect(isTrue(await service(world, NS), "Ready")).toBe(true);
	});

	it("401: a certificate that expires in use is CredentialsInvalid", async () => {
		const notAfter = new Date(Date.now() + 3_000);
		await giveCredentials(
			await world.north.kubeconfigFor({ ...USER, notAfter }),
		);
		await untilService(
			world,
			NS,
			"the service to say so",
			(it) => condition(it, "Ready")?.reason === "CredentialsInvalid",
		);
		from = performance.now();
		const it = await untilRegion("CredentialsValid", "False");
		expect(it.reason).toBe("CredentialsInvalid");
	});

	it("403: so is a user without rights", async () => {
		await giveCredentials(await world.north.kubeconfigFor({ user: "nobody" }));
		const it = await untilRegion("CredentialsValid", "False", "nobody");
		expect(it.reason).toBe("CredentialsInvalid");
	});

	it("it is never lost, however long it lasts", async () => {
		await until(
			"the time after which a silent region is lost",
			() => performance.now() - from > LOSS_MS + 3_000,
		);
		const it = await service(world, NS);
		expect(it?.status).toMatchObject({ activeCluster: "north", epoch: 1 });
		expect(condition(it, "Stalled")?.reason).toBe("CredentialsInvalid");
		expect(await roleIn(world.south, NS)).toBe("Standby 0");
	});

	it("a renewed Secret is picked up, without a restart", async () => {
		await giveCredentials(north.kubeconfig);
		await untilRegion("CredentialsValid", "True");
		const { status } = await untilPlaced(world, NS);
		expect(status).toMatchObject({ activeCluster: "north", epoch: 1 });
		await untilRepaired();
		expect(world.operator.process.pid).toBe(operator);
		expect(world.operator.process.exitCode).toBeNull();
	});
});

describe("the API server of the active region is there, and does not work", () => {
	const broken: readonly [number, string, string][] = [
		[503, "<html><body>503 Service Unavailable</body></html>", "text/html"],
		[500, JSON.stringify(status(500, "etcdserver: no leader")), ""],
		[502, "<html>", "text/html"],
	];

	it("5xx throughout D: it is lost, as Unhealthy, and its services are promoted", async () => {
		let turn = 0;
		const meddle: Meddle = (it) => {
			const [code, body, type] = broken[turn++ % broken.length] ?? [
				500,
				"",
				"",
			];
			it.answer(code, body, type || "application/json");
		};
		north.meddle = meddle;
		north.endWatches();
		const { status } = await untilService(
			world,
			NS,
			"the service to be ready in south",
			(it) => it.status?.activeCluster === "south" && isTrue(it, "Available"),
		);
		expect(status?.lastTransition).toMatchObject({
			kind: "Failover",
			reason: "Unhealthy",
		});
		expect((await untilRegion("Reachable", "False")).reason).toBe("Unhealthy");
	});

	it("it works again: its side stands down", async () => {
		north.meddle = pass;
		await untilPlaced(world, NS);
		expect(await roleIn(world.north, NS)).toBe("Standby 2");
		expect(await roleIn(world.south, NS)).toBe("Active 1");
	});
});

function status(code: number, message: string) {
	return {
		kind: "Status",
		apiVersion: "v1",
		status: "Failure",
		message,
		reason: "InternalError",
		code,
	};
}
