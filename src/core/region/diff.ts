/** What is desired against what is there: the writes that are missing. */
import type { Resource } from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import { formOf } from "./form.ts";
import type { LiveView } from "./live.ts";
import { migration } from "./live.ts";
import type { Observation } from "./observation.ts";
import { FIRST, LAST, rankOf } from "./order.ts";
import type { Part } from "./part.ts";
import type { Problem } from "./problem.ts";
import type { SideView } from "./side.ts";
import { type Form, hasRole, isOwned, withRole } from "./workload.ts";

/** Why an object is written. */
export type Why = "changed" | "role" | "drift";

export type Write = { readonly id: string; readonly rank: number } & (
	| {
			readonly do: "create";
			readonly resource: Resource;
			readonly hash: string;
			readonly object: KubeObject;
	  }
	| {
			readonly do: "apply";
			readonly resource: Resource;
			readonly hash: string;
			/** With uid and resourceVersion (rule 18): a write from an old view is refused. */
			readonly object: KubeObject;
			readonly why: Why;
			/** Paths that had drifted. */
			readonly paths: readonly string[];
			/** JSON patch to be made first. */
			readonly migration?: readonly unknown[];
	  }
	| {
			readonly do: "prune";
			readonly resource: Resource;
			readonly name: string;
			readonly uid: string;
			readonly resourceVersion: string;
	  }
	/** Its drift is not known for this version of the part, or it bears no mark of ours yet. */
	| {
			readonly do: "read";
			readonly resource: Resource;
			readonly name: string;
			/** Somebody else is to deliver it. */
			readonly delivered?: true;
	  }
);

export interface Diff {
	readonly writes: readonly Write[];
	readonly problems: readonly Problem[];
	/** Kinds that have not been listed yet: nothing is known of their objects. */
	readonly unknown: boolean;
}

export function diff(seen: Observation): Diff {
	const { side, lives } = seen;
	const results = side.parts.map((part) => diffPart(part, seen));
	const desired = new Set(side.parts.map((it) => it.id));
	const left = side.suspend
		? []
		: [...lives.values()]
				.filter((it) => !desired.has(it.id) && isPrunable(it, side))
				.map((it) => prune(it, LAST));
	return {
		writes: [...results.flatMap((it) => it.write ?? []), ...left],
		problems: results.flatMap((it) => it.problem ?? []),
		unknown: results.some((it) => it.unknown),
	};
}

interface PartDiff {
	readonly write?: Write;
	readonly problem?: Problem;
	readonly unknown?: boolean;
}

const SAME: PartDiff = {};

function diffPart(part: Part, seen: Observation): PartDiff {
	const { side, lives, said } = seen;
	const { resource } = part;
	if (!resource) return notServed(part);
	const state = seen.kindState(resource);
	if (state.kind === "pending") return { unknown: true };
	if (state.kind === "absent") return notServed(part);
	if (state.kind === "failed") return unreadable(part, state.message);
	const live = lives.get(part.id);
	const form = formOf(part, side, live);
	if (!form.wanted) {
		return live && isPrunable(live, side)
			? { write: prune(live, FIRST) }
			: SAME;
	}
	const refused = part.gate?.problem;
	// Safety before service: what F does not cover is not started, and what runs
	// goes on as it was. Stopping it is always carried out.
	if (refused && side.status.role === "Active") return { problem: refused };
	const write = live ? writeTo(live, part, form, seen) : make(part, form, seen);
	// A refused write is made again: the shell keeps it back for a while.
	const problem = (live && standing(live, part, side)) ?? refused;
	const told = problem ?? (write && said.get(part.id));
	return { ...(told ? { problem: told } : {}), ...(write ? { write } : {}) };
}

/** What others deliver is looked for, and never made. */
function find(part: Part, { side }: Observation): Write | undefined {
	const { id, name, resource } = part;
	if (!resource || side.suspend) return undefined;
	return { do: "read", id, rank: FIRST, resource, name, delivered: true };
}

/** While suspended, what a person took away stays away; an autoscaler comes and goes with the role. */
function make(part: Part, form: Form, seen: Observation): Write | undefined {
	if (!part.resource) return undefined;
	if (part.delivered) return find(part, seen);
	if (seen.side.suspend && !part.scales) return undefined;
	return {
		do: "create",
		id: part.id,
		rank: rankOf(part.kind),
		resource: part.resource,
		hash: part.hash,
		object: withRole(part, seen.side, form),
	};
}

