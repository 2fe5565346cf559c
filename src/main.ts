#!/usr/bin/env node
/** Composition root: the one place that reads arguments, environment, files of the package and signals. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { loadAll } from "js-yaml";
import type { ApiOptions } from "./adapters/api.ts";
import { systemClock, systemInstant } from "./adapters/clock.ts";
import { secretConnector } from "./adapters/credentials.ts";
import { serveGate } from "./adapters/gate-server.ts";
import { serveHealth } from "./adapters/http.ts";
import { jsonLog } from "./adapters/log.ts";
import { prometheus } from "./adapters/metrics.ts";
import { connectRenewable } from "./adapters/renewable.ts";
import {
	connectFile,
	connectInCluster,
	ownAuthority,
} from "./adapters/trusted.ts";
import type { KubeObject } from "./api/object.ts";
import { COMMANDS } from "./cli/command.ts";
import { type Config, parseConfig, usage } from "./config.ts";
import { PROFILES } from "./core/profile.ts";
import { timingFault } from "./core/region/grant/timing.ts";
import { type AgentDeps, type Pair, startAgent } from "./shell/agent.ts";
import type { HubDeps } from "./shell/hub/context.ts";
import { Leader } from "./shell/hub/leader.ts";
import { type Hub, startHub } from "./shell/hub.ts";
import type { Api } from "./shell/port.ts";

type Working = Extract<Config, { command: "hub" | "agent" }>;

interface Running {
	/** What is still missing before it does its work. */
	ready(): string | undefined;
	stop(): Promise<void>;
}

/** Whatever is not ended by then is given up: a new process finds everything in the API servers. */
const STOP_MS = 8_000;

const argv = process.argv.slice(2);
const parsed = parseConfig(argv, process.env);
if (COMMANDS.includes(argv[0] ?? "")) {
	// Loaded only then: the operator needs none of it.
	const { commandLine } = await import("./command-line.ts");
	process.exitCode = await commandLine(argv, process.env);
} else if ("faults" in parsed) {
	for (const fault of parsed.faults) console.error(fault);
	process.exitCode = 2;
} else if (parsed.config.command === "help") {
	process.stdout.write(usage());
} else if (parsed.config.command === "version") {
	console.log(version());
} else {
	await work(parsed.config);
}

async function work(config: Working): Promise<void> {
	const log = jsonLog(config.logLevel);
	const exposition = prometheus();
	const { metrics } = exposition;
	const http = { component: config.command, version: version(), metrics };
	metrics.set(
		"twin_operator_build_info",
		{
			version: version(),
			command: config.command,
			region: config.command === "agent" ? config.region : "",
		},
		1,
	);
	const shared = {
		installation: config.installation,
		namespace: config.namespace,
		clock: systemClock,
		random: Math.random,
		log,
		metrics,
	};
	const running: Running =
		config.command === "hub"
			? hubOf(config, shared, http)
			: await agentOf(config, shared, http, log.debug);
	const server =
		config.httpPort === 0
			? undefined
			: await serveHealth(config.httpPort, {
					healthy: () => undefined,
					ready: () => running.ready(),
					contentType: exposition.contentType,
					metrics: () => exposition.text(),
				});
	log.info(
		{
			command: config.command,
			version: version(),
			installation: config.installation,
			profile: config.profile,
		},
		"started",
	);
	await signalled();
	log.info({}, "stopping");
	setTimeout(() => process.exit(0), STOP_MS).unref();
	await running.stop();
	await server?.close();
}

type HubConfig = Extract<Config, { command: "hub" }>;
type Shared = Omit<HubDeps, "api" | "connector" | "profile">;

/** With an election the hub starts when this process leads: one that stands by keeps nothing. */
function hubOf(config: HubConfig, shared: Shared, http: Http): Running {
	const { witnessKubeconfig, failureDomain, leaderElect } = config;
	const guarded = leaderElect
		? { ...http, mayWrite: () => leader.leads() }
		: http;
	const api = ownApi(config.own, { ...guarded, cluster: "hub" });
	const witnessApi = witnessKubeconfig
		? connectFile(witnessKubeconfig, systemClock, {
				...guarded,
				cluster: "witness",
			})
		: undefined;
	const start = (): Hub =>
		startHub({
			...shared,
			api,
			profile: PROFILES[config.profile],
			...(failureDomain === undefined ? {} : { failureDomain }),
			...(witnessApi ? { witnessApi } : {}),
			connector: secretConnector(systemClock, guarded),
			sideCrd: packaged(
				"crds/twin-operator.dev_twinsides.yaml",
			)[0] as KubeObject,
			...agentsOf(config),
		});
	let hub: Hub | undefined;
	const leaderApi = ownApi(config.own, { ...http, cluster: "hub" });
	const leader = new Leader({
		...shared,
		api: leaderApi,
		instant: systemInstant,
		id: `${hostname()}_${randomUUID()}`,
		onLeading: () => {
			hub = start();
		},
		// Nothing is wound up: what this process knows may be old, and another one works.
		onLost: () => process.exit(1),
	});
	if (leaderElect) leader.start();
	else {
		shared.metrics?.set("twin_operator_leader", {}, 1);
		hub = start();
	}
	return {
		ready: () => (leaderElect ? leader.ready() : undefined) ?? hub?.ready(),
		stop: async () => {
			await hub?.stop();
			witnessApi?.close();
			api.close();
			// The next one starts at once, so nothing of this one may come later.
			if (leaderElect) await leader.stop();
			leaderApi.close();
		},
	};
}

