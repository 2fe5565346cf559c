/** The `ready` half of rule 11, and rule 12: how a taken grant goes back. */
import { heldMs, type Instant } from "./instant.ts";
import type { Lease } from "./lease.ts";
import { staleMs, type Timing } from "./timing.ts";

/** An own TwinSide as the API server has it, from a consistent list. */
export interface OwnSide {
	/** `namespace/name`. */
	readonly key: string;
	readonly uid: string;
	readonly policy: "Exclusive" | "Available" | "Manual";
	readonly role: "Active" | "Standby";
	readonly epoch: number;
	/** It never becomes active any more: rule 12 does not wait for it, rule 11 does. */
	readonly deleting?: boolean;
}

/** What one list of the own sides has shown. */
export interface SidesRead {
	readonly sent: Instant;
	/** Rule 12: every Exclusive side is Active, those excepted that are being deleted. */
	readonly allActive: boolean;
	/** Rule 11: the taking for which every Exclusive side was written and is Standby. */
	readonly returned?: string;
}

/** `isReturned`: whether this process has written that side as Standby for that taking. */
export function sidesRead(
	sides: readonly OwnSide[],
	sent: Instant,
	taken: string | undefined,
	isReturned: (taken: string, side: OwnSide) => boolean,
): SidesRead {
	const own = sides.filter((it) => it.policy === "Exclusive");
	const returned =
		taken !== undefined &&
		own.every((it) => it.role === "Standby" && isReturned(taken, it));
	return {
		sent,
		allActive: own.every((it) => it.role === "Active" || it.deleting),
		...(returned ? { returned: taken } : {}),
	};
}

/** Rule 11: `ready` is due in the grant that the twin's API server shows. */
export const isReadyDue = (
	taken: string | undefined,
	read: SidesRead | undefined,
	fresh: boolean,
): boolean => taken !== undefined && !fresh && read?.returned === taken;

/** Rule 12: `confirmed`: S1 or S2 is valid, so that this region goes on without S3. */
export const mayGiveBack = (
	own: Lease,
	region: string,
	read: SidesRead | undefined,
	confirmed: boolean,
	timing: Timing,
	now: Instant,
): boolean =>
	own.holder === region &&
	own.ready &&
	confirmed &&
	read?.allActive === true &&
	heldMs(read.sent, now) < staleMs(timing);
