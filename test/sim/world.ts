/**
 * Three clusters, the operator's processes and the lines between them, in
 * virtual time. Everything random comes from the seed; everything that happens
 * is a line of the event log, so that two runs can be compared byte by byte.
 */
import type { Resource } from "../../src/api/kind.ts";
import type { KubeObject } from "../../src/api/object.ts";
import { VirtualClock } from "../clusters/embedded/clock.ts";
import { ControlPlane } from "../clusters/embedded/control-plane.ts";
import { projectCrds } from "../clusters/embedded/crds.ts";
import { at, type Dict, text } from "../clusters/embedded/json.ts";
import { type Random, seeded } from "../clusters/embedded/seed.ts";
import type { Verb } from "../clusters/embedded/server.ts";
import type { Change } from "../clusters/embedded/store.ts";
import { Journal } from "./journal.ts";
import { Line } from "./line.ts";
import { type Agent, startAgentProcess, startHubProcess } from "./operator.ts";
import type { Process, Witness } from "./process.ts";
import {
	OPERATOR_NAMESPACE,
	REGIONS,
	type RegionName,
	type Shape,
} from "./service.ts";
import { Truth } from "./truth.ts";
import * as user from "./user.ts";

export interface WorldOptions {
	readonly seed?: number;
	readonly agent?: Agent;
	readonly services?: readonly Shape[];
	/** The agents hold grants (test/sim/exclusive); they are External then. */
	readonly grants?: boolean;
	/** A third API server keeps the grants in the hub's place. */
	readonly witness?: boolean;
}

const crds = projectCrds();

export class World {
	readonly clock = new VirtualClock();
	readonly random: Random;
	readonly agent: Agent;
	readonly grants: boolean;
	readonly hub: ControlPlane;
	/** Where the agents keep their grants: the hub, unless the world has a witness. */
	readonly third: ControlPlane;
	readonly regions: Readonly<Record<RegionName, ControlPlane>>;
	/** From the hub operator's process. */
	readonly lines: Readonly<Record<RegionName | "hub", Line>>;
	/** From a region's own agent process. */
	readonly agentLines: Readonly<Record<RegionName, Line>>;
	readonly truth = new Truth();
	readonly journal = new Journal(this.clock);
	/** What the user has in Git. */
	readonly shapes = new Map<string, Shape>();
	readonly deleted = new Set<string>();
	/** Policies that a service had, and when each was set. */
	readonly policies = new Map<string, { policy: string; atMs: number }[]>();
	/** Extra objects that the user has dropped at some time. */
	readonly dropped = new Set<string>();
	/** Regions that a person makes new after a backup was put back. */
	readonly restoring = new Set<string>();
	/** Deleted services that a wiped hub has forgotten: their sides are nobody's. */
	readonly forgotten = new Set<string>();
	/** Services that run on both sides since one took over unasked. */
	readonly overlapping = new Set<string>();
	/** What the hub installs in regions without an agent of their own. */
	readonly sideCrd = crds.find(isOfSides) as KubeObject | undefined;
	hubProcess: Process | undefined;
	readonly agents: Partial<Record<RegionName, Process>> = {};
	/** Looks at everything that happens; set by the invariants. */
	witness:
		| (Witness & { onChange(cluster: string, change: Change): void })
		| undefined;
	readonly #upSince = new Map<string, number>();
	#processes = 0;

	constructor(options: WorldOptions = {}) {
		const seed = options.seed ?? 1;
		this.random = seeded(seed * 7_919 + 13);
		this.agent = options.agent ?? "None";
		this.grants = options.grants ?? false;
		const plane = (name: string, nth: number, served: readonly Dict[]) =>
			new ControlPlane({
				name,
				clock: this.clock,
				seed: seed * 10 + nth,
				crds: served,
			});
		this.hub = plane("hub", 0, crds);
		this.third = options.witness ? plane("witness", 3, []) : this.hub;
		const shipped = this.agent === "External" ? crds.filter(isOfSides) : [];
		this.regions = {
			north: plane("north", 1, shipped),
			south: plane("south", 2, shipped),
		};
		if (this.third !== this.hub)
			user.createNamespace(this.third, OPERATOR_NAMESPACE);
		const line = (name: string, to: ControlPlane) =>
			new Line(name, to.newLink(), this.clock);
		const { north, south } = this.regions;
		this.lines = {
			hub: line("hub-hub", this.hub),
			north: line("hub-north", north),
			south: line("hub-south", south),
		};
		this.agentLines = {
			north: line("agent-north", north),
			south: line("agent-south", south),
		};
		this.#listen();
		if (this.agent === "External") {
			for (const it of REGIONS)
				user.createNamespace(this.regions[it], OPERATOR_NAMESPACE);
		}
		for (const it of options.services ?? []) this.shapes.set(it.name, it);
		user.installHub(this);
	}