/** The file that a person applies with kubectl, so that there is one source: the chart. */
function agentsOf({
	agents,
	own,
	profile,
}: HubConfig): Pick<HubDeps, "agents"> {
	if (!agents) return {};
	const { server, ...images } = agents;
	const authority = ownAuthority(
		"kubeconfig" in own ? own.kubeconfig : undefined,
	);
	const hub = { server, ...(authority === undefined ? {} : { authority }) };
	const manifests = packaged("docs/install/region-exclusive.yaml");
	return { agents: { ...images, profile, hub, manifests } };
}

function ownApi(own: Working["own"], options: ApiOptions): Api {
	return "kubeconfig" in own
		? connectFile(own.kubeconfig, systemClock, options)
		: connectInCluster(own, systemClock, options);
}

type AgentConfig = Extract<Config, { command: "agent" }>;
type Debug = ReturnType<typeof jsonLog>["debug"];
type Http = Omit<ApiOptions, "cluster">;

async function agentOf(
	config: AgentConfig,
	shared: Omit<AgentDeps, "api" | "region" | "identity" | "pair" | "gate">,
	http: Http,
	debug: Debug,
): Promise<Running> {
	const { region, profile, gate } = config;
	const pair = pairOf(config, http, debug);
	const api = ownApi(config.own, { ...http, cluster: region });
	const agent = startAgent({
		...shared,
		api,
		region,
		version: version(),
		identity: `${region}_${process.pid}_${Math.random().toString(36).slice(2, 8)}`,
		...(pair ? { pair } : {}),
		...(gate ? { gate: { ...gate, profile } } : {}),
	});
	const gates = gate
		? await serveGate({ port: gate.port, answer: (path) => agent.answer(path) })
		: undefined;
	return {
		ready: () => agent.ready(),
		stop: async () => {
			// Gates are answered to the end: another replica may not be there yet.
			await agent.stop();
			await gates?.close();
			pair?.peerApi.close();
			pair?.witnessApi.close();
			api.close();
		},
	};
}

/** Another region and the witness, with credentials that the administrator gave. */
function pairOf(
	{ grant, profile: name }: AgentConfig,
	http: Http,
	debug: Debug,
): Pair | undefined {
	if (!grant) return undefined;
	const profile = PROFILES[name];
	const fault = timingFault(profile);
	if (fault !== undefined) throw new Error(`profile ${name}: ${fault}`);
	const connect = (path: string, cluster: string) =>
		connectRenewable(path, systemClock, { ...http, cluster });
	const twin = connect(grant.twinKubeconfig, grant.twin);
	const witness = connect(grant.witnessKubeconfig, "hub");
	const renewals = [
		{ ...twin, place: grant.twin, secret: grant.twinSecret },
		{ ...witness, place: "hub", secret: grant.witnessSecret },
	].flatMap(({ secret, ...it }) => (secret ? [{ ...it, secret }] : []));
	return {
		peer: grant.twin,
		peerApi: twin.api,
		witnessApi: witness.api,
		renewals,
		profile,
		instant: systemInstant,
		// On the clock that all processes of one machine share.
		onStanding: (it) =>
			debug(
				{ hostMs: Number(process.hrtime.bigint()) / 1e6, ...it },
				"standing",
			),
	};
}

function signalled(): Promise<void> {
	return new Promise((resolve) => {
		for (const signal of ["SIGTERM", "SIGINT"] as const) {
			process.once(signal, () => resolve());
		}
	});
}

function packaged(path: string): readonly KubeObject[] {
	const text = readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
	return (loadAll(text) as (KubeObject | null)[]).filter((it) => it !== null);
}

function version(): string {
	const text = readFileSync(
		new URL("../package.json", import.meta.url),
		"utf8",
	);
	return (JSON.parse(text) as { version: string }).version;
}
