/** One agent process of a region, with its pair: the real agent, on a clock that may drift and be suspended. */
import type { GateAnswer } from "../../../src/core/region/answer.ts";
import type { Instant } from "../../../src/core/region/grant/instant.ts";
import { type Agent, startAgent } from "../../../src/shell/agent.ts";
import type { Clock } from "../../../src/shell/port.ts";
import { seeded } from "../../clusters/embedded/seed.ts";
import type { Line } from "../line.ts";
import { INSTALLATION, PROFILE, PROFILE_NAME } from "../operator.ts";
import { Process, type Witness } from "../process.ts";
import { OPERATOR_NAMESPACE, type RegionName, twinOf } from "../service.ts";
import type { GrantWorld } from "./world.ts";

/** From one process to the three API servers that it talks to. */
export interface Ways {
	readonly own: Line;
	readonly peer: Line;
	readonly hub: Line;
}

const GATE = {
	image: `example/gate@sha256:${"0".repeat(64)}`,
	agents: ["http://10.0.0.1:8900"],
	profile: PROFILE_NAME,
};

export class AgentMachine {
	readonly process: Process;
	readonly ways: Ways;
	readonly agent: Agent;
	readonly #clock: Clock;
	readonly #rate: number;
	#asleepMs = 0;
	/** Its wall clock against the true one. */
	#wallOffMs = 0;
	#sinceMs: number | undefined;

	constructor(
		world: GrantWorld,
		region: RegionName,
		name: string,
		ways: Ways,
		rate: number,
	) {
		this.ways = ways;
		this.#clock = world.clock;
		this.#rate = rate;
		const { clock } = world;
		const drifting: Clock = {
			now: () => this.#monotonicMs(),
			wall: () => this.#wall(),
			sleep: (ms, signal) => clock.sleep(ms / rate, signal),
		};
		const witness: Witness = {
			onSend: (...it) => world.witness?.onSend(...it),
			onAnswer: (...it) => world.witness?.onAnswer(...it),
			onLog: (by, line) => world.journal.say(by.name, line),
		};
		const process = new Process(name, drifting, witness);
		process.onDeath = () => world.journal.say("process", `${name} dies`);
		this.process = process;
		const twin = twinOf(region);
		const api = (cluster: RegionName | "hub", { link }: Line) => {
			const plane = cluster === "hub" ? world.third : world.regions[cluster];
			return process.api(cluster, plane.connect("twin-operator", link).api);
		};
		this.agent = startAgent({
			region,
			installation: INSTALLATION,
			namespace: OPERATOR_NAMESPACE,
			identity: name,
			api: api(region, ways.own),
			clock: process.clock,
			random: seeded(world.random.below(1e9)).next,
			log: process.log,
			gate: GATE,
			pair: {
				peer: twin,
				peerApi: api(twin, ways.peer),
				witnessApi: api("hub", ways.hub),
				profile: PROFILE,
				instant: () => this.#instant(),
			},
		});
	}

	/** Undefined: nobody answers. */
	answer(path: string): GateAnswer | undefined {
		return this.process.state === "running"
			? this.agent.answer(path)
			: undefined;
	}

	get fresh(): boolean {
		return (
			this.process.state === "running" && this.agent.authority()?.fresh === true
		);
	}

	kill(): void {
		this.process.kill();
		void this.agent.stop();
	}

	/** The machine is suspended: one of its clocks stands still meanwhile. */
	suspend(): void {
		if (this.process.state !== "running") return;
		this.#sinceMs = this.#clock.now();
		this.process.pause();
	}

	resume(): void {
		if (this.#sinceMs !== undefined)
			this.#asleepMs += this.#clock.now() - this.#sinceMs;
		this.#sinceMs = undefined;
		this.process.resume();
	}

	/** Somebody sets the clock. */
	stepWall(ms: number): void {
		this.#wallOffMs += ms;
	}

	#wall(): Date {
		return new Date(this.#clock.wall().getTime() + this.#wallOffMs);
	}

	#monotonicMs(): number {
		const now = this.#sinceMs ?? this.#clock.now();
		return (now - this.#asleepMs) * this.#rate;
	}

	#instant(): Instant {
		return {
			monotonicMs: this.#monotonicMs(),
			bootMs: this.#clock.now() * this.#rate,
			wallMs: this.#wall().getTime(),
		};
	}
}
