/**
 * Stands for the controllers of Deployments, StatefulSets and Jobs, for the
 * scheduler and for the kubelets: pods appear, become ready after a delay and
 * go after another. Deployments own their pods without a ReplicaSet between.
 */
import type { Clock } from "../../../src/shell/port.ts";
import { CronJobs } from "./cronjob.ts";
import { type AskAgent, Gates } from "./gate.ts";
import { Hands } from "./hands.ts";
import { runJob } from "./job.ts";
import { at, type Dict, list, text } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { nameOf, spaceOf, uidOf } from "./lister.ts";
import { type GateOf, held, isReady, madeFrom, podStatus } from "./pod.ts";
import { suffixFrom } from "./seed.ts";
import type { ApiServer } from "./server.ts";
import type { Change } from "./store.ts";
import { deploymentStatus, statefulSetStatus } from "./workload-status.ts";

export interface Delays {
	/** From a change to the controllers' reaction. */
	readonly reactMs: number;
	readonly podReadyMs: number;
	readonly podEndMs: number;
	readonly jobMs: number;
}

export const DELAYS: Delays = {
	reactMs: 50,
	podReadyMs: 2_000,
	podEndMs: 1_000,
	jobMs: 5_000,
};

const WORKLOADS = new Set(["Deployment", "StatefulSet", "Job"]);

export class Kubelet {
	readonly #server: ApiServer;
	readonly #clock: Clock;
	readonly delays: Delays;
	readonly #hands: Hands;
	readonly #due = new Set<string>();
	readonly #gated = new Set<string>();
	gateOf: GateOf = () => undefined;
	readonly #cron: CronJobs;
	/** Grows when the machines stop: what was under way then is forgotten. */
	#life = 0;
	#on = false;
	readonly #gates: Gates | undefined;

