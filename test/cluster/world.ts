/**
 * A hub, two regions and the operator, all real, and short words for what the
 * tests do with them. One world serves the tests of one file; each test uses
 * a namespace of its own.
 */
import { join } from "node:path";
import type { KubeObject } from "../../src/api/object.ts";
import type {
	TwinCluster,
	TwinOperation,
	TwinService,
	TwinSide,
} from "../../src/api/types.ts";
import { type Operator, startOperator } from "../clusters/operator.ts";
import {
	type ClusterOptions,
	type RealCluster,
	startClusters,
} from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { installHub } from "./install-hub.ts";

export type Region = "north" | "south";

export interface World {
	readonly hub: RealCluster;
	readonly north: RealCluster;
	readonly south: RealCluster;
	/** The hub operator that runs now. */
	operator: Operator;
	/** What the hub was given at first; a rebuilt one gets it again. */
	install(): Promise<void>;
	/** Starts the hub operator again, after `operator.stop()` or `kill()`. */
	restartOperator(flags?: readonly string[]): void;
	stop(): Promise<void>;
}

export interface WorldOptions {
	readonly agent?: "None" | "External";
	readonly cluster?: Omit<ClusterOptions, "name">;
	/** Fast by default: a loss is certain after 11.2 s. */
	readonly flags?: readonly string[];
	/** Of the operator's /metrics; none by default. */
	readonly httpPort?: number;
	/** Put before the operator's command. */
	readonly enter?: readonly string[];
	/** Leave the operator out; `restartOperator` starts it. */
	readonly withoutOperator?: boolean;
	/** What the operator is given to reach a cluster; default: the administrator's. */
	readonly kubeconfigOf?: (cluster: RealCluster) => string | Promise<string>;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
	const world = await openBare(options);
	try {
		await world.install();
	} catch (error) {
		await world.stop();
		throw error;
	}
	if (!options.withoutOperator) world.restartOperator();
	return world;
}

/** Nothing is installed on the hub, and no operator runs. */
export async function openBare(options: WorldOptions = {}): Promise<World> {
	const [hub, north, south] = await startClusters(
		["hub", "north", "south"],
		options.cluster,
	);
	const clusters = [hub, north, south];
	const reach = async (it: RealCluster) => ({
		kubeconfig: (await options.kubeconfigOf?.(it)) ?? it.kubeconfig,
	});
	const own = await reach(hub);
	const start = (flags = options.flags ?? ["--profile", "Fast"]) =>
		startOperator({
			command: "hub",
			kubeconfig: own.kubeconfig,
			flags,
			...(options.enter ? { enter: options.enter } : {}),
			httpPort: options.httpPort ?? 0,
			logFile: join(hub.dir, "operator.log"),
		});
	const regions = { north: await reach(north), south: await reach(south) };
	const install = () => installHub(hub, regions, options.agent ?? "None");
	const world: World = {
		hub,
		north,
		south,
		operator: neverStarted,
		install,
		restartOperator: (flags) => {
			world.operator = start(flags);
		},
		stop: async () => {
			await world.operator.stop();
			await Promise.all(clusters.map((it) => it.stop()));
		},
	};
	return world;
}

const neverStarted = {
	lines: [],
	stop: async () => 0,
	kill: async () => {},
} as unknown as Operator;

export async function apply(
	cluster: RealCluster,
	...objects: readonly KubeObject[]
): Promise<void> {
	const how = ["--server-side", "--force-conflicts", "--field-manager=user"];
	await cluster.kubectl(
		["apply", ...how, "-f", "-"],
		objects.map((it) => JSON.stringify(it)).join("\n---\n"),
	);
}

/** The object as JSON, or undefined when it does not exist. Any other refusal throws. */
export async function get<T = KubeObject>(
	cluster: RealCluster,
	path: string,
): Promise<T | undefined> {
	const { status, body } = await cluster.request("GET", path);
	if (status === 404) return undefined;
	if (status !== 200)
		throw new Error(`GET ${path}: ${status} ${body?.message}`);
	return body as T;
}

