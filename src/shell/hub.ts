/**
 * The hub operator: TwinServices become two TwinSides each, and the regions are
 * watched. It touches no workload itself; a region with `agent: None` is carried
 * out by the agent's code in this process.
 */
import {
	SECRET,
	TWIN_CLUSTER,
	TWIN_OPERATION,
	TWIN_SERVICE,
} from "../api/kind.ts";
import { parseCluster } from "../core/hub/cluster-view.ts";
import type { SecretData } from "../core/hub/credentials.ts";
import { type Health, isSilent, type Timing } from "../core/hub/loss.ts";
import {
	type OperationView,
	parseOperation,
} from "../core/hub/operation-view.ts";
import type { Problem } from "../core/hub/problem.ts";
import { parseService } from "../core/hub/service.ts";
import type { ServiceView } from "../core/hub/service-view.ts";
import { clusterTurn } from "./hub/cluster-turn.ts";
import {
	type HubContext,
	type HubDeps,
	PROMOTION,
	ROUTINE,
} from "./hub/context.ts";
import { Events } from "./hub/event.ts";
import { GrantWatch } from "./hub/grants.ts";
import { Isolation } from "./hub/isolation.ts";
import type { RegionLink } from "./hub/link.ts";
import { Managed } from "./hub/managed.ts";
import { Gauges } from "./hub/measure.ts";
import { orphanTurn } from "./hub/operation-turn.ts";
import { Profiles } from "./hub/profiles.ts";
import { Regions } from "./hub/regions.ts";
import type { ServiceMemory } from "./hub/service-record.ts";
import { serviceTurn } from "./hub/service-turn.ts";
import { Queue, type Turn } from "./queue.ts";
import { Reflector } from "./reflector.ts";
import { withRightsSaid } from "./rights.ts";

export interface Hub {
	/** What is still missing before it does its work. */
	ready(): string | undefined;
	/** Within seconds: what is under way may end, then it is given up. */
	stop(): Promise<void>;
}

/** Services that have their turn at the same time: writes to the hub, mostly. */
const SERVICES = 64;
const STOP_MS = 4_000;
/** Many sides come and go together; a TwinCluster looks at all of them at once. */
const CLUSTER_MS = 500;

