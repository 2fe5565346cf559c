import type { Api, Clock } from "../../../src/shell/port.ts";
import { EmbeddedApi } from "./api.ts";
import type { AskAgent } from "./gate.ts";
import { Collector } from "./gc.ts";
import { at, type Dict, list } from "./json.ts";
import { DELAYS, type Delays, Kubelet } from "./kubelet.ts";
import { Link } from "./link.ts";
import { seeded } from "./seed.ts";
import { ApiServer } from "./server.ts";
import { type Change, type Snapshot, Store } from "./store.ts";

export interface ClusterOptions {
	readonly name: string;
	readonly clock: Clock;
	readonly seed?: number;
	readonly delays?: Partial<Delays>;
	/** Between two bookmarks of a watch. */
	readonly bookmarkMs?: number;
	/** CRDs served from the start and again after a wipe; others are created like any object. */
	readonly crds?: readonly Dict[];
	/** Asks an agent for a pod's gate. Without it pods run whatever agents say, and there are no nodes. */
	readonly askAgent?: AskAgent;
}

/** One cluster in memory: API server, controllers and machines, on the clock it is given. */
export class ControlPlane {
	readonly name: string;
	readonly store: Store;
	readonly server: ApiServer;
	readonly kubelet: Kubelet;
	readonly bookmarkMs: number;
	readonly #clock: Clock;
	readonly #collector: Collector;
	readonly #crds: readonly Dict[];
	readonly #breaks = new Set<() => void>();
	#links = 0;
	#seed: number;
	#collecting = false;
	/** Grows with every death: what was under way then is lost. */
	life = 0;
	alive = true;

	constructor(options: ClusterOptions) {
		this.name = options.name;
		this.#clock = options.clock;
		this.#seed = options.seed ?? 1;
		this.#crds = options.crds ?? [];
		this.bookmarkMs = options.bookmarkMs ?? 60_000;
		this.store = new Store(this.#seed);
		this.server = new ApiServer(this.store, () => options.clock.wall());
		this.kubelet = new Kubelet(
			this.server,
			options.clock,
			{
				...DELAYS,
				...options.delays,
			},
			options.askAgent,
		);
		this.#collector = new Collector(this.server);
		this.store.listen((change) => this.#see(change));
		this.#install();
		this.kubelet.start();
	}

	/** A client of its own. Its link can be cut and slowed without touching other clients. */
	connect(
		agent = "twin-operator",
		link: Link = this.newLink(),
	): { api: Api; link: Link } {
		return {
			api: new EmbeddedApi({ cluster: this, clock: this.#clock, link, agent }),
			link,
		};
	}

	newLink(): Link {
		this.#links += 1;
		return new Link(seeded(this.#seed * 1_000 + this.#links));
	}

	/** Everything stops, machines included. No answer, no end of open watches. */
	die(): void {
		this.alive = false;
		this.life += 1;
		this.kubelet.stop();
	}

	/** The same data again; connections from before are closed. */
	revive(): void {
		if (this.alive) return;
		this.alive = true;
		this.breakWatches();
		this.kubelet.start();
		this.#collect();
	}

	/** The data directory is gone; the server answers and knows nothing. */
	wipe(): void {
		this.life += 1;
		this.store.wipe();
		this.server.bootstrap();
		this.#install();
		this.breakWatches();
		if (this.alive) this.kubelet.start();
	}

	/** The data directory is that of a backup; connections from before are closed. */
	restore(backup: Snapshot): void {
		this.life += 1;
		this.store.restore(backup);
		this.breakWatches();
		if (this.alive) this.kubelet.start();
	}

	/** Ends every open watch, as a restart of the API server does. */
	breakWatches(): void {
		const breaks = [...this.#breaks];
		this.#breaks.clear();
		for (const it of breaks) it();
	}

	/** Calls back when connections are closed; the result takes that back. */
	onBreak(act: () => void): () => void {
		this.#breaks.add(act);
		return () => this.#breaks.delete(act);
	}

	#install(): void {
		for (const body of this.#crds) {
			this.server.perform({
				verb: "create",
				group: "apiextensions.k8s.io",
				version: "v1",
				plural: "customresourcedefinitions",
				body,
				query: {},
				agent: "embedded",
			});
		}
	}

	#see({ type, object }: Change): void {
		const going = at(object, "metadata", "deletionTimestamp") !== undefined;
		const owned =
			type === "ADDED" &&
			list(at(object, "metadata", "ownerReferences")).length > 0;
		if (type === "DELETED" || going || owned) this.#collect();
	}

	#collect(): void {
		if (this.#collecting) return;
		this.#collecting = true;
		const life = this.life;
		void this.#clock.sleep(this.kubelet.delays.reactMs).then(() => {
			this.#collecting = false;
			if (!this.alive) return;
			if (life !== this.life || this.#collector.pass()) this.#collect();
		});
	}
}
