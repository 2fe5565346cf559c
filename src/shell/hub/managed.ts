/**
 * Installs and upgrades the agents of regions with spec.agent Managed: looks at
 * both regions, decides on one step (core/hub/agent-rollout.ts), carries it out,
 * and looks again. At rest it only reads.
 */
import { rolloutOf } from "../../core/hub/agent-rollout.ts";
import { clusterProblem } from "../../core/hub/cluster.ts";
import type { ClusterView } from "../../core/hub/cluster-view.ts";
import type { Problem } from "../../core/hub/problem.ts";
import { Queue, type Turn } from "../queue.ts";
import { look } from "./agent-look.ts";
import { writePart } from "./agent-write.ts";
import type { AgentKit, HubContext } from "./context.ts";
import type { RegionLink } from "./link.ts";

/** While something is under way. */
const AGAIN_MS = 2_000;
/** What was refused is refused again, most likely. */
const REFUSED_MS = 30_000;
/** Somebody may have changed an agent by hand. */
const REST_MS = 60_000;
const KEY = "agents";

/** Of a TwinService, while its active side is being changed. */
const MOVING: readonly string[] = [
	"Moving",
	"ByGrant",
	"PolicyChanging",
	"AwaitingGate",
];

export class Managed {
	readonly #hub: () => HubContext;
	readonly #installs: Map<string, Problem>;
	readonly #queue: Queue;
	/** The last step that was carried out, while one follows the other. */
	#written: string | undefined;

	/** `installs`: where it says what it does; `hub` is asked for from the first turn on. */
	constructor(
		hub: () => HubContext,
		installs: Map<string, Problem>,
		shared: Pick<HubContext, "clock" | "random" | "log" | "metrics">,
	) {
		this.#hub = hub;
		this.#installs = installs;
		this.#queue = new Queue({
			...shared,
			name: KEY,
			concurrency: 1,
			handle: () => this.#turn(),
		});
	}

	/** To be called whenever a region, its grant or its agent has changed. */
	review(): void {
		this.#queue.add(KEY);
	}

	async stop(withinMs: number): Promise<void> {
		await this.#queue.stop(withinMs);
	}

	async #turn(): Promise<Turn> {
		const hub = this.#hub();
		if (!hub.isSynced() || hub.isIsolated()) return { afterMs: AGAIN_MS };
		const managed = managedOf(hub);
		if (managed.length === 0) {
			this.#say(new Map());
			return undefined;
		}
		// Said already, as Stalled: which cluster is which has to be known first.
		if (managed.some((it) => problemOf(hub, it))) {
			this.#say(new Map());
			return { afterMs: REST_MS };
		}
		const fault = faultOf(hub, managed);
		if (fault || !hub.agents) {
			this.#say(new Map(managed.map((it) => [it.name, fault as Problem])));
			return { afterMs: REST_MS };
		}
		return this.#work(hub, hub.agents, linksOf(hub, managed));
	}

	async #work(
		hub: HubContext,
		kit: AgentKit,
		links: readonly RegionLink[],
	): Promise<Turn> {
		const looked = await look(hub, kit, links);
		const { step, said } = rolloutOf(
			looked.map((it) => it.seen),
			kit.image,
			movingIn(hub),
		);
		this.#say(said);
		const at = looked.find((it) => it.link.name === step?.region);
		if (!step || !at) {
			this.#written = undefined;
			const isRefused = [...said.values()].some(
				(it) => it.reason === "InstallRefused",
			);
			const restMs = isRefused ? REFUSED_MS : AGAIN_MS;
			return { afterMs: said.size === 0 ? REST_MS : restMs };
		}
		// A TwinCluster that was changed meanwhile is another's.
		if (managedOf(hub).length < links.length || hub.isIsolated())
			return { afterMs: AGAIN_MS };
		const fault = await writePart(hub, at, step.part);
		if (!fault) {
			// What is outstanding again at once, somebody else undoes.
			const key = `${step.region} ${step.part}`;
			const isRepeated = key === this.#written;
			this.#written = key;
			return { afterMs: isRepeated ? REFUSED_MS : 0 };
		}
		this.#say(new Map(said).set(step.region, fault));
		return { afterMs: REFUSED_MS };
	}

	#say(said: ReadonlyMap<string, Problem>): void {
		const { clusterQueue, log } = this.#hub();
		const names = new Set([...this.#installs.keys(), ...said.keys()]);
		for (const name of names) {
			const now = said.get(name);
			// A region that does not answer has changed nothing; Reachable says it.
			if (now?.reason === "Unreachable") continue;
			const before = this.#installs.get(name);
			if (now?.message === before?.message) continue;
			if (now) this.#installs.set(name, now);
			else this.#installs.delete(name);
			const fields = { cluster: name, reason: now?.reason ?? "AgentAtWork" };
			if (now?.reason === "InstallRefused") log.warn(fields, now.message);
			else
				log.info(
					fields,
					now?.message ?? `the agent of ${name} is as it is to be`,
				);
			clusterQueue.add(name);
		}
	}
}

/** In the order in which they have their turn. */
const managedOf = (hub: HubContext): readonly ClusterView[] =>
	[...hub.clusters.values()]
		.filter((it) => it.agent === "Managed" && !it.deleting)
		.filter((it) => hub.links.has(it.name))
		.toSorted((a, b) => a.name.localeCompare(b.name));

const linksOf = (
	hub: HubContext,
	clusters: readonly ClusterView[],
): readonly RegionLink[] =>
	clusters.flatMap((it) => hub.links.get(it.name) ?? []);

/** What no step could mend. */
function faultOf(
	hub: HubContext,
	managed: readonly ClusterView[],
): Problem | undefined {
	if (!hub.agents)
		return {
			reason: "InstallRefused",
			message:
				"This hub was given nothing to install agents with. Set the chart's values hub.managed.regions, hub.managed.server and hub.managed.gateImage (flags --agent-image, --agent-server, --gate-image); or set spec.agent to External.",
		};
	if (hub.witnessApi)
		return {
			reason: "InstallRefused",
			message:
				"A witness keeps the grants in the hub's place, and the hub has no rights there to make the agents' credentials. Set spec.agent to External, and install the agents with their credentials.",
		};
	if (managed.length === 2) return undefined;
	const other = [...hub.clusters.values()].find(
		(it) => it !== managed[0] && hub.links.has(it.name) && !it.deleting,
	);
	return {
		reason: "WaitingForTwin",
		message: other
			? `spec.agent of ${other.name} is ${other.agent}, and the agents of a pair hold each other's grants. Set it to Managed there too.`
			: "There is no second TwinCluster, and the agents of a pair hold each other's grants. Register the other region, with agent Managed.",
	};
}

const problemOf = (
	hub: HubContext,
	cluster: ClusterView,
): Problem | undefined =>
	clusterProblem(
		cluster,
		[...hub.clusters.values()],
		(name) => hub.links.get(name)?.clusterUID,
	);

function movingIn(hub: HubContext): string | undefined {
	for (const it of hub.operations.values())
		if (!it.over) return `TwinService ${it.service}`;
	for (const { key, status } of hub.services.values()) {
		const it = status.conditions?.find((c) => c.type === "Reconciling");
		if (it?.status === "True" && MOVING.includes(it.reason))
			return `TwinService ${key}`;
	}
	return undefined;
}
