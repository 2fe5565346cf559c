/** What the hub's metrics tell, in virtual time. */
import { describe, expect, it } from "vitest";
import { SECRET, TWIN_CLUSTER, TWIN_SERVICE } from "../../../src/api/kind.ts";
import { AgentWatch } from "../../../src/shell/hub/agent.ts";
import { heartbeat } from "../../../src/shell/region/lease.ts";
import { VirtualClock } from "../../clusters/embedded/clock.ts";
import { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { Series } from "../series.ts";
import {
	OPERATOR_NAMESPACE,
	said,
	secretObject,
	serviceObject,
} from "./objects.ts";
import { World } from "./world.ts";

const HOUR_MS = 3_600_000;

describe("the metrics of a service", () => {
	it("have one series for each condition, with its status and reason", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		const about = () =>
			world.metrics.having("service_condition", '"Redundant"');
		const labels = 'namespace="shop",service="web",condition="Redundant"';
		const now = async () => {
			const [status, reason] = (await world.condition("Redundant")).split(" ");
			return `twin_operator_service_condition{${labels},status="${status}",reason="${reason}"} 1`;
		};
		expect(about()).toEqual([await now()]);
		world.links.south.cut();
		await world.until("is not redundant", async () =>
			(await world.condition("Redundant")).startsWith("False Unreachable"),
		);
		expect(about()).toEqual([await now()]);
	});

	it("tell where it is active", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		expect(world.metrics.having("service_active")).toEqual([
			'twin_operator_service_active{namespace="shop",service="web",cluster="north"} 1',
			'twin_operator_service_active{namespace="shop",service="web",cluster="south"} 0',
		]);
	});

	it("are there after a restart, before anything is written", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		const before = world.metrics.having("web");
		await world.stopHub();
		world.metrics.clear();
		world.startHub();
		await world.clock.advance(5_000);
		expect(world.metrics.having("web")).toEqual(before);
	});

	it("go with the service", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		await world.remove(TWIN_SERVICE, "web");
		await world.until(
			"gone",
			async () => (await world.service()) === undefined,
		);
		expect(world.metrics.having("web")).toEqual([]);
	});
});

describe("the metrics of a region", () => {
	it("go with its TwinCluster, also when it was lost", async () => {
		const world = await World.start();
		world.links.south.cut();
		await world.clock.advance(20_000);
		expect(world.metrics.having("region_reachable", "south")).toEqual([
			'twin_operator_region_reachable{cluster="south"} 0',
		]);
		await world.remove(TWIN_CLUSTER, "south");
		await world.clock.advance(20_000);
		for (const name of ["region_reachable", "cluster_condition"])
			expect(world.metrics.having(name, "south")).toEqual([]);
		expect(world.metrics.having("region_reachable", "north")).toHaveLength(1);
	});

	it("tell when the hub is what is cut off", async () => {
		const world = await World.start();
		const isolated = () => world.metrics.having("hub_isolated");
		expect(isolated()).toEqual(["twin_operator_hub_isolated{} 0"]);
		world.links.north.cut();
		world.links.south.cut();
		await world.clock.advance(20_000);
		expect(isolated()).toEqual(["twin_operator_hub_isolated{} 1"]);
		world.links.north.mend();
		world.links.south.mend();
		await world.clock.advance(20_000);
		expect(isolated()).toEqual(["twin_operator_hub_isolated{} 0"]);
	});
});

describe("the end of a region's credentials", () => {
	const expiry = (world: World) => world.metrics.having("expiry", "north");
	const valid = async (world: World) =>
		said(
			(await world.twinCluster("north"))?.status?.conditions,
			"CredentialsValid",
		);

	it("is not told when they do not say it", async () => {
		const world = await World.start();
		expect(expiry(world)).toEqual([]);
		expect(await valid(world)).toBe("True Accepted");
	});

	it("is told as a metric, and from 14 days before as a reason", async () => {
		const world = new World();
		await world.register();
		const end = world.clock.wall().getTime() + 14 * 24 * HOUR_MS + HOUR_MS / 60;
		world.credentials = { expiresAt: new Date(end) };
		world.startHub();
		await world.clock.advance(5_000);
		expect(expiry(world)).toEqual([
			`twin_operator_credentials_expiry_timestamp_seconds{cluster="north"} ${end / 1_000}`,
		]);
		expect(await valid(world)).toBe("True Accepted");
		await world.clock.advance(HOUR_MS);
		expect(await valid(world)).toBe("True ExpiringSoon");
		// Renewed: the old word is taken back.
		world.credentials = {};
		await world.person.hub.request({
			verb: "merge",
			resource: SECRET,
			namespace: OPERATOR_NAMESPACE,
			name: "north",
			body: { data: secretObject("north", "south").data },
			timeoutMs: 1_000,
		});
		await world.clock.advance(5_000);
		expect(expiry(world)).toEqual([]);
		expect(await valid(world)).toBe("True Accepted");
	});
});

describe("the version of a region's agent", () => {
	it("is told as its Lease says, and no longer than the region is watched", async () => {
		const clock = new VirtualClock();
		const { api } = new ControlPlane({ name: "north", clock }).connect();
		const metrics = new Series();
		const watch = new AgentWatch({
			...{ api, clock, metrics },
			region: "north",
			agent: "External",
			namespace: "default",
			signal: new AbortController().signal,
		});
		const told = async (version: string) => {
			const beating = new AbortController();
			const { signal } = beating;
			const said = heartbeat({
				...{ api, clock, signal, version },
				log: { info: () => {}, warn: () => {} },
				namespace: "default",
				identity: "agent-1",
			});
			await clock.advance(1_000);
			beating.abort();
			await clock.advance(1_000);
			await said;
			const reading = watch.read();
			await clock.advance(1_000);
			await reading;
			return metrics.having("agent_build_info");
		};
		for (const version of ["0.1.0", "0.2.0"])
			expect(await told(version)).toEqual([
				`twin_operator_agent_build_info{version="${version}",cluster="north"} 1`,
			]);
		watch.forget();
		expect(metrics.having("agent_build_info")).toEqual([]);
	});
});
