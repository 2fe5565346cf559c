/**
 * What must hold at every moment. Each rule looks at one change of a store, at
 * one request as it leaves a process, or (seldom) at the world as it stands.
 */
import type { Answer, Call } from "../../src/shell/port.ts";
import type { Change } from "../clusters/embedded/store.ts";
import { hubRules } from "./hub-rules.ts";
import type { Process } from "./process.ts";
import { regionRules } from "./region-rules.ts";
import { standingRules } from "./standing-rules.ts";
import type { World } from "./world.ts";

export interface Violation {
	readonly atMs: number;
	readonly rule: string;
	readonly text: string;
}

export const lineOf = ({ atMs, rule, text }: Violation): string =>
	`${(atMs / 1_000).toFixed(3)} s: ${rule}: ${text}`;

export type Report = (rule: string, text: string) => void;

/** What one process has heard of one cluster. */
export interface Heard {
	/** Any answer of the API server. */
	anyMs: number;
	/** A probe's answer that proves life. */
	aliveMs: number;
}

export class Invariants {
	readonly violations: Violation[] = [];
	readonly world: World;
	readonly #heard = new Map<string, Heard>();

	constructor(world: World) {
		this.world = world;
		world.witness = {
			onChange: (cluster, change) => this.#onChange(cluster, change),
			onSend: (by, cluster, call) => this.#onSend(by, cluster, call),
			onAnswer: (by, cluster, call, answer) =>
				this.#onAnswer(by, cluster, call, answer),
			onLog: () => {},
		};
		void this.#stand();
	}

	/** Undefined: this process has never heard of it. */
	heard(by: Process, cluster: string): Heard | undefined {
		return this.#heard.get(`${by.name} ${cluster}`);
	}

	report(rule: string, text: string): void {
		const atMs = this.world.clock.now();
		this.violations.push({ atMs, rule, text });
		this.world.journal.say("VIOLATED", `${rule}: ${text}`);
	}

	#onChange(cluster: string, change: Change): void {
		if (cluster !== "hub")
			regionRules(this.world, cluster, change, (...it) => this.report(...it));
	}

	#onSend(by: Process, cluster: string, call: Call): void {
		if (by.name.startsWith("hub#"))
			hubRules({ invariants: this, world: this.world, by, cluster, call });
	}

	#onAnswer(
		by: Process,
		cluster: string,
		call: Call,
		answer: Answer<unknown>,
	): void {
		if (answer.kind === "silent" || answer.kind === "failing") return;
		const id = `${by.name} ${cluster}`;
		const before = this.#heard.get(id);
		const now = this.world.clock.now();
		this.#heard.set(id, {
			anyMs: now,
			aliveMs: isProbe(call)
				? now
				: (before?.aliveMs ?? Number.NEGATIVE_INFINITY),
		});
	}

	async #stand(): Promise<void> {
		for (;;) {
			await this.world.clock.sleep(2_000);
			standingRules(this);
		}
	}
}

const isProbe = ({ verb, resource, name }: Call): boolean =>
	verb === "get" && resource.kind === "Namespace" && name === "kube-system";
