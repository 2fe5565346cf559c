/**
 * What the hub sees of a region's grant: the Lease `grant-REGION.PEER` in the
 * operator's namespace on the hub (PROTOCOL "Objects"). It is only reported, and
 * says which rules hold for a service; the hub never writes it. Times are the
 * hub's own monotonic clock: nobody compares a renewTime with a clock.
 */
import type { KubeObject } from "../../api/object.ts";
import { PROCESS } from "../region/grant/lease.ts";

export interface GrantLease {
	readonly uid: string;
	readonly version: string;
	readonly holder: string;
	/** An agent has renewed it: creating it leaves no process behind. */
	readonly renewed: boolean;
}

export function parseGrant({ metadata, spec }: KubeObject): GrantLease {
	const { holderIdentity } = (spec ?? {}) as { holderIdentity?: string };
	return {
		uid: metadata.uid ?? "",
		version: metadata.resourceVersion ?? "",
		holder: holderIdentity ?? "",
		renewed: metadata.annotations?.[PROCESS] !== undefined,
	};
}

/** What this process remembers of one grant between its reads. */
export interface GrantSight {
	/** Undefined: it does not exist. */
	readonly lease?: GrantLease;
	/** Receipt of the read that showed this version first. */
	readonly sinceMs: number;
	/** This process has seen the version before it, so that it knows of a change. */
	readonly moved: boolean;
	/** Sending of the last read that was answered. */
	readonly readMs: number;
	/** Wall time of the last renewal seen, for people. */
	readonly renewedAt?: string;
	/** An agent has renewed or taken it at some time: these regions have grants. */
	readonly spoken: boolean;
}

export interface GrantRead {
	readonly sentMs: number;
	readonly receivedMs: number;
	readonly wall: string;
	/** Undefined: 404. */
	readonly lease: GrantLease | undefined;
}

export function observeGrant(
	before: GrantSight | undefined,
	{ sentMs, receivedMs, wall, lease }: GrantRead,
	region: string,
): GrantSight {
	const spoken =
		before?.spoken === true ||
		(lease !== undefined && (lease.renewed || lease.holder !== region));
	const same =
		before !== undefined &&
		before.lease?.uid === lease?.uid &&
		before.lease?.version === lease?.version;
	if (same) return { ...before, readMs: sentMs, spoken };
	// Another uid is another Lease: that it is there is no renewal.
	const moved = lease !== undefined && before?.lease?.uid === lease.uid;
	const renewed = moved && lease.holder === region;
	const renewedAt = renewed ? wall : before?.renewedAt;
	return {
		...(lease ? { lease } : {}),
		sinceMs: receivedMs,
		moved,
		readMs: sentMs,
		...(renewedAt === undefined ? {} : { renewedAt }),
		spoken,
	};
}

export type GrantKind =
	/** Not read for D_h, or not watched for long enough. */
	| "Unknown"
	| "Missing"
	/** Created, and never renewed. */
	| "Neutral"
	| "Held"
	/** Renewed once, and not for D_h. */
	| "Still"
	| "Taken";

export interface Grant {
	readonly kind: GrantKind;
	readonly spoken: boolean;
	readonly renewedAt?: string;
}

export function grantOf(
	sight: GrantSight | undefined,
	region: string,
	nowMs: number,
	holdMs: number,
): Grant {
	const { renewedAt, spoken = false } = sight ?? {};
	return {
		kind: kindOf(sight, region, nowMs, holdMs),
		spoken,
		...(renewedAt === undefined ? {} : { renewedAt }),
	};
}

function kindOf(
	sight: GrantSight | undefined,
	region: string,
	nowMs: number,
	holdMs: number,
): GrantKind {
	if (!sight || nowMs - sight.readMs > holdMs) return "Unknown";
	const { lease } = sight;
	if (!lease) return "Missing";
	if (lease.holder !== region) return "Taken";
	if (!lease.renewed) return "Neutral";
	if (nowMs - sight.sinceMs > holdMs) return "Still";
	return sight.moved ? "Held" : "Unknown";
}