	/** Policies that may still be acted upon: the last one, and those replaced a moment ago. */
	policiesOf(service: string): readonly string[] {
		const all = this.policies.get(service) ?? [];
		const earliestMs = this.clock.now() - 30_000;
		return all
			.filter((_, nth) => (all[nth + 1]?.atMs ?? Infinity) > earliestMs)
			.map((it) => it.policy);
	}

	/** Starts what is not running. */
	start(): void {
		this.startHub();
		if (this.agent === "External")
			for (const it of REGIONS) this.startAgent(it);
	}

	/** Ends every process: nothing of this world goes on. */
	stop(): void {
		for (const it of [this.hubProcess, ...Object.values(this.agents)])
			it?.kill();
	}

	startHub(): void {
		if (this.hubProcess && this.hubProcess.state !== "dead") return;
		this.hubProcess = startHubProcess(this, ++this.#processes);
		this.journal.say("process", `${this.hubProcess.name} starts`);
	}

	/** Beside the one that runs: two at the same time do no harm. */
	startAnotherHub(): Process {
		const process = startHubProcess(this, ++this.#processes);
		this.journal.say("process", `${process.name} starts beside`);
		return process;
	}

	startAgent(region: RegionName): void {
		const running = this.agents[region];
		if (running && running.state !== "dead") return;
		const started = startAgentProcess(this, region, ++this.#processes);
		this.agents[region] = started;
		this.journal.say("process", `${started.name} starts`);
	}

	/** When the cluster's API server came up last. */
	upSinceMs(cluster: string): number {
		return this.#upSince.get(cluster) ?? 0;
	}

	die(plane: ControlPlane): void {
		plane.die();
		this.journal.say(plane.name, "is dead");
	}

	revive(plane: ControlPlane): void {
		plane.revive();
		this.#upSince.set(plane.name, this.clock.now());
		this.journal.say(plane.name, "is alive again");
	}

	/** The hub's data is gone, and what is in Git is applied again. */
	wipeHub(): void {
		this.hub.wipe();
		this.truth.onWipe(this.clock.now());
		for (const it of this.deleted) this.forgotten.add(it);
		this.journal.say("hub", "wiped, and built again from Git");
		user.installHub(this);
	}

	/** A request by a person: no network between. Throws when it is refused. */
	kubectl(
		plane: ControlPlane,
		verb: Verb,
		resource: Pick<Resource, "group" | "version" | "plural">,
		rest: { namespace?: string; name?: string; body?: unknown },
	): Dict {
		const { group, version, plural } = resource;
		const query: Record<string, string> =
			verb === "apply" ? { fieldManager: "user", force: "true" } : {};
		const ask = { verb, group, version, plural, query, agent: "user", ...rest };
		const { status, body } = plane.server.handle(ask);
		if (status >= 300 && !(verb === "get" && status === 404))
			throw new Error(`${verb} ${plural} ${rest.name}: ${text(body.message)}`);
		return status === 404 ? {} : body;
	}

	#listen(): void {
		for (const region of REGIONS) {
			this.regions[region].store.listen((change) => {
				this.truth.onRegion(region, change, this.clock.now());
				this.journal.onRegion(region, change);
				this.witness?.onChange(region, change);
			});
		}
		this.hub.store.listen((change) => {
			this.truth.onHub(change, this.clock.now());
			this.journal.onHub(change);
			this.witness?.onChange("hub", change);
		});
	}
}

const isOfSides = (crd: Dict): boolean =>
	at(crd, "spec", "names", "kind") === "TwinSide";
