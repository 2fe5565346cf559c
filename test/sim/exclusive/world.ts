/** The world of the simulation, with agents that hold grants and machines that obey the gate. */
import { NODE } from "../../../src/api/kind.ts";
import type { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import type { Snapshot } from "../../clusters/embedded/store.ts";
import { Line } from "../line.ts";
import { PROFILE } from "../operator.ts";
import {
	OPERATOR_NAMESPACE,
	REGIONS,
	type RegionName,
	type Shape,
	twinOf,
} from "../service.ts";
import * as user from "../user.ts";
import { World } from "../world.ts";
import { AgentMachine, type Ways } from "./agent.ts";
import { Nodes } from "./nodes.ts";

export interface GrantWorldOptions {
	readonly seed?: number;
	readonly services?: readonly Shape[];
	/** Clocks of each region against true time. */
	readonly rates?: Readonly<Record<RegionName, number>>;
	/** A third API server keeps the grants in the hub's place. */
	readonly witness?: boolean;
}

export class GrantWorld extends World {
	readonly nodes: Readonly<Record<RegionName, Nodes>>;
	readonly machines: Readonly<Record<RegionName, AgentMachine[]>> = {
		north: [],
		south: [],
	};
	/** Of the first process of a region, and of one beside it. */
	readonly ways: Readonly<Record<RegionName, readonly [Ways, Ways]>>;
	/** Services found running in two regions. */
	onTwo: (service: string) => void = () => {};
	readonly #rates: Readonly<Record<RegionName, number>>;
	/** Declared lost by a person, and so it stays until the person says otherwise. */
	#condemned: RegionName | undefined;
	/** Nodes of the region do not reach its agents. */
	readonly #unheard = new Set<RegionName>();
	#agents = 0;

	constructor(options: GrantWorldOptions = {}) {
		super({ ...options, agent: "External", grants: true });
		this.#rates = options.rates ?? { north: 1, south: 1 };
		this.ways = { north: this.#waysOf("north"), south: this.#waysOf("south") };
		const nodes = (region: RegionName) =>
			new Nodes({
				region,
				plane: this.regions[region],
				clock: this.clock,
				rate: this.#rates[region],
				random: this.random,
				fenceMs: PROFILE.fenceSeconds * 1_000,
				ask: (path) =>
					this.#unheard.has(region)
						? []
						: this.machines[region].flatMap((it) => it.answer(path) ?? []),
				onStart: (service) => this.#started(region, service),
			});
		this.nodes = { north: nodes("north"), south: nodes("south") };
		for (const it of REGIONS) addNode(this, this.regions[it]);
	}

	override startAgent(region: RegionName): void {
		if (region === this.#condemned) return;
		const { machines } = this;
		const living = machines[region].filter((it) => it.process.state !== "dead");
		machines[region].splice(0, Infinity, ...living);
		if (living.length === 0)
			this.agents[region] = this.#startMachine(region, 0).process;
	}

	/** Beside the one that runs, as in a roll-out. */
	startSecondAgent(region: RegionName): AgentMachine | undefined {
		if (region === this.#condemned) return undefined;
		return this.#startMachine(region, 1);
	}

	killAgents(region: RegionName): void {
		for (const it of this.machines[region].splice(0)) it.kill();
	}

	override stop(): void {
		super.stop();
		for (const it of REGIONS) {
			this.killAgents(it);
			this.nodes[it].off();
		}
	}

	/** A region with everything in it. */
	lose(region: RegionName): void {
		this.nodes[region].off();
		this.killAgents(region);
		this.die(this.regions[region]);
	}

	/** Nothing of it comes back before the result is called. Undefined: another region is condemned. */
	condemn(region: RegionName): (() => void) | undefined {
		if (this.#condemned !== undefined) return undefined;
		this.#condemned = region;
		this.lose(region);
		// Its own records let it run by itself: docs/operations.md says how it comes back.
		const sole =
			user.holderOf(this, this.regions[region], twinOf(region)) === region;
		return () => {
			this.#condemned = undefined;
			this.bringBack(region, sole);
		};
	}

	override revive(plane: ControlPlane): void {
		if (plane.name !== this.#condemned) super.revive(plane);
	}

	/** `empty`: its etcd is gone. */
	bringBack(region: RegionName, empty = false): void {
		if (region === this.#condemned) return;
		if (empty) this.wipeRegion(region);
		if (!this.regions[region].alive) this.revive(this.regions[region]);
		this.nodes[region].turnOn();
		this.startAgent(region);
	}

	/** Its pods go on by their gates alone for a while. */
	wipeRegion(region: RegionName): void {
		const plane = this.regions[region];
		this.nodes[region].strand(20_000);
		plane.wipe();
		this.truth.onRegionWipe(region, this.clock.now());
		this.journal.say(region, "is empty");
		user.createNamespace(plane, OPERATOR_NAMESPACE);
		addNode(this, plane);
	}

	/** Its etcd is that of a backup. Nothing reaches it, its own machines neither, until the result is called. */
	restoreRegion(region: RegionName, backup: Snapshot): () => void {
		const mend = this.isolate(region);
		const plane = this.regions[region];
		this.restoring.add(region);
		plane.restore(backup);
		this.truth.onRegionWipe(region, this.clock.now());
		this.journal.say(region, "is restored from a backup");
		if (!plane.alive) this.revive(plane);
		return () => {
			mend();
			this.restoring.delete(region);
			this.nodes[region].turnOn();
			this.startAgent(region);
		};
	}

	/** The same for a hub whose operator does not run. */
	restoreHub(backup: Snapshot): () => void {
		const ways = REGIONS.flatMap((it) => this.ways[it]);
		const mends = ways.map((it) => it.hub.cut());
		this.hub.restore(backup);
		this.truth.onRestore(this.hub.store.all(), this.clock.now());
		this.journal.say("hub", "is restored from a backup");
		if (!this.hub.alive) this.revive(this.hub);
		return () => {
			for (const it of mends) it();
			this.startHub();
		};
	}

	/** Everything between a region and the others, its hub's line included. */
	isolate(region: RegionName): () => void {
		const mends = [
			this.lines[region].cut(),
			...this.ways[region].flatMap((it) => [it.hub.cut(), it.peer.cut()]),
			...this.ways[twinOf(region)].map((it) => it.peer.cut()),
		];
		return () => {
			for (const it of mends) it();
		};
	}

	/** The link between the regions, both ways. */
	cutLink(): () => void {
		const mends = REGIONS.flatMap((it) =>
			this.ways[it].map((way) => way.peer.cut()),
		);
		return () => {
			for (const it of mends) it();
		};
	}

	deafen(region: RegionName): () => void {
		this.#unheard.add(region);
		return () => void this.#unheard.delete(region);
	}

	/** Regions where pods of the service truly run. */
	running(service: string): readonly RegionName[] {
		return REGIONS.filter((it) => this.nodes[it].running(service) > 0);
	}

	#startMachine(region: RegionName, slot: 0 | 1): AgentMachine {
		const name = `agent-${region}#${++this.#agents}`;
		const ways = this.ways[region][slot];
		const rate = this.#rates[region];
		const machine = new AgentMachine(this, region, name, ways, rate);
		this.machines[region].push(machine);
		this.journal.say("process", `${name} starts`);
		return machine;
	}

	#waysOf(region: RegionName): readonly [Ways, Ways] {
		const line = (name: string, to: ControlPlane) =>
			new Line(`agent-${region}-${name}`, to.newLink(), this.clock);
		const twin = twinOf(region);
		const ways = (own: Line): Ways => ({
			own,
			peer: line(twin, this.regions[twin]),
			hub: line("hub", this.third),
		});
		return [
			ways(this.agentLines[region]),
			ways(line("own", this.regions[region])),
		];
	}

	#started(region: RegionName, service: string): void {
		this.journal.say(region, `a pod of ${service} runs`);
		if (this.nodes[twinOf(region)].running(service) > 0) this.onTwo(service);
	}
}

/** One that bears the gate. */
function addNode(world: World, plane: ControlPlane): void {
	const body = {
		apiVersion: "v1",
		kind: "Node",
		metadata: { name: "node-0" },
	};
	world.kubectl(plane, "create", NODE, { body });
	const status = {
		nodeInfo: { operatingSystem: "linux" },
		declaredFeatures: ["RestartAllContainersOnContainerExits"],
	};
	plane.server.handle({
		verb: "merge",
		group: NODE.group,
		version: NODE.version,
		plural: NODE.plural,
		name: "node-0",
		subresource: "status",
		body: { status },
		query: {},
		agent: "user",
	});
}
