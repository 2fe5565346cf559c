/**
 * Two regions with an agent each that holds its region's grant, a hub, one
 * Exclusive service, and questions to the agents all the time.
 */
import { join } from "node:path";
import type { KubeObject } from "../../src/api/object.ts";
import { PROFILES } from "../../src/core/profile.ts";
import { access, crds } from "../clusters/install.ts";
import { type Operator, startOperator } from "../clusters/operator.ts";
import {
	type RealCluster,
	startCluster,
	startClusters,
} from "../clusters/real/cluster.ts";
import { freePort } from "../clusters/real/port.ts";
import { until } from "../clusters/wait.ts";
import { installHub } from "./install-hub.ts";
import { hostNow, type Interval, intervalsOf } from "./intervals.ts";
import { uid } from "./move.ts";
import {
	agentOptions,
	identityOf,
	namespaceOf,
	type PairOptions,
	type Place,
} from "./pair-options.ts";
import { type Questions, startQuestions } from "./questions.ts";
import {
	apply,
	condition,
	configMap,
	deployment,
	get,
	isTrue,
	pathOf,
	type Region,
	side,
	twinCluster,
	twinService,
	untilService,
	type World,
} from "./world.ts";

export const NS = "shop";
export const FENCE_MS = PROFILES.Fast.fenceSeconds * 1_000;
export const LOSS_MS = PROFILES.Fast.lossSeconds * 1_000;
/** Nothing moves for so long: whoever wanted to take over would have. */
export const LASTING_MS = LOSS_MS + 4_000;

export const exclusive = (ns = NS) =>
	twinService(ns, {
		promotion: { policy: "Exclusive" },
		manifests: [ofOneUser(deployment()), configMap()],
	});

/** A gate stops pods within the time of the profile Fast only where it may end their processes itself. */
function ofOneUser(object: KubeObject): KubeObject {
	const it = structuredClone(object) as KubeObject & {
		spec: { template: { spec: object } };
	};
	const { spec } = it.spec.template;
	Object.assign(spec, { securityContext: { runAsUser: 1_000 } });
	return it;
}

export interface Pair {
	readonly world: World;
	readonly questions: Questions;
	readonly agents: Record<Region, Operator>;
	/** A new process, after `agents[region].kill()`. */
	startAgent(region: Region): void;
	/** A second replica, beside the one that runs. */
	startReplica(region: Region): Operator;
	/** When each agent, dead ones too, told gates to run: from its own log. */
	intervals(): Interval[];
	stop(): Promise<void>;
}

export async function openPair(options: PairOptions = {}): Promise<Pair> {
	const world = await openRegions(options);
	const { network, installation: ns = NS } = options;
	const sides = crds().filter((it) =>
		it.metadata.name?.startsWith("twinsides"),
	);
	/** Of both replicas of each region's agent; the second one runs in few tests. */
	const gates: Record<Region, readonly string[]> = { north: [], south: [] };
	for (const it of [world.north, world.south]) {
		const { hostname } = new URL(it.url);
		const ports = network ? [8900, 8901] : [await freePort(), await freePort()];
		gates[it.name as Region] = ports.map((port) => `${hostname}:${port}`);
		// The operator's namespace, in which grants are kept.
		await apply(it, ...sides, ...access({}, namespaceOf(options)));
	}
	const agents: Partial<Record<Region, Operator>> = {};
	const logs: { region: Region; lines: string[]; diedMs?: number }[] = [];
	const start = (region: Region, replica: 0 | 1): Operator => {
		const lines: string[] = [];
		const log: (typeof logs)[number] = { region, lines };
		logs.push(log);
		const agent = startOperator({
			...agentOptions(world, region, gates[region], replica, options),
			onLine: (it) => {
				if (it.includes('"msg":"standing"')) lines.push(it);
			},
		});
		void agent.ended.then(() => {
			log.diedMs = hostNow();
		});
		return agent;
	};
	const startAgent = (region: Region): void => {
		agents[region] = start(region, 0);
	};
	const replicas: Operator[] = [];
	startAgent("north");
	startAgent("south");
	const urls = (region: Region) =>
		gates[region].map((it) => `http://${it}/v1/gate/${ns}/web`);
	const questions = startQuestions({
		north: urls("north"),
		south: urls("south"),
	});
	return {
		world,
		questions,
		agents: agents as Record<Region, Operator>,
		startAgent,
		startReplica: (region) => {
			const replica = start(region, 1);
			replicas.push(replica);
			return replica;
		},
		intervals: () =>
			logs.flatMap(({ region, lines, diedMs }) =>
				intervalsOf(region, lines, diedMs),
			),
		stop: async () => {
			questions.stop();
			const all = [...Object.values(agents), ...replicas];
			await Promise.all(all.map((it) => it.kill()));
			await world.stop();
		},
	};
}

