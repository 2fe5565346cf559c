/**
 * Stands for the container `twin-gate` of a pod and for the kubelet that obeys
 * its exit (src/core/region/gate.ts): the application waits until an agent says
 * yes, and is stopped when the yes stays away. Asked over HTTP, as pods do.
 */
import { GATE_NAME } from "../../../src/core/region/gate-pod.ts";
import type { Clock } from "../../../src/shell/port.ts";
import { at, type Dict, list, text } from "./json.ts";
import { uidOf } from "./lister.ts";
import { podStatus } from "./pod.ts";

const PERIOD_MS = 1_000;

/** One question to one agent; whether its answer is yes. Must not reject. */
export type AskAgent = (url: string) => Promise<boolean>;

interface Gate {
	readonly urls: readonly string[];
	readonly limitMs: number;
}

export interface GatesOptions {
	readonly ask: AskAgent;
	readonly clock: Clock;
	/** From an open gate to a ready application. */
	readonly readyMs: number;
	/** In the form of Kubernetes. */
	readonly time: () => string;
}

/** Undefined when the pod is gone, or its machine is dead. */
type Current = () => Dict | undefined;
type Report = (status: Dict) => void;

export class Gates {
	readonly #options: GatesOptions;
	readonly #guarded = new Set<string>();

	constructor(options: GatesOptions) {
		this.#options = options;
	}

	/** A machine that has just started knows of no yes: every pod waits again. */
	forget(): void {
		this.#guarded.clear();
	}

	/** False for pods that have no gate. */
	guard(pod: Dict, current: Current, report: Report): boolean {
		const gate = gateOf(pod);
		if (!gate) return false;
		const uid = uidOf(pod);
		if (this.#guarded.has(uid)) return true;
		this.#guarded.add(uid);
		const here = () => {
			const found = current();
			return found && !isOver(found) ? found : undefined;
		};
		void this.#run(gate, here, report);
		return true;
	}

	/** Ends with the pod. A yes counts from the sending of its question. */
	async #run(gate: Gate, current: Current, report: Report): Promise<void> {
		const { clock, ask, readyMs, time } = this.#options;
		let yesMs: number | undefined;
		// After the change that is being told of now.
		await clock.sleep(0);
		for (let pod = current(); pod; pod = current()) {
			if (yesMs === undefined) report(podStatus(pod, time(), "Pending"));
			const sentMs = clock.now();
			if ((await Promise.all(gate.urls.map(ask))).includes(true)) {
				if (yesMs === undefined) {
					await clock.sleep(readyMs);
					const passed = current();
					if (passed) report(podStatus(passed, time(), "Running"));
				}
				yesMs = sentMs;
			} else if (yesMs !== undefined && clock.now() - yesMs >= gate.limitMs)
				yesMs = undefined;
			await clock.sleep(PERIOD_MS);
		}
	}
}

const isOver = (pod: Dict): boolean =>
	at(pod, "metadata", "deletionTimestamp") !== undefined ||
	at(pod, "status", "phase") === "Succeeded";

function gateOf(pod: Dict): Gate | undefined {
	const container = list(at(pod, "spec", "initContainers")).find(
		(it) => at(it, "name") === GATE_NAME,
	);
	if (container === undefined) return undefined;
	const env = list(at(container, "env"));
	const value = (name: string): string =>
		text(
			at(
				env.find((it) => at(it, "name") === name),
				"value",
			),
		);
	return {
		urls: value("TWIN_GATE_URLS").split(" "),
		limitMs: Number(value("TWIN_GATE_SECONDS")) * 1_000,
	};
}
