import type { KubeObject } from "../../../../src/api/object.ts";
import { PROFILES } from "../../../../src/core/profile.ts";
import {
	answered,
	type Outcome,
	sending,
	sidesAnswered,
} from "../../../../src/core/region/grant/answered.ts";
import type { Instant } from "../../../../src/core/region/grant/instant.ts";
import { type Action, next } from "../../../../src/core/region/grant/lane.ts";
import {
	type Lease,
	neutral,
	parseLease,
} from "../../../../src/core/region/grant/lease.ts";
import {
	beginTurn,
	type Grant,
	initialGrant,
	type Spot,
} from "../../../../src/core/region/grant/state.ts";
import { timingOf } from "../../../../src/core/region/grant/timing.ts";

export const TIMING = timingOf(PROFILES.Fast);

/** Seconds on clocks that agree. */
export const at = (seconds: number): Instant => ({
	monotonicMs: seconds * 1_000,
	bootMs: seconds * 1_000,
	wallMs: seconds * 1_000,
});

export const lease = (more: Partial<Lease> = {}): Lease => ({
	uid: "u",
	resourceVersion: "1",
	holder: "south",
	transitions: 0,
	process: "",
	ready: false,
	handover: "",
	renewTime: "",
	force: "",
	trustedHub: "",
	...more,
});

export const object = (more: object = {}, spec: object = {}): KubeObject => {
	const made = neutral("grant-south.north", "ns", "south");
	return {
		...made,
		metadata: { ...made.metadata, uid: "u", resourceVersion: "1", ...more },
		spec: { ...(made.spec as object), ...spec },
	};
};

export const parsed = (it: KubeObject): Lease => {
	const found = parseLease(it);
	if (!found) throw new Error("no lease");
	return found;
};

/** The machine of north, one request at a time. */
export class Bench {
	grant: Grant;

	constructor(sidesReadAt: number | "never" = 0) {
		this.grant = initialGrant(
			{ region: "north", peer: "south", process: "p1" },
			TIMING,
			at(0),
		);
		if (sidesReadAt !== "never") this.sides(sidesReadAt);
	}

	sides(
		seconds: number,
		more: { allActive?: boolean; returned?: string } = {},
	): void {
		const read = { sent: at(seconds), allActive: false, ...more };
		this.grant = sidesAnswered(this.grant, read, at(seconds));
	}

	/** What the loop asks for, in a new turn. */
	ask(spot: Spot, seconds: number): Action | undefined {
		this.grant = beginTurn(this.grant, spot);
		return next(this.grant, spot, at(seconds));
	}

	more = (spot: Spot, seconds: number): Action | undefined =>
		next(this.grant, spot, at(seconds));

	answer(
		action: Action | undefined,
		said: Lease | Outcome["kind"],
		seconds: number,
		took = 0,
	): void {
		if (!action) throw new Error("nothing was asked");
		const outcome = (
			typeof said === "string" ? { kind: said } : { kind: "lease", lease: said }
		) as Outcome;
		this.grant = answered(sending(this.grant, action), action, outcome, {
			sent: at(seconds),
			received: at(seconds + took),
		});
	}

	/** One turn that reads, and nothing more. */
	read(spot: Spot, said: Lease | "absent" | "unknown", seconds: number): void {
		this.grant = beginTurn(this.grant, spot);
		this.answer({ kind: "read", spot }, said, seconds);
	}

	/** S1 is acknowledged. */
	renew(seconds: number, took = 0): void {
		const from = lease({ uid: "n", holder: "north" });
		this.read("atPeer", from, seconds);
		this.answer(
			this.more("atPeer", seconds),
			{ ...from, resourceVersion: `${seconds}-${took}`, process: "p1" },
			seconds,
			took,
		);
	}
}

/** What an action is, in two words. */
export const words = (action: Action | undefined): string =>
	action === undefined
		? "nothing"
		: action.kind === "swap"
			? `${action.why} ${action.from.resourceVersion}`
			: action.kind === "create"
				? `create ${action.region}`
				: "read";