/** A hub that has nothing but its API server, and two regions as usual. */
async function startThree({
	network,
	etcdFlags = [],
	gateImage,
}: PairOptions): Promise<Record<Place, RealCluster>> {
	const shared = { audit: true, etcdFlags, ...(network ? { network } : {}) };
	const kwok = gateImage === undefined;
	const [hub, [north, south]] = await Promise.all([
		startCluster({ ...shared, name: "hub", controllers: false, kwok: false }),
		startClusters(["north", "south"], { ...shared, kwok }),
	]);
	return { hub, north, south };
}

async function openRegions(options: PairOptions): Promise<World> {
	const { nodeFlags = [], reach, clusters } = options;
	const { hub, north, south } = clusters ?? (await startThree(options));
	const given = (it: RealCluster) =>
		reach?.("hub", it.name as Place) ?? it.kubeconfig;
	const regions = {
		north: { kubeconfig: given(north) },
		south: { kubeconfig: given(south) },
	};
	const install = () =>
		installHub(hub, regions, "External", namespaceOf(options));
	const start = (flags: readonly string[] = []): Operator =>
		startOperator({
			command: "hub",
			nodeFlags,
			kubeconfig: reach?.("hub", "hub") ?? hub.kubeconfig,
			enter: hub.enter,
			logFile: join(hub.dir, "operator.log"),
			flags: [
				...["--profile", "Fast", "--failure-domain", "site-hub"],
				...identityOf(options),
				...flags,
			],
		});
	await install();
	const world: World = {
		...{ hub, north, south, install },
		operator: start(),
		restartOperator: (flags) => {
			world.operator = start(flags);
		},
		stop: async () => {
			await world.operator.kill();
			if (!clusters)
				await Promise.all([hub, north, south].map((it) => it.stop()));
		},
	};
	return world;
}

/** Waits for a condition of a TwinCluster. */
export const untilCluster = (
	world: World,
	name: Region,
	type: string,
	reason: string,
) =>
	until(
		`${type} of ${name} to be ${reason}`,
		async () => {
			const it = condition(await twinCluster(world, name), type);
			if (it?.reason === reason) return it;
			throw new Error(JSON.stringify(it ?? null));
		},
		{ timeoutMs: 120_000, everyMs: 250 },
	);

/** Both agents renew their grants, and the hub sees it. */
export async function untilGranted(world: World): Promise<void> {
	for (const name of ["north", "south"] as const)
		await untilCluster(world, name, "GrantHeld", "GrantHeld");
}

/** The one service is active there, and its pods are ready. */
export const untilServes = (world: World, region: Region, ns = NS) =>
	untilService(
		world,
		ns,
		`the service to be ready in ${region}`,
		(it) => it.status?.activeCluster === region && isTrue(it, "Available"),
	);

/** What a restart, a change of role or another side would change. */
export async function runningIn(region: World["north"]) {
	const found = await side(region, NS);
	const pods = await get<{ items: { metadata: { uid?: string } }[] }>(
		region,
		`/api/v1/namespaces/${NS}/pods`,
	);
	return {
		side: found?.metadata.uid,
		role: `${found?.status?.role} ${found?.status?.epoch}`,
		generation: (await get(region, pathOf.deployment(NS, "web")))?.metadata
			.generation,
		pods: (pods?.items ?? []).map(uid).toSorted(),
	};
}

export const running = async ({ north, south }: World) => ({
	north: await runningIn(north),
	south: await runningIn(south),
});