	/** Without `ask` nothing holds a pod: they run whatever an agent says. */
	constructor(server: ApiServer, clock: Clock, delays: Delays, ask?: AskAgent) {
		if (ask)
			this.#gates = new Gates({
				ask,
				clock,
				readyMs: delays.podReadyMs,
				time: () => server.now(),
			});
		this.#server = server;
		this.#clock = clock;
		this.delays = delays;
		this.#hands = new Hands(server);
		this.#cron = new CronJobs(
			server,
			(kind) => this.#hands.kind(kind),
			() => clock.wall(),
		);
		server.store.listen((change) => this.#see(change));
	}

	start(): void {
		this.#life += 1;
		this.#on = true;
		this.#due.clear();
		this.#gated.clear();
		this.#gates?.forget();
		if (this.#gates) this.#hands.node("node-0");
		for (const plural of ["deployments", "statefulsets", "jobs", "pods"]) {
			const kind = this.#hands.kind(plural);
			for (const it of this.#server.store.list(kind, undefined))
				this.#take(kind, it);
		}
		this.#everyMinute();
	}

	stop(): void {
		this.#life += 1;
		this.#on = false;
	}

	trigger(namespace: string, name: string): void {
		this.#cron.run(namespace, name);
	}

	#everyMinute(): void {
		this.#after(60_000, () => {
			this.#cron.tick();
			this.#everyMinute();
		});
	}

	#after(ms: number, act: () => void): void {
		const life = this.#life;
		void this.#clock.sleep(ms).then(() => {
			if (life === this.#life && this.#on) act();
		});
	}

	#see({ type, kind, object, before }: Change): void {
		if (!this.#on) return;
		if (kind.kind === "Pod") this.#ownersOf(object);
		if (type === "DELETED") return;
		const grown =
			at(object, "metadata", "generation") !==
			at(before, "metadata", "generation");
		if (kind.kind === "Pod" ? grown || held(object) !== held(before) : grown)
			this.#take(kind, object);
	}

	#take(kind: Kind, object: Dict): void {
		if (kind.kind === "Pod") this.#pod(kind, object);
		else if (WORKLOADS.has(kind.kind))
			this.#enqueue(kind, spaceOf(object), nameOf(object));
	}

	#ownersOf(pod: Dict): void {
		for (const owner of list(at(pod, "metadata", "ownerReferences"))) {
			const kind = this.#server.registry.byKind(
				text(at(owner, "apiVersion")),
				text(at(owner, "kind")),
			);
			if (kind && WORKLOADS.has(kind.kind))
				this.#enqueue(kind, spaceOf(pod), text(at(owner, "name")));
		}
	}

	#enqueue(kind: Kind, namespace: string, name: string): void {
		const id = `${kind.kind} ${namespace}/${name}`;
		if (this.#due.has(id)) return;
		this.#due.add(id);
		this.#after(this.delays.reactMs, () => {
			this.#due.delete(id);
			const found = this.#server.store.get(kind, namespace, name);
			if (found) this.#reconcile(kind, found);
		});
	}

	#reconcile(kind: Kind, workload: Dict): void {
		if (at(workload, "metadata", "deletionTimestamp")) return;
		if (kind.kind === "Job") {
			runJob(this.#server, this.#hands, kind, workload, (act) =>
				this.#after(this.delays.jobMs, act),
			);
		} else this.#scale(kind, workload);
	}

	#scale(kind: Kind, workload: Dict): void {
		const wanted = Number(at(workload, "spec", "replicas") ?? 1);
		const template = at(workload, "spec", "template");
		const living = this.#hands
			.podsOf(workload)
			.filter((it) => !at(it, "metadata", "deletionTimestamp"));
		const fresh = living.filter((it) => madeFrom(it, template));
		const stale = living.filter((it) => !fresh.includes(it));
		for (const it of fresh.slice(wanted)) this.#hands.delete(it);
		const ready = fresh.filter(isReady).length;
		if (kind.kind === "StatefulSet") {
			this.#ordinals(workload, living, stale, wanted);
		} else {
			for (let made = fresh.length; made < wanted; made++)
				this.#hands.create(
					workload,
					kind,
					`${nameOf(workload)}-${suffixFrom(this.#server.store.random)}`,
				);
			// Old pods serve until the new ones do.
			if (ready >= wanted) for (const it of stale) this.#hands.delete(it);
		}
		this.#report(kind, workload, wanted);
	}

	/** A StatefulSet's pods keep their names, so that an old one must go first. */
	#ordinals(
		workload: Dict,
		living: readonly Dict[],
		stale: readonly Dict[],
		wanted: number,
	): void {
		const there = new Set(this.#hands.podsOf(workload).map(nameOf));
		for (const it of stale) this.#hands.delete(it);
		for (let ordinal = 0; ordinal < wanted; ordinal++) {
			const name = `${nameOf(workload)}-${ordinal}`;
			if (!there.has(name))
				this.#hands.create(workload, this.#hands.kind("statefulsets"), name);
		}
		for (const it of living) {
			const ordinal = Number(nameOf(it).slice(nameOf(workload).length + 1));
			if (ordinal >= wanted && !stale.includes(it)) this.#hands.delete(it);
		}
	}

	#report(kind: Kind, workload: Dict, wanted: number): void {
		const pods = this.#hands
			.podsOf(workload)
			.filter((it) => !at(it, "metadata", "deletionTimestamp"));
		const count = {
			wanted,
			replicas: pods.length,
			updated: pods.filter((it) =>
				madeFrom(it, at(workload, "spec", "template")),
			).length,
			ready: pods.filter(isReady).length,
		};
		const make =
			kind.kind === "StatefulSet" ? statefulSetStatus : deploymentStatus;
		this.#hands.status(
			kind,
			workload,
			make(workload, count, this.#server.now()),
		);
	}

	#pod(kind: Kind, pod: Dict): void {
		const uid = uidOf(pod);
		const current = (): Dict | undefined => {
			const found = this.#server.store.get(kind, spaceOf(pod), nameOf(pod));
			return found && uidOf(found) === uid ? found : undefined;
		};
		if (at(pod, "metadata", "deletionTimestamp")) {
			this.#after(this.delays.podEndMs, () => {
				const found = current();
				if (found && !held(found)) this.#server.remove(kind, found);
			});
			return;
		}
		if (this.gateOf(pod) !== undefined) {
			if (!this.#gated.has(uid)) this.#hold(kind, current);
			this.#gated.add(uid);
			return;
		}
		const life = this.#life;
		const isGuarded = this.#gates?.guard(
			pod,
			() => (this.#on && life === this.#life ? current() : undefined),
			(status) => this.#hands.status(kind, pod, status),
		);
		if (isGuarded) return;
		if (at(pod, "status", "phase") && isReady(pod)) return;
		this.#after(this.delays.podReadyMs, () => {
			const found = current();
			if (found && !at(found, "metadata", "deletionTimestamp"))
				this.#hands.status(
					kind,
					found,
					podStatus(found, this.#server.now(), "Running"),
				);
		});
	}

	#hold(kind: Kind, current: () => Dict | undefined): void {
		const found = current();
		if (!found || at(found, "metadata", "deletionTimestamp")) return;
		const open = this.gateOf(found) === true;
		const now = podStatus(
			found,
			this.#server.now(),
			open ? "Running" : "Pending",
		);
		if (open !== isReady(found) || !at(found, "status", "phase"))
			this.#hands.status(kind, found, now);
		this.#after(this.delays.jobMs / 10, () => this.#hold(kind, current));
	}
}