/** What forbids touching an object that is there. */
function standing(
	live: LiveView,
	part: Part,
	side: SideView,
): Problem | undefined {
	if (live.deleting || isLeaving(live, part, side)) {
		return {
			reason: "BeingDeleted",
			message: `${part.kind} ${part.name} is being deleted; it is created again when it is gone.`,
		};
	}
	// Rule 18: a lower epoch never overwrites a higher one.
	if (live.ownerUid === side.uid && (live.epoch ?? 0) > side.status.epoch) {
		return {
			reason: "EpochAhead",
			message: `${part.kind} ${part.name} carries epoch ${live.epoch}, its TwinSide has ${side.status.epoch}: it is not touched. If this cluster was restored from a backup, delete the TwinSide; the hub creates it anew.`,
		};
	}
	return undefined;
}

/** Owned by an earlier side of this name: it goes, or loses its owner, by itself. */
const isLeaving = (live: LiveView, part: Part, side: SideView): boolean =>
	isOwned(part) && live.ownerUid !== undefined && live.ownerUid !== side.uid;

function writeTo(
	live: LiveView,
	part: Part,
	form: Form,
	seen: Observation,
): Write | undefined {
	const { side } = seen;
	const { resource } = part;
	if (!resource || standing(live, part, side)) return undefined;
	const cause = causeOf(live, part, form, seen);
	if (!cause) return undefined;
	if (cause.why === "unread") {
		return { do: "read", id: part.id, rank: FIRST, resource, name: part.name };
	}
	const object = withRole(part, side, form);
	const { uid, resourceVersion } = live;
	// Only a changed manifest can drop fields; a role keeps them all.
	const dropsFields = live.posted !== undefined && live.applied !== part.hash;
	return {
		do: "apply",
		id: part.id,
		rank: rankOf(part.kind),
		resource,
		hash: part.hash,
		object: {
			...object,
			metadata: { ...object.metadata, uid, resourceVersion },
		},
		why: cause.why,
		paths: cause.paths ?? [],
		...(dropsFields ? { migration: migration(live) } : {}),
	};
}

interface Cause {
	readonly why: Why | "unread";
	readonly paths?: readonly string[];
}

function causeOf(
	live: LiveView,
	part: Part,
	form: Form,
	seen: Observation,
): Cause | undefined {
	const { side, settled } = seen;
	const moved = hasRole(part.kind) && live.epoch !== side.status.epoch;
	// Suspension stops syncing, never a change of role.
	if (side.suspend) return moved ? { why: "role" } : undefined;
	if (live.applied !== part.hash) return { why: "changed" };
	if (moved) return { why: "role" };
	const paths = [
		...(isOwned(part) && live.ownerUid === undefined
			? ["metadata.ownerReferences"]
			: []),
		...(form.replicas !== live.replicas ? ["spec.replicas"] : []),
		...(form.suspended !== live.suspended ? ["spec.suspend"] : []),
		...(form.maxUnavailable !== undefined &&
		form.maxUnavailable !== live.maxUnavailable
			? ["spec.strategy.rollingUpdate.maxUnavailable"]
			: []),
	];
	// Replicas are no part of an object's hash: a new number is no drift.
	const why = side.hash === side.status.hash ? "drift" : "changed";
	if (paths.length > 0) return { why, paths };
	if (live.drift?.of !== part.hash) return { why: "unread" };
	const known = settled.get(part.id);
	const drifted = live.drift.paths.filter(
		(it) => known?.of !== part.hash || !known.paths.includes(it),
	);
	return drifted.length > 0 ? { why: "drift", paths: drifted } : undefined;
}

/**
 * Ours beyond doubt: owned by this very side, or applied by it. Labels alone
 * are not enough, since other controllers copy them to objects of their own.
 */
function isPrunable(live: LiveView, side: SideView): boolean {
	if (live.deleting || !isOwned(live.resource)) return false;
	return live.ownerUid === side.uid;
}

function prune(live: LiveView, rank: number): Write {
	const { id, resource, name, uid, resourceVersion } = live;
	return { do: "prune", id, rank, resource, name, uid, resourceVersion };
}

const notServed = (part: Part): PartDiff => ({
	problem: {
		reason: "KindNotServed",
		message: `${part.kind} ${part.name}: this cluster does not serve the kind ${part.kind}. Install its CustomResourceDefinition here, or take the object out for this cluster.`,
	},
});

const unreadable = (part: Part, message: string): PartDiff => ({
	problem: {
		reason: "Unreadable",
		message: `${part.kind} ${part.name} is left alone, because its kind cannot be listed: ${message}`,
	},
});
