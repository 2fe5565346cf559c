/**
 * The machines of one region: what truly runs there, whatever any API server
 * says of it. A pod behind a gate runs from an agent's yes until F after the
 * sending of the last question that was answered yes: as late as the protocol
 * allows, on a clock of its own.
 */
import { SIDE } from "../../../src/api/label.ts";
import type { GateAnswer } from "../../../src/core/region/answer.ts";
import { GATE_PATH } from "../../../src/core/region/answer.ts";
import { GATE_NAME } from "../../../src/core/region/gate-pod.ts";
import type { Clock } from "../../../src/shell/port.ts";
import type { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { at, type Dict, list, text } from "../../clusters/embedded/json.ts";
import type { Random } from "../../clusters/embedded/seed.ts";

export interface NodesOptions {
	readonly region: string;
	readonly plane: ControlPlane;
	readonly clock: Clock;
	/** Clock of the machines against true time. */
	readonly rate: number;
	readonly random: Random;
	/** F. */
	readonly fenceMs: number;
	/** Answers of the region's agents that can be reached now. */
	readonly ask: (path: string) => readonly GateAnswer[];
	/** A pod has begun to run. */
	readonly onStart: (service: string) => void;
}

interface Pod {
	readonly uid: string;
	readonly service: string;
	/** Of its gate's question; undefined: it has no gate. */
	readonly path: string | undefined;
	/** Sending of the last question that was answered yes. */
	yesMs: number;
	/** It has been told to go, or its machine is off. */
	over: boolean;
}

const ASK_MS = 1_000;

export class Nodes {
	readonly #options: NodesOptions;
	readonly #pods = new Map<string, Pod>();
	/** Pods on a machine that hears nothing of its API server, and what it said last. */
	readonly #stuck = new Map<string, boolean>();
	#on = true;

	constructor(options: NodesOptions) {
		this.#options = options;
		const { plane } = options;
		plane.kubelet.gateOf = (pod) => this.#gateOf(pod);
		plane.store.listen(({ kind, type, object }) => {
			if (kind.kind !== "Pod" || !this.#on) return;
			if (type === "ADDED") this.#add(object);
			if (type === "DELETED") this.#end(uidOf(object));
		});
	}

	/** Pods of the service that truly run now. */
	running(service: string): number {
		return [...this.#pods.values()].filter(
			(it) => it.service === service && this.#runs(it),
		).length;
	}

	/** The power is off. */
	off(): void {
		this.#on = false;
		for (const it of this.#pods.values()) it.over = true;
		this.#pods.clear();
		this.#stuck.clear();
	}

	/** And on again: the machines do what their API server says. */
	turnOn(): void {
		this.#on = true;
		for (const it of this.#options.plane.store.all())
			if (it.kind === "Pod") this.#add(it);
	}

	/** The machines that have pods now hear nothing of their API server until it is over. */
	partition(): () => void {
		const mine = [...this.#pods.values()];
		for (const it of mine) this.#stuck.set(it.uid, this.#runs(it));
		return () => {
			const there = new Set([...this.#options.plane.store.all()].map(uidOf));
			for (const it of mine) {
				this.#stuck.delete(it.uid);
				if (!there.has(it.uid)) this.#end(it.uid);
			}
		};
	}

	/** The API server was made anew: pods that it does not know go on by their gates for a while. */
	strand(forMs: number): void {
		const end = this.partition();
		void this.#options.clock.sleep(forMs).then(end);
	}

	#runs({ path, yesMs, over }: Pod): boolean {
		if (over) return false;
		const { clock, fenceMs, rate } = this.#options;
		if (path === undefined) return true;
		return clock.now() < yesMs + fenceMs / rate;
	}

	#gateOf(pod: Dict): boolean | undefined {
		if (pathOf(pod) === undefined) return undefined;
		const uid = uidOf(pod);
		const found = this.#pods.get(uid);
		return this.#stuck.get(uid) ?? (found !== undefined && this.#runs(found));
	}

	#add(object: Dict): void {
		const uid = uidOf(object);
		const service = text(at(object, "metadata", "labels", SIDE));
		if (this.#pods.has(uid) || service === "") return;
		const path = pathOf(object);
		const pod = { uid, service, path, yesMs: -Infinity, over: false };
		this.#pods.set(uid, pod);
		if (this.#runs(pod)) this.#options.onStart(service);
		if (path !== undefined) void this.#askAlways(pod, path);
	}

	#end(uid: string): void {
		const found = this.#pods.get(uid);
		if (!found || this.#stuck.has(uid)) return;
		found.over = true;
		this.#pods.delete(uid);
	}

	async #askAlways(pod: Pod, path: string): Promise<void> {
		const { clock, random, rate } = this.#options;
		await clock.sleep(100 + random.below(900));
		while (!pod.over) {
			void this.#ask(pod, path, clock.now());
			await clock.sleep(ASK_MS / rate);
		}
	}

	async #ask(pod: Pod, path: string, sentMs: number): Promise<void> {
		const { clock, random, ask, onStart } = this.#options;
		// Now and then nearly the whole second that a gate waits.
		const most = random.next() < 0.1 ? 480 : 15;
		await clock.sleep(random.below(most));
		const yes = ask(path).some((it) => it.status === 200 && it.body === "yes");
		await clock.sleep(random.below(most));
		if (!yes || pod.over) return;
		const before = this.#runs(pod);
		pod.yesMs = Math.max(pod.yesMs, sentMs);
		if (!before && this.#runs(pod)) onStart(pod.service);
	}
}

const uidOf = (object: Dict): string => text(at(object, "metadata", "uid"));

/** As the rendered gate asks. */
function pathOf(pod: Dict): string | undefined {
	const gate = list(at(pod, "spec", "initContainers")).find(
		(it) => at(it, "name") === GATE_NAME,
	);
	const urls = list(at(gate, "env")).find(
		(it) => at(it, "name") === "TWIN_GATE_URLS",
	);
	const url = text(at(urls, "value")).split(" ")[0] ?? "";
	const from = url.indexOf(GATE_PATH);
	return from < 0 ? undefined : url.slice(from);
}