export function startHub(given: HubDeps): Hub {
	const deps = withRightsSaid(given);
	const { api, clock, random, log, metrics, profile } = deps;
	const timing: Timing = {
		periodMs: profile.periodSeconds * 1_000,
		requestMs: profile.requestSeconds * 1_000,
		lossMs: profile.lossSeconds * 1_000,
	};
	const shared = { clock, random, log, ...(metrics ? { metrics } : {}) };
	const watching = { ...shared, cluster: "hub", api };
	const memories = new Map<string, ServiceMemory>();
	const pending = new Map<string, Map<string, OperationView>>();
	const stopping = new AbortController();

	const serviceQueue = new Queue({
		...shared,
		name: "services",
		concurrency: SERVICES,
		handle: (key) => handleService(key),
	});
	const clusterQueue = new Queue({
		...shared,
		name: "clusters",
		concurrency: 4,
		handle: async (name) => {
			const cluster = clusters.get(name);
			return cluster && isSynced() ? clusterTurn(hub, cluster) : undefined;
		},
	});
	const services: Reflector<ServiceView> = new Reflector<ServiceView>({
		...watching,
		resource: TWIN_SERVICE,
		project: (it) =>
			parseService(
				it,
				services.get(`${it.metadata.namespace}/${it.metadata.name}`),
			),
		onChange: (key, now, before) => {
			if (!now) forget(key);
			if (!now && before) hub.gauges.forgetService(before);
			serviceQueue.add(key, ROUTINE);
			// Only coming and going changes what a TwinCluster says.
			if (!now || !before) reviewClusters();
		},
	});
	const clusters = new Reflector({
		...watching,
		resource: TWIN_CLUSTER,
		project: parseCluster,
		onChange: (name, now) => {
			if (now && "profile" in now.credentials) profiles.follow();
			if (!now) hub.gauges.forgetRegion(name);
			regions.review();
			reviewClusters(0);
		},
	});
	const operations = new Reflector({
		...watching,
		resource: TWIN_OPERATION,
		project: parseOperation,
		onChange: (key, now, before) => {
			const service = (now ?? before)?.service ?? "";
			const list = pending.get(service) ?? new Map<string, OperationView>();
			if (now && !now.over) list.set(key, now);
			else list.delete(key);
			if (list.size > 0) pending.set(service, list);
			else pending.delete(service);
			serviceQueue.add(service, PROMOTION + 1);
		},
	});
	const profiles = new Profiles({
		...watching,
		onChange: () => regions.review(),
	});
	const secrets = new Reflector<SecretData>({
		...watching,
		resource: SECRET,
		namespace: deps.namespace,
		project: (it) => (it.data ?? {}) as SecretData,
		onChange: () => regions.review(),
	});
	const reflectors = [services, clusters, operations, secrets];
	/** Everything was listed, and the regions' links have been made from it. */
	let isLinked = false;
	// At a start: a profile that is still being read would look like one that is missing.
	const isSynced = (): boolean =>
		reflectors.every((it) => it.synced) && (isLinked || profiles.isSettled);

	const regions = new Regions({
		...deps,
		timing,
		clusters,
		secrets,
		clusterProfile: (key) => profiles.read(key),
		isSynced,
		onChange: (link, before) => onRegion(link, before),
		onSide: (key, moved) => {
			serviceQueue.add(key, moved ? PROMOTION + 1 : ROUTINE);
			if (moved) reviewClusters();
		},
	});
	const isolation = new Isolation({
		api,
		clock,
		timing,
		log,
		links: regions.links,
		onChange: () => {
			sayIsolated();
			reviewServices();
			reviewClusters(0);
		},
		// A list under way when the connection broke would wait for its deadline.
		onHubBack: (another) => {
			for (const it of reflectors) another ? it.renew() : it.nudge();
			profiles.nudge();
		},
	});
	const grants = new GrantWatch({
		api: deps.witnessApi ?? api,
		isWitness: deps.witnessApi !== undefined,
		...{ clock, timing },
		holdMs: profile.holdSeconds * 1_000,
		namespace: deps.namespace,
		pair: () => regions.grantPair,
		onChange: () => {
			reviewServices();
			reviewClusters(0);
		},
	});
	const installs = new Map<string, Problem>();
	const managed = new Managed(() => hub, installs, shared);
	const hub: HubContext = {
		...deps,
		installs,
		timing,
		services,
		clusters,
		operations,
		secrets,
		links: regions.links,
		grants,
		hubUID: () => isolation.hubUID,
		operationsOf: (service) => [...(pending.get(service)?.values() ?? [])],
		serviceQueue,
		clusterQueue,
		events: new Events(api, clock, log),
		gauges: new Gauges(metrics),
		isIsolated: () => isolation.isIsolated,
		isSynced,
	};

	async function handleService(key: string): Promise<Turn> {
		// Without links every region looks unknown, and that would be written.
		if (!isLinked) return undefined;
		const service = services.get(key);
		if (!service) return orphanTurn(hub, key);
		const memory = memories.get(key) ?? { failures: 0 };
		memories.set(key, memory);
		return serviceTurn(hub, service, memory);
	}

	function forget(key: string): void {
		memories.delete(key);
		serviceQueue.forget(key);
		for (const link of regions.links.values()) link.verdicts.delete(key);
	}

	/** A loss sets everything that was active there in motion before anything else. */
	function onRegion(link: RegionLink, before: Health): void {
		const after = link.health;
		isolation.review();
		const lost = after.kind === "Lost" && before.kind !== "Lost";
		if (lost || isSilent(before) !== isSilent(after)) {
			log.warn(
				{ cluster: link.name, health: after.kind },
				isSilent(after)
					? `${link.name} ${lost ? "is lost" : "does not answer"}: ${"message" in after ? after.message : ""}`
					: `${link.name} answers again`,
			);
		}
		reviewServices(lost ? link.name : undefined);
		reviewClusters(0);
	}

	function reviewServices(lost?: string): void {
		for (const [key, service] of services.entries()) {
			const first = lost !== undefined && service.status.activeCluster === lost;
			serviceQueue.add(key, first ? PROMOTION : ROUTINE);
		}
	}

	function reviewClusters(afterMs = CLUSTER_MS): void {
		// What comes and goes with every service is nothing to the agents.
		if (afterMs === 0) managed.review();
		for (const [name] of clusters.entries()) {
			if (afterMs === 0) clusterQueue.add(name);
			else clusterQueue.addAfter(name, afterMs);
		}
	}

	const sayIsolated = (): void =>
		metrics?.set(
			"twin_operator_hub_isolated",
			{},
			isolation.isIsolated ? 1 : 0,
		);
	sayIsolated();
	for (const it of reflectors) it.start();
	void isolation.run(stopping.signal);
	void grants.run(stopping.signal);
	void Promise.all(reflectors.map((it) => it.whenSynced)).then(async () => {
		await profiles.whenSettled;
		if (stopping.signal.aborted) return;
		regions.review();
		isLinked = true;
		for (const it of services.values()) hub.gauges.service(it, it.status);
		for (const service of pending.keys()) serviceQueue.add(service);
		reviewServices();
		reviewClusters(0);
	});

	return {
		ready: () =>
			isSynced()
				? undefined
				: "the TwinServices, TwinClusters, TwinOperations or Secrets of the hub have not been read yet: look at the log, and at the CRDs and the rights of this account",
		stop: async () => {
			stopping.abort();
			hub.events.stop();
			await Promise.all([
				serviceQueue.stop(STOP_MS),
				clusterQueue.stop(STOP_MS),
				managed.stop(STOP_MS),
				regions.stop(),
				profiles.stop(),
				...reflectors.map((it) => it.stop()),
			]);
		},
	};
}
