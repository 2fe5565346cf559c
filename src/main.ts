#!/usr/bin/env node
/** Composition root: the one place that reads arguments, environment, files of the package and signals. */
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { systemClock, systemInstant } from "./adapters/clock.ts";
import { secretConnector } from "./adapters/credentials.ts";
import { serveGate } from "./adapters/gate-server.ts";
import { serveHealth } from "./adapters/http.ts";
import { jsonLog } from "./adapters/log.ts";
import { prometheus } from "./adapters/metrics.ts";
import { connectRenewable } from "./adapters/renewable.ts";
import { connectFile, connectInCluster } from "./adapters/trusted.ts";
import type { KubeObject } from "./api/object.ts";
import { COMMANDS } from "./cli/command.ts";
import { type Config, parseConfig, usage } from "./config.ts";
import { PROFILES } from "./core/profile.ts";
import { timingFault } from "./core/region/grant/timing.ts";
import { type AgentDeps, type Pair, startAgent } from "./shell/agent.ts";
import { startHub } from "./shell/hub.ts";

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
	const own = {
		...http,
		cluster: config.command === "agent" ? config.region : "hub",
	};
	const api =
		"kubeconfig" in config.own
			? connectFile(config.own.kubeconfig, systemClock, own)
			: connectInCluster(config.own, systemClock, own);
	const shared = {
		installation: config.installation,
		namespace: config.namespace,
		api,
		clock: systemClock,
		random: Math.random,
		log,
		metrics,
	};
	const witnessApi =
		config.command === "hub" && config.witnessKubeconfig
			? connectFile(config.witnessKubeconfig, systemClock, {
					...http,
					cluster: "witness",
				})
			: undefined;
	const running: Running =
		config.command === "hub"
			? startHub({
					...shared,
					profile: PROFILES[config.profile],
					...(config.failureDomain === undefined
						? {}
						: { failureDomain: config.failureDomain }),
					...(witnessApi ? { witnessApi } : {}),
					connector: secretConnector(systemClock, http),
					sideCrd: packaged("crds/twin-operator.dev_twinsides.yaml"),
				})
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
	witnessApi?.close();
	api.close();
}

type AgentConfig = Extract<Config, { command: "agent" }>;
type Debug = ReturnType<typeof jsonLog>["debug"];
type Http = Omit<Parameters<typeof connectFile>[2] & object, "cluster">;

async function agentOf(
	config: AgentConfig,
	shared: Omit<AgentDeps, "region" | "identity" | "pair" | "gate">,
	http: Http,
	debug: Debug,
): Promise<Running> {
	const { region, profile, gate } = config;
	const pair = pairOf(config, http, debug);
	const agent = startAgent({
		...shared,
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

function packaged(path: string): KubeObject {
	const text = readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
	return load(text) as KubeObject;
}

function version(): string {
	const text = readFileSync(
		new URL("../package.json", import.meta.url),
		"utf8",
	);
	return (JSON.parse(text) as { version: string }).version;
}
