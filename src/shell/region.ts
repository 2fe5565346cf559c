/**
 * The agent of one region: TwinSides become workloads. The same code runs in
 * the hub process over the network (`agent: None`) and in the region.
 */
import { type Resource, TWIN_SIDE } from "../api/kind.ts";
import { INSTALLATION } from "../api/label.ts";
import type { Authority, Offer } from "../core/region/authority.ts";
import { nextStep } from "../core/region/decide.ts";
import { offered } from "../core/region/exclusive/offered.ts";
import type { GrantView } from "../core/region/exclusive/view.ts";
import type { GateSettings } from "../core/region/gate.ts";
import type { OwnSide } from "../core/region/grant/return.ts";
import { awaitsPodsGone } from "../core/region/podsgone.ts";
import { parseSide, type SideView } from "../core/region/side.ts";
import { isProofOutdated } from "../core/region/status.ts";
import type { Api, Clock, Log, Metrics } from "./port.ts";
import { Queue, type Turn } from "./queue.ts";
import { Reflector } from "./reflector.ts";
import type { Context } from "./region/context.ts";
import { Exclusive, type Grant } from "./region/exclusive.ts";
import { type HeartbeatOptions, heartbeat } from "./region/lease.ts";
import { Memory } from "./region/memory.ts";
import { Objects } from "./region/objects.ts";
import { listOwnSides } from "./region/own.ts";
import { Peer } from "./region/peer.ts";
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
	readonly heartbeat?: Pick<
		HeartbeatOptions,
		"identity" | "fencing" | "version"
	>;
	/** Set where the agent holds grants: Exclusive sides then follow them, and no wish to become active. */
	readonly grant?: Grant;
	/** Set where agents answer gates: pods of Exclusive sides are then rendered behind one. */
	readonly gate?: GateSettings;
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
	/**
	 * The authority may have changed: sides that it concerns get a turn, changes of
	 * role first. To be called after every round of renewals; it makes no request.
	 */
	reconsider(): void;
	/** Rule 14: by side, in order; for `handover`. From the watch, so it may be old; no entry is ever withdrawn. */
	offered(): ReadonlyMap<string, Offer>;
	/** Rules 11, 12 and 21: a consistent list of the own sides, made now; undefined: not known. */
	readSides(): Promise<readonly OwnSide[] | undefined>;
	/**
	 * Rule 11: this process has written the side with this uid as Standby since it
	 * is `taken`: no older write can make it active any more. To be asked for each
	 * side of a `readSides`.
	 */
	isReturned(taken: string, uid: string): boolean;
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
		if (side) queue.add(key, isMoving(side, view(side)) ? MOVING : ROUTINE);
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
				deps.gate,
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
	const exclusive = deps.grant && exclusiveOf(deps, deps.grant, add, askAgain);
	const view = (side: SideView, now?: Authority): GrantView | undefined =>
		side.policy === "Exclusive"
			? exclusive?.view(side, memories.get(side.key), undefined, now)
			: undefined;
	const context: Context = {
		...shared,
		region: deps.region,
		api: deps.api,
		objects,
		...(exclusive ? { exclusive } : {}),
		...(deps.gate ? { gate: deps.gate } : {}),
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

	function reconsider(): void {
		const authority = exclusive?.authority();
		for (const [key, side] of sides.entries()) {
			const grant = view(side, authority);
			if (!grant) continue;
			const priority = concern(side, grant, memories.get(key));
			if (priority !== undefined) queue.add(key, priority);
		}
	}

	/** The twin's API server answers again: what waits for it does not sit out its back-off. */
	function askAgain(): void {
		for (const memory of memories.values()) memory.stopAsking();
		reconsider();
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
	exclusive?.peer.start();
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
			exclusive?.peer.nudge();
			takeUp();
		},
		reconsider,
		offered: () => offered(sides.values()),
		readSides: () => listOwnSides({ ...deps, signal: stopping.signal }),
		isReturned: (taken, uid) => exclusive?.isReturned(taken, uid) ?? false,
		stop: async () => {
			stopping.abort();
			await queue.stop(STOP_MS);
			await Promise.all([
				sides.stop(),
				objects.stop(),
				exclusive?.peer.stop(),
				beating,
			]);
		},
	};
}

function exclusiveOf(
	deps: RegionDeps,
	grant: Grant,
	onChange: (key: string) => void,
	onConnected: () => void,
): Exclusive {
	const { requestSeconds, periodSeconds } = grant.profile;
	const peer = new Peer({
		...deps,
		api: grant.peer,
		requestMs: requestSeconds * 1_000,
		periodMs: periodSeconds * 1_000,
		onChange,
		onConnected,
	});
	return new Exclusive(grant, deps.clock, peer);
}

/** A role is to change, or the pods of the last change are still going. */
const isMoving = (side: SideView, grant: GrantView | undefined): boolean =>
	nextStep(side, grant).kind === "change" ||
	(side.status.epoch > 0 && awaitsPodsGone(side));

/** Why a side has a turn when only the authority may have changed, as its priority; undefined: it needs none. */
function concern(
	side: SideView,
	grant: GrantView,
	memory: Memory | undefined,
): number | undefined {
	const { kind } = nextStep(side, grant);
	if (kind === "change") return MOVING;
	// Once it has asked, it has a time of its own.
	const asks = kind === "ask" && memory?.isAsking !== true;
	const starts = memory?.isWithheld === true && grant.authority.fresh;
	return asks || starts || isProofOutdated(side, grant) ? ROUTINE : undefined;
}
