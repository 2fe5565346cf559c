/**
 * The agent of one region: TwinSides become workloads. The same code runs in
 * the hub process over the network (`agent: None`) and in the region.
 */
import { type Resource, TWIN_SIDE } from "../api/kind.ts";
import { INSTALLATION } from "../api/label.ts";
import { awaitsPodsGone } from "../core/region/podsgone.ts";
import { nextRole } from "../core/region/role.ts";
import { parseSide, type SideView } from "../core/region/side.ts";
import type { Api, Clock, Log, Metrics } from "./port.ts";
import { Queue, type Turn } from "./queue.ts";
import { Reflector } from "./reflector.ts";
import type { Context } from "./region/context.ts";
import { heartbeat } from "./region/lease.ts";
import { Memory } from "./region/memory.ts";
import { Objects } from "./region/objects.ts";
import { turn } from "./region/turn.ts";

export interface RegionDeps {
	/** Name of its TwinCluster. */
	readonly region: string;
	readonly installation: string;
	/** The operator's own, in this region. */
	readonly namespace: string;
	readonly api: Api;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	readonly metrics?: Metrics;
	/** Sides that have their turn at the same time. */
	readonly concurrency?: number;
	/** Set where the agent runs in its region: renews the Lease that the hub watches. */
	readonly heartbeat?: { readonly identity: string };
	/** For a hub in the same process. */
	readonly onSide?: (
		key: string,
		now: SideView | undefined,
		before: SideView | undefined,
	) => void;
	readonly onConnected?: (connected: boolean) => void;
}

export interface Region {
	/** The TwinSides of this installation in the region. */
	readonly sides: Reflector<SideView>;
	/** Somebody knows that the region answers again. */
	nudge(): void;
	/** Within seconds: turns under way may end, then they are given up. */
	stop(): Promise<void>;
}

const CONCURRENCY = 16;
const STOP_MS = 5_000;
/** A change of role goes before routine: many services may be moving at once. */
const MOVING = 0;
const ROUTINE = 1;

export function startRegion(deps: RegionDeps): Region {
	const stopping = new AbortController();
	const memories = new Map<string, Memory>();
	const { clock, random, log, metrics } = deps;
	const shared = { clock, random, log, ...(metrics ? { metrics } : {}) };
	/** The turn under way makes this change itself, and needs no further one for it. */
	let noting = false;

	const queue = new Queue({
		...shared,
		name: `region ${deps.region}`,
		concurrency: deps.concurrency ?? CONCURRENCY,
		handle: (key, signal) => handle(key, signal),
	});
	const add = (key: string): void => {
		const side = sides.get(key);
		if (side) queue.add(key, isMoving(side) ? MOVING : ROUTINE);
	};
	const sides: Reflector<SideView> = new Reflector<SideView>({
		...shared,
		cluster: deps.region,
		api: deps.api,
		resource: TWIN_SIDE,
		labelSelector: `${INSTALLATION}=${deps.installation}`,
		project: (object) =>
			parseSide(
				object,
				sides.get(`${object.metadata.namespace}/${object.metadata.name}`),
			),
		onChange: (key, now, before) => {
			if (!now) forget(key);
			else if (!noting) add(key);
			deps.onSide?.(key, now, before);
		},
		onConnected: (connected) => {
			if (connected) takeUp();
			deps.onConnected?.(connected);
		},
	});
	const objects = new Objects({
		...shared,
		region: deps.region,
		installation: deps.installation,
		api: deps.api,
		sideOf: (key) => sides.get(key),
		onChange: add,
		onKind: (resource) => addAllWith(resource),
	});
	const context: Context = {
		...shared,
		region: deps.region,
		api: deps.api,
		objects,
		noteSide: (object) => {
			noting = true;
			sides.note(object);
			noting = false;
		},
	};

	/** A side waits until all of its kinds are known: what pods need goes first. */
	function addAllWith(resource: Resource): void {
		for (const [key, side] of sides.entries()) {
			const kinds = side.parts.flatMap((it) => it.resource ?? []);
			const known = kinds.every((it) => objects.state(it).kind !== "pending");
			if (known && kinds.includes(resource)) add(key);
		}
	}

	/** The region answers again: what it left open does not sit out its back-off. */
	function takeUp(): void {
		objects.nudge();
		for (const [key, memory] of memories) if (memory.inDoubt) add(key);
	}

	function forget(key: string): void {
		memories.delete(key);
		queue.forget(key);
	}

	async function handle(key: string, signal: AbortSignal): Promise<Turn> {
		const side = sides.get(key);
		if (!side) return undefined;
		let memory = memories.get(key);
		if (memory?.uid !== side.uid) {
			memory = new Memory(side.uid);
			memories.set(key, memory);
		}
		return turn(context, side, memory, signal);
	}

	sides.start();
	void sides.whenSynced.then(() => {
		if (!stopping.signal.aborted) objects.start();
	});
	const beating = deps.heartbeat
		? heartbeat({ ...deps, ...deps.heartbeat, signal: stopping.signal })
		: Promise.resolve();

	return {
		sides,
		nudge: () => {
			sides.nudge();
			takeUp();
		},
		stop: async () => {
			stopping.abort();
			await queue.stop(STOP_MS);
			await Promise.all([sides.stop(), objects.stop(), beating]);
		},
	};
}

/** A role is to change, or the pods of the last change are still going. */
const isMoving = (side: SideView): boolean =>
	nextRole(side).kind === "change" ||
	(side.status.epoch > 0 && awaitsPodsGone(side));
