/** The four acts. Each returns what it measured; the seconds come from the objects' own status. */
import {
	MANIFEST_KINDS,
	NAMESPACE,
	TWIN_CLUSTER,
	TWIN_OPERATION,
	TWIN_SERVICE,
} from "../src/api/kind.ts";
import type { KubeObject } from "../src/api/object.ts";
import { secondsBetween } from "../src/api/time.ts";
import type {
	TwinCluster,
	TwinOperation,
	TwinService,
} from "../src/api/types.ts";
import { yaml } from "../test/clusters/install.ts";
import { apply, waitFor } from "./kube.ts";
import { command, heading, say, sides } from "./screen.ts";
import { REGIONS, type Region, type Stage } from "./stage.ts";

/** Several times what each step takes on a slow machine. */
const PATIENCE_SECONDS = 120;

export interface Result {
	readonly what: string;
	readonly seconds: number | undefined;
}

type Transition = NonNullable<
	NonNullable<TwinService["status"]>["lastTransition"]
>;

const example = (file: string) => yaml(`examples/${file}`);
const [SERVICE] = example("service.yaml").filter(
	(it) => it.kind === "TwinService",
);
if (!SERVICE) throw new Error("examples/service.yaml has no TwinService");
export const WHERE = {
	namespace: SERVICE.metadata.namespace ?? "default",
	name: SERVICE.metadata.name ?? "",
};

const is = (it: TwinService, type: string, status = "True") =>
	it.status?.conditions?.some(
		(c) =>
			c.type === type &&
			c.status === status &&
			c.observedGeneration === it.metadata.generation,
	) ?? false;

const told = new Map<string, string>();

/** Prints each condition when it changes: the hub's own words, each once. */
function narrate(service: TwinService): void {
	for (const it of service.status?.conditions ?? []) {
		const text = `${it.type}=${it.status} ${it.reason}: ${it.message}`;
		if (told.get(it.type) === text) continue;
		told.set(it.type, text);
		say(`  ${text.length > 160 ? `${text.slice(0, 157)}...` : text}`);
	}
}

const watchService = (
	stage: Stage,
	what: string,
	done: (it: TwinService) => boolean,
) =>
	waitFor<TwinService>(
		stage.api,
		{ resource: TWIN_SERVICE, ...WHERE },
		what,
		PATIENCE_SECONDS,
		done,
		narrate,
	);

function stages(transition: Transition): void {
	const from = transition.requestedAt ?? transition.lostAt;
	if (!from) return;
	for (const [label, at] of [
		["last answer of the old side", transition.lostAt],
		["asked for", transition.requestedAt],
		["old side stopped for sure", transition.fencedAt],
		["new side active", transition.activatedAt],
		["all pods ready", transition.readyAt],
	] as const) {
		if (!at) continue;
		const seconds = (Date.parse(at) - Date.parse(from)) / 1000;
		say(`  ${`+${seconds.toFixed(1)} s`.padStart(9)}  ${label}`);
	}
}

export async function place(stage: Stage): Promise<Result> {
	heading("1. One TwinService becomes two matching deployments");
	command("kubectl apply -f examples/clusters.yaml");
	await applyAll(stage, example("clusters.yaml"));
	// Services may come first; it only shows more of what is still missing.
	for (const region of REGIONS) await grantHeld(stage, region);
	command("kubectl apply -f examples/service.yaml");
	await applyAll(stage, example("service.yaml"));
	const placed = await watchService(
		stage,
		"the service is ready in one region and redundant in the other",
		(it) => is(it, "Ready") && is(it, "Redundant"),
	);
	sides(placed);
	const active = placed.status?.activeCluster;
	say(
		`active in ${active}, standby in ${placed.status?.standbyCluster} (cold: it costs nothing while it waits)`,
	);
	return {
		what: "placed, until ready",
		seconds: secondsBetween(
			placed.metadata.creationTimestamp ?? "",
			placed.status?.conditions?.find((it) => it.type === "Ready")
				?.lastTransitionTime ?? "",
		),
	};
}

function regionOf(stage: Stage, name: string): Region {
	const known = REGIONS.find((it) => it === name);
	if (!known) throw new Error(`${name} is not one of the demo's regions`);
	return stage.regions[known];
}

async function applyAll(
	stage: Stage,
	objects: readonly KubeObject[],
): Promise<void> {
	for (const object of objects) {
		const resource = [
			NAMESPACE,
			TWIN_CLUSTER,
			TWIN_SERVICE,
			...MANIFEST_KINDS,
		].find((it) => it.kind === object.kind);
		if (resource) await apply(stage.api, resource, object);
	}
}

