/**
 * The live objects of all sides of a region: one reflector per kind, and an
 * index by side over their projections.
 */
import { MANIFEST_KINDS, type Resource } from "../../api/kind.ts";
import { ADOPT, INSTALLATION, SIDE } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { type LiveView, ownerOf, parseLive } from "../../core/region/live.ts";
import type { KindState } from "../../core/region/observation.ts";
import { idOf, type Part } from "../../core/region/part.ts";
import type { SideView } from "../../core/region/side.ts";
import type { Answer, Api, Call, Clock, Log, Metrics } from "../port.ts";
import { Reflector } from "../reflector.ts";
import { keyOf, nameIn } from "../store.ts";

export interface ObjectsOptions {
	readonly region: string;
	readonly installation: string;
	readonly api: Api;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	readonly metrics?: Metrics;
	readonly sideOf: (key: string) => SideView | undefined;
	/** Something about this side's objects has changed. */
	readonly onChange: (sideKey: string) => void;
	/** A kind was listed for the first time, or is known to be absent or forbidden. */
	readonly onKind: (resource: Resource) => void;
}

/** CustomResourceDefinitions come seldom. */
const ABSENT_RETRY_MS = 60_000;

const NONE: ReadonlyMap<string, LiveView> = new Map();

export class Objects {
	readonly #options: ObjectsOptions;
	readonly #bySide = new Map<string, Map<string, LiveView>>();
	readonly #states = new Map<string, KindState>();
	readonly #reflectors = new Map<string, Reflector<LiveView>>();
	/** The answer of an own write changes what is known, and surprises nobody. */
	#noting = false;

	constructor(options: ObjectsOptions) {
		this.#options = options;
		for (const resource of MANIFEST_KINDS) {
			this.#reflectors.set(resource.kind, this.#reflect(resource));
		}
	}

