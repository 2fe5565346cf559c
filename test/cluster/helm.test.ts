/**
 * The chart, by Helm, on real control planes, from the first installation to
 * the last: the hub's processes run as its Deployment says, with its service
 * account's token and rights; the regions are reached by the chart's own tokens.
 */
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import {
	access,
	OPERATOR_NAMESPACE,
	registration,
} from "../clusters/install.ts";
import type { Operator } from "../clusters/operator.ts";
import { closeRun, startCluster } from "../clusters/real/cluster.ts";
import { helm, prepareHelm } from "../clusters/real/helm.ts";
import { mountFault } from "../clusters/real/process/container.ts";
import {
	type ProcessNode,
	startProcessNode,
} from "../clusters/real/process/node.ts";
import { until } from "../clusters/wait.ts";
import { pods, uid } from "./move.ts";
import {
	chartWithout,
	inside,
	NAME,
	reach,
	refusedReads,
	refusedWrites,
	release,
	set,
	WAIT,
} from "./release.ts";
import {
	apply,
	condition,
	configMap,
	get,
	isTrue,
	namespace,
	pathOf,
	place,
	service,
	twinCluster,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

const NS = "shop";
const fault = mountFault();

// biome-ignore lint/suspicious/noExplicitAny: whatever a rendered manifest has
type Rendered = KubeObject & { spec: any };

let world: World;
let node: ProcessNode;
/** Of the service's pods in north, which never restart. */
let before: unknown[];

const replicas = () => [...node.running.values()];
const leaders = () =>
	replicas().filter((it) =>
		it.lines.some((line) => line.includes("this process leads: it starts")),
	);
const untilLed = (flag: string) =>
	until(`two replicas with ${flag}, one of which leads`, () => {
		const all = replicas();
		const said = all.every((it) => it.args.includes(flag));
		return all.length === 2 && said && leaders().length === 1;
	});

const serving = async (): Promise<unknown[]> =>
	(await pods(world.north, NS)).map((it) => [
		uid(it),
		(it.status as { containerStatuses?: { restartCount: number }[] })
			.containerStatuses?.[0]?.restartCount,
	]);

/** The operator works: it puts back what somebody took. */
async function untilRepaired(): Promise<void> {
	const path = pathOf.configMap(NS, "web");
	await world.north.request("DELETE", path);
	await until("a deleted ConfigMap to be back", () => get(world.north, path));
}

async function changeConfig(key: string): Promise<void> {
	const found = await service(world, NS);
	const manifests = (found?.spec.manifests ?? []).map((it) =>
		it.kind === "ConfigMap" ? configMap("web", { key }) : it,
	);
	await apply(world.hub, {
		...(found as unknown as KubeObject),
		metadata: { namespace: NS, name: "web" },
		status: undefined,
		spec: { ...found?.spec, manifests },
	});
}

describe.skipIf(fault !== undefined)("the chart", () => {
	beforeAll(async () => {
		const [hub, north, south] = await Promise.all([
			startCluster({ name: "hub", kwok: false, audit: true }),
			startCluster({ name: "north", audit: true }),
			startCluster({ name: "south", audit: true }),
			prepareHelm(),
		]);
		const operator = { lines: [] } as unknown as Operator;
		world = { hub, north, south, operator } as unknown as World;
		node = await startProcessNode(hub);
	});
	afterAll(async () => {
		await node?.stop();
		const { hub, north, south } = world ?? {};
		await Promise.all([hub, north, south].map((it) => it?.stop()));
		await closeRun();
	});

	it("renders what an API server takes, to the letter, for each place and with everything on", async () => {
		const { hub } = world;
		await apply(hub, namespace(OPERATOR_NAMESPACE));
		const gate = `busybox@sha256:${"0".repeat(64)}`;
		const variants = [
			{},
			{ "hub.enabled": false, "access.enabled": true },
			{
				"witness.regions": "{north,south}",
				"access.enabled": true,
				"agent.enabled": true,
				"agent.region": "north",
				"agent.twin": "south",
				"agent.gate.image": gate,
				"agent.gate.addresses": "{10.96.0.50,10.96.0.51}",
				"hub.witnessSecret": "witness",
				"metrics.service": true,
				"networkPolicy.enabled": true,
				"networkPolicy.metricsFrom[0].podSelector.matchLabels.app": "reader",
				"networkPolicy.egress[0].ports[0].port": 443,
				priorityClassName: "system-cluster-critical",
			},
		];
		for (const values of variants) {
			const text = await release("template", hub, ...set(values));
			const how = ["--server-side", "--dry-run=server", "--validate=strict"];
			await hub.kubectl(["apply", ...how, "-f", "-"], text);
		}
	});

	it("lets a ServiceMonitor find its Service, and keep the labels that alerts go by", async () => {
		const on = {
			"metrics.service": true,
			"metrics.serviceMonitor.enabled": true,
		};
		const text = await release("template", world.hub, ...set(on));
		const all = loadAll(text) as (Rendered | null)[];
		const of = (kind: string) => all.find((it) => it?.kind === kind);
		const [monitor, service] = [of("ServiceMonitor"), of("Service")];
		expect(service?.metadata.labels).toMatchObject(
			monitor?.spec.selector.matchLabels,
		);
		expect(monitor?.spec.endpoints).toMatchObject([
			{ port: service?.spec.ports[0].name, honorLabels: true },
		]);
		expect(of("Deployment")?.spec.template.metadata.labels).toMatchObject(
			service?.spec.selector,
		);
	});

	it("refuses a value that it does not know, by its name", async () => {
		for (const name of ["hub.replica", "hubs.enabled", "metrics.port"])
			await expect(
				release("install", world.hub, ...set({ [name]: 1 })),
			).rejects.toThrow(name.split(".").at(name.startsWith("hubs") ? 0 : 1));
	});

	it("install: the hub is ready when Helm says so, one of two replicas leads, and services run", async () => {
		const { hub, north, south } = world;
		const regions = [north, south] as const;
		const values = set({ "hub.enabled": false, "access.enabled": true });
		await Promise.all([
			release("install", hub, ...WAIT),
			...regions.map((it) =>
				release("install", it, "--create-namespace", ...values, ...WAIT),
			),
		]);
		expect(await Promise.all(replicas().map((it) => it.unready()))).toEqual([
			undefined,
			undefined,
		]);
		await untilLed("--log-level=info");
		await apply(
			hub,
			...access({ north: await reach(north), south: await reach(south) }),
			...["north", "south"].map((it) => registration(it)),
		);
		await place(world, NS);
		before = await serving();
		expect(before).toHaveLength(2);
	});

	it("upgrade: other processes with another file mounted, the same pods", async () => {
		const { hub } = world;
		await apply(hub, ...access({ witness: hub.kubeconfig }));
		const values = {
			logLevel: "debug",
			"hub.witnessSecret": "witness-kubeconfig",
		};
		await release("upgrade", hub, ...set(values), ...WAIT);
		// It ends at once where the file is missing.
		await untilLed(
			"--witness-kubeconfig=/etc/twin-operator/witness/kubeconfig",
		);
		await untilRepaired();
		expect(await serving()).toEqual(before);
	});

	it("rollback: the same again", async () => {
		await helm(world.hub, ["rollback", NAME, "1", ...inside, ...WAIT]);
		await untilLed("--log-level=info");
		await untilRepaired();
		expect(await serving()).toEqual(before);
		const { status } = await untilPlaced(world, NS);
		expect(status).toMatchObject({ activeCluster: "north", epoch: 1 });
	});

	it("nothing that the operator did so far lacked a right", async () => {
		const all = [world.hub, world.north, world.south];
		expect(all.flatMap(refusedWrites)).toEqual([]);
		const lines = node.all.flatMap((it) => it.lines);
		expect(lines.filter((it) => it.includes("forbidden"))).toEqual([]);
		const counted = await Promise.all(replicas().map((it) => it.metrics()));
		expect(counted.flatMap(refusedReads)).toEqual([]);
	});

	it("uninstall: the processes end, and everything else stays", async () => {
		const running = replicas();
		await helm(world.hub, ["uninstall", NAME, ...inside, ...WAIT]);
		expect(await Promise.all(running.map((it) => it.ended))).toEqual([0, 0]);
		expect(await serving()).toEqual(before);
		expect(isTrue(await service(world, NS), "Ready")).toBe(true);
		const crds = await world.hub.kubectl(["get", "crd", "-o", "name"]);
		expect(crds.match(/twin-operator\.dev/g)).toHaveLength(3);
		expect(await twinCluster(world, "north")).toBeDefined();
	});

	it("install without its rule for the Lease: no replica works, which one says, and services go on", async () => {
		const lacking = chartWithout(
			world.hub.dir,
			"hub-namespace",
			"twin-operator-hub",
		);
		await helm(world.hub, ["install", NAME, lacking, ...inside]);
		const words = await until("a replica that says what it lacks", async () => {
			const all = await Promise.all(replicas().map((it) => it.unready()));
			return all.find((it) => it?.includes("forbidden"));
		});
		expect(words).toMatch(
			/^the Lease twin-operator-hub .*cannot patch resource "leases".*: look at .* the rights of this account/,
		);
		expect(await serving()).toEqual(before);
	});

	it("upgrade to the whole chart: it goes on where it was, and brings changes into both regions", async () => {
		await release("upgrade", world.hub, ...WAIT);
		await untilLed("--log-level=info");
		await untilRepaired();
		expect(await serving()).toEqual(before);
		await changeConfig("other");
		for (const it of [world.north, world.south])
			await until(`the change in ${it.name}`, async () => {
				const path = pathOf.configMap(NS, "web");
				const now = await get<KubeObject & { data: object }>(it, path);
				return JSON.stringify(now?.data) === '{"key":"other"}';
			});
		expect(await serving()).toEqual(before);
	});

	it("without a rule in a region the service names what is forbidden and runs on, until the rule is back", async () => {
		const lacking = chartWithout(
			world.hub.dir,
			"carrying-out",
			"serviceaccounts",
		);
		const values = set({ "hub.enabled": false, "access.enabled": true });
		await helm(world.south, ["upgrade", NAME, lacking, ...inside, ...values]);
		await changeConfig("third");
		const it = await untilService(world, NS, "the service to say so", (it) =>
			isTrue(it, "Stalled"),
		);
		expect(condition(it, "Stalled")?.message).toMatch(
			/In south: ConfigMap web: .*twin-operator-access" cannot patch resource "configmaps"/,
		);
		expect(isTrue(it, "Available")).toBe(true);
		await release("upgrade", world.south, ...values);
		await untilPlaced(world, NS);
		expect(await serving()).toEqual(before);
	});
});