async function activeNow(stage: Stage): Promise<string> {
	const now = await watchService(stage, "an active side", (it) =>
		Boolean(it.status?.activeCluster),
	);
	return now.status?.activeCluster ?? "";
}

export async function burn(stage: Stage): Promise<Result> {
	const lost = await activeNow(stage);
	heading(`2. ${lost} burns down`);
	await regionOf(stage, lost).burn();
	say(`every process of ${lost} is gone, its agent too; nobody tells anybody`);
	const moved = await watchService(
		stage,
		`the twin has taken over from ${lost} and is available`,
		(it) =>
			it.status?.activeCluster !== lost &&
			it.status?.lastTransition?.kind === "Failover" &&
			Boolean(it.status.lastTransition.readyAt) &&
			is(it, "Available"),
	);
	sides(moved);
	const transition = moved.status?.lastTransition;
	const to = moved.status?.activeCluster;
	if (transition) stages(transition);
	say(
		`The agent in ${to} saw the grant of ${lost} unchanged for 11.2 s, in its`,
	);
	say("own cluster and on the hub: longer than any pod there runs without it,");
	say(
		"dead or only cut off. Then it took it, in both. The hub decided nothing.",
	);
	return {
		what: `${lost} lost, until every pod was ready in ${to}`,
		seconds: transition?.recoverySeconds,
	};
}

export async function returnHome(stage: Stage): Promise<Result> {
	const serving = await activeNow(stage);
	const back = REGIONS.find((it) => it !== serving) ?? "";
	heading(`3. ${back} comes back, with everything it had when it died`);
	await regionOf(stage, back).rebuild();
	const from = performance.now();
	say(`${back} and its agent answer again; its side still says Active`);
	say(`its pods wait at their gates: ${serving} has its grant`);
	const calm = await watchService(
		stage,
		`${back} has become the standby`,
		(it) =>
			it.status?.activeCluster === serving &&
			it.status?.clusters?.find((c) => c.name === back)?.role === "Standby" &&
			is(it, "Redundant") &&
			is(it, "Ready"),
	);
	await grantHeld(stage, back);
	const seconds = (performance.now() - from) / 1000;
	sides(calm);
	say(
		`${serving} goes on serving; ${back} stands by and has its grant back. Nothing moves back by itself.`,
	);
	return { what: `${back} back, until it stood by with its grant`, seconds };
}

/** The grant of a region, in the words of its TwinCluster. */
async function grantHeld(stage: Stage, region: string): Promise<void> {
	const found = (it: TwinCluster) =>
		it.status?.conditions?.find((c) => c.type === "GrantHeld");
	const held = await waitFor<TwinCluster>(
		stage.api,
		{ resource: TWIN_CLUSTER, name: region },
		`${region} holds its grant`,
		PATIENCE_SECONDS,
		(it) => found(it)?.status === "True",
	);
	say(`  TwinCluster ${region}: GrantHeld=True: ${found(held)?.message}`);
}

export async function failBack(stage: Stage): Promise<Result> {
	const home = SERVICE?.spec as { clusters: { name: string }[] };
	const to = home.clusters[0]?.name ?? "";
	heading(
		`4. Back to ${to}, planned: the old side stops before the new one starts`,
	);
	const [operation] = example("switchover.yaml");
	if (!operation) throw new Error("examples/switchover.yaml is empty");
	command("kubectl apply -f examples/switchover.yaml");
	const { spec } = operation as KubeObject & { spec: { to?: string } };
	await apply(stage.api, TWIN_OPERATION, {
		...operation,
		spec: { ...spec, to },
	});
	const done = await waitFor<TwinOperation>(
		stage.api,
		{
			resource: TWIN_OPERATION,
			namespace: WHERE.namespace,
			name: operation.metadata.name ?? "",
		},
		"the switchover is complete",
		PATIENCE_SECONDS,
		(it) => {
			const ended = it.status?.conditions?.find((c) => c.status === "True");
			if (ended?.type === "Failed")
				throw new Error(`the switchover failed: ${ended.message}`);
			return ended?.type === "Complete";
		},
	);
	const moved = await watchService(
		stage,
		`the service is ready in ${to}`,
		(it) =>
			it.status?.activeCluster === to &&
			is(it, "Ready") &&
			Boolean(it.status.lastTransition?.readyAt),
	);
	sides(moved);
	if (moved.status?.lastTransition) stages(moved.status.lastTransition);
	return {
		what: `switchover to ${to}, until every pod was ready`,
		seconds:
			moved.status?.lastTransition?.recoverySeconds ?? done.status?.seconds,
	};
}