const TWIN = "/apis/twin-operator.dev/v1alpha1";
export const pathOf = {
	service: (ns: string, name: string) =>
		`${TWIN}/namespaces/${ns}/twinservices/${name}`,
	side: (ns: string, name: string) =>
		`${TWIN}/namespaces/${ns}/twinsides/${name}`,
	operation: (ns: string, name: string) =>
		`${TWIN}/namespaces/${ns}/twinoperations/${name}`,
	cluster: (name: string) => `${TWIN}/twinclusters/${name}`,
	deployment: (ns: string, name: string) =>
		`/apis/apps/v1/namespaces/${ns}/deployments/${name}`,
	configMap: (ns: string, name: string) =>
		`/api/v1/namespaces/${ns}/configmaps/${name}`,
};

export const service = (world: World, ns: string, name = "web") =>
	get<TwinService>(world.hub, pathOf.service(ns, name));
export const side = (cluster: RealCluster, ns: string, name = "web") =>
	get<TwinSide>(cluster, pathOf.side(ns, name));
export const operation = (world: World, ns: string, name: string) =>
	get<TwinOperation>(world.hub, pathOf.operation(ns, name));
export const twinCluster = (world: World, name: string) =>
	get<TwinCluster>(world.hub, pathOf.cluster(name));

export interface Conditioned {
	metadata: { generation?: number };
	status?: {
		conditions?: readonly {
			type: string;
			status: string;
			reason: string;
			message: string;
			observedGeneration?: number;
		}[];
	};
}

export const condition = (object: Conditioned | undefined, type: string) =>
	object?.status?.conditions?.find((it) => it.type === type);

/** True for the generation that the object has now. */
export function isTrue(object: Conditioned | undefined, type: string): boolean {
	const it = condition(object, type);
	return (
		it?.status === "True" &&
		(it.observedGeneration ?? object?.metadata.generation) ===
			object?.metadata.generation
	);
}

/** Waits for a state of a TwinService; the message of a time-out shows its last status. */
export const untilService = (
	world: World,
	ns: string,
	what: string,
	done: (it: TwinService) => boolean,
	timeoutMs = 120_000,
	name = "web",
): Promise<TwinService> =>
	until(
		what,
		async () => {
			const it = await service(world, ns, name);
			if (it && done(it)) return it;
			const { lines } = world.operator;
			throw new Error(JSON.stringify(it?.status) ?? lines.slice(-5).join());
		},
		{ timeoutMs, everyMs: 250 },
	);

/** Ready, and the other region could take over. */
export const untilPlaced = (world: World, ns: string, name = "web") =>
	untilService(
		world,
		ns,
		`${ns}/${name} to be ready and redundant`,
		(it) => isTrue(it, "Ready") && isTrue(it, "Redundant"),
		120_000,
		name,
	);

const labels = { app: "web" };

/** A Deployment, a ConfigMap and whatever else is given. */
export function twinService(
	ns: string,
	spec: Partial<TwinService["spec"]> = {},
	more: readonly KubeObject[] = [],
	name = "web",
): KubeObject {
	return {
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinService",
		metadata: { namespace: ns, name },
		spec: {
			clusters: [{ name: "north" }, { name: "south" }],
			promotion: { policy: "Available" },
			manifests: [deployment(name), configMap(name), ...more],
			...spec,
		},
	};
}

export const deployment = (name = "web", replicas = 2): KubeObject => ({
	apiVersion: "apps/v1",
	kind: "Deployment",
	metadata: { name },
	spec: {
		replicas,
		selector: { matchLabels: { ...labels, name } },
		template: {
			metadata: { labels: { ...labels, name } },
			spec: {
				terminationGracePeriodSeconds: 1,
				containers: [{ name: "web", image: "registry.example/web:1" }],
			},
		},
	},
});

export const configMap = (
	name = "web",
	data: Record<string, string> = { key: "value" },
): KubeObject => ({
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: { name },
	data,
});

export const namespace = (name: string): KubeObject => ({
	apiVersion: "v1",
	kind: "Namespace",
	metadata: { name },
});

/** Creates the namespace on the hub and the service in it, and waits until it is placed. */
export async function place(
	world: World,
	ns: string,
	object: KubeObject = twinService(ns),
): Promise<TwinService> {
	await apply(world.hub, namespace(ns), object);
	return untilPlaced(world, ns, object.metadata.name);
}

export async function replicas(
	cluster: RealCluster,
	ns: string,
	name = "web",
): Promise<number | undefined> {
	const it = await get<{ spec: { replicas: number } }>(
		cluster,
		pathOf.deployment(ns, name),
	);
	return it?.spec.replicas;
}