	/** To be called when the sides are known: drift is measured against them. */
	start(): void {
		for (const it of this.#reflectors.values()) it.start();
	}

	nudge(): void {
		for (const it of this.#reflectors.values()) it.nudge();
	}

	async stop(): Promise<void> {
		await Promise.all([...this.#reflectors.values()].map((it) => it.stop()));
	}

	state(resource: Resource): KindState {
		return this.#states.get(resource.kind) ?? { kind: "pending" };
	}

	of(sideKey: string): ReadonlyMap<string, LiveView> {
		return this.#bySide.get(sideKey) ?? NONE;
	}

	#parse(object: KubeObject, resource: Resource): LiveView {
		return parseLive(object, resource, this.#partOf(object, resource));
	}

	#partOf(object: KubeObject, resource: Resource): Part | undefined {
		const key = nameIn(object.metadata.namespace, sideNameOf(object));
		const id = idOf(resource.kind, object.metadata.name ?? "");
		return this.#options.sideOf(key)?.parts.find((it) => it.id === id);
	}

	/** Takes the answer of an own write, so that the next look sees it. */
	note(object: KubeObject, resource: Resource): LiveView {
		const reflector = this.#reflectors.get(resource.kind);
		this.#noting = true;
		try {
			reflector?.note(object);
		} finally {
			this.#noting = false;
		}
		const kept = reflector?.get(keyOf(object));
		const isThis =
			kept !== undefined &&
			kept.resourceVersion === object.metadata.resourceVersion &&
			kept.uid === object.metadata.uid &&
			kept.drift?.of === this.#partOf(object, resource)?.hash;
		// Comparing with the part is the dear half of it: not a second time.
		return isThis ? kept : this.#parse(object, resource);
	}

	/**
	 * Takes what was read by name. Without our labels it is not kept: no watch
	 * would tell when it goes.
	 */
	saw(object: KubeObject, resource: Resource): LiveView {
		const { [SIDE]: side, [INSTALLATION]: by } = object.metadata.labels ?? {};
		return side !== undefined && by === this.#options.installation
			? this.note(object, resource)
			: this.#parse(object, resource);
	}

	/** A view of the same version whose drift was measured against a newer side. */
	refine(sideKey: string, view: LiveView): void {
		const there = this.#bySide.get(sideKey);
		const before = there?.get(view.id);
		if (before?.resourceVersion === view.resourceVersion) {
			there?.set(view.id, view);
		}
	}

	#reflect(resource: Resource): Reflector<LiveView> {
		const { region, installation, api, ...rest } = this.#options;
		return new Reflector<LiveView>({
			cluster: region,
			api: this.#noticing(api, resource),
			clock: rest.clock,
			random: rest.random,
			log: this.#exceptAbsent(resource),
			...(rest.metrics ? { metrics: rest.metrics } : {}),
			resource,
			labelSelector: `${SIDE},${INSTALLATION}=${installation}`,
			project: (object) => this.#parse(object, resource),
			onChange: (key, now, before) => this.#index(key, now, before),
		});
	}

	#index(
		key: string,
		now: LiveView | undefined,
		before: LiveView | undefined,
	): void {
		const namespace = key.slice(0, key.indexOf("/"));
		if (before && before.side !== now?.side) {
			this.#drop(nameIn(namespace, before.side), before.id);
		}
		if (now) {
			const sideKey = nameIn(namespace, now.side);
			const there = this.#bySide.get(sideKey);
			if (there) there.set(now.id, now);
			else this.#bySide.set(sideKey, new Map([[now.id, now]]));
			if (!this.#noting) this.#options.onChange(sideKey);
		}
	}

	#drop(sideKey: string, id: string): void {
		const there = this.#bySide.get(sideKey);
		there?.delete(id);
		if (there?.size === 0) this.#bySide.delete(sideKey);
		this.#options.onChange(sideKey);
	}

	/**
	 * Watches the list of a kind go by: the reflector need not know what "not
	 * served" means, and asks seldom again.
	 */
	#noticing(api: Api, resource: Resource): Api {
		const { clock } = this.#options;
		let absentAtMs: number | undefined;
		return {
			request: async <T>(call: Call): Promise<Answer<T>> => {
				if (absentAtMs !== undefined) {
					const left = absentAtMs + ABSENT_RETRY_MS - clock.now();
					await clock.sleep(Math.max(0, left), call.signal);
				}
				const answer = await api.request<T>(call);
				const state = stateFrom(answer);
				absentAtMs = state?.kind === "absent" ? clock.now() : undefined;
				if (state && state.kind !== "listed") this.#become(resource, state);
				if (state?.kind === "listed") this.#whenTaken(resource);
				return answer;
			},
			watch: (call) => api.watch(call),
			close: () => api.close(),
		};
	}

	/** That an optional kind is not served is said once, and is no fault. */
	#exceptAbsent(resource: Resource): Log {
		const { log } = this.#options;
		return {
			info: (fields, message) => log.info(fields, message),
			warn: (fields, message) => {
				if (this.state(resource).kind !== "absent") log.warn(fields, message);
			},
		};
	}

	/** Listed is a kind only when the last page has been taken. */
	#whenTaken(resource: Resource): void {
		const reflector = this.#reflectors.get(resource.kind);
		void reflector?.whenSynced.then(() =>
			this.#become(resource, { kind: "listed" }),
		);
	}

	#become(resource: Resource, state: KindState): void {
		const before = this.state(resource);
		// What was listed once is kept as seen last; writes are refused when it is old.
		if (before.kind === "listed" || before.kind === state.kind) return;
		this.#states.set(resource.kind, state);
		if (state.kind === "absent") {
			const { region, log } = this.#options;
			log.info(
				{ region, resource: resource.plural },
				`${resource.kind} is not served by this cluster; asked again every minute`,
			);
		}
		this.#options.onKind(resource);
	}
}

function stateFrom(answer: Answer<unknown>): KindState | undefined {
	if (answer.kind === "ok") return { kind: "listed" };
	if (answer.kind !== "refused" || answer.status === 410) return undefined;
	if (answer.status === 404) return { kind: "absent" };
	// 401 and 429 say nothing about this kind.
	if (answer.status !== 403) return undefined;
	return { kind: "failed", message: answer.message };
}

/** The label says it; an object whose label was taken away is known by its owner. */
export const sideNameOf = (object: KubeObject): string =>
	object.metadata.labels?.[SIDE] ??
	ownerOf(object)?.name ??
	object.metadata.annotations?.[ADOPT] ??
	"";
