/**
 * What a region's grant means for its sides, as the shell keeps it: the
 * authority of this moment, the twin's sides, and which sides were written as
 * standby since the twin took over (rule 11).
 */

import type { Profile } from "../../core/profile.ts";
import type { Authority, PeerSide } from "../../core/region/authority.ts";
import type { GrantView } from "../../core/region/exclusive/view.ts";
import type { SideView } from "../../core/region/side.ts";
import type { Api, Clock } from "../port.ts";
import type { Memory } from "./memory.ts";
import type { Peer } from "./peer.ts";

/** The grant of a region, as its agent is given it. */
export interface Grant {
	/** What it allows now. Asked at every step of a turn and right before anything is started: it has to be cheap. */
	readonly authority: () => Authority;
	/** The twin's API server. */
	readonly peer: Api;
	/** R, t_req and F. */
	readonly profile: Profile;
}

export class Exclusive {
	readonly peer: Peer;
	readonly #grant: Grant;
	readonly #clock: Clock;
	/** Since when there has been no proof. A process begins without. */
	#unprovenAtMs: number | undefined;
	/** uids of the sides written for this `taken`. */
	#returned: { readonly taken: string; readonly uids: Set<string> } | undefined;

	constructor(grant: Grant, clock: Clock, peer: Peer) {
		this.#grant = grant;
		this.#clock = clock;
		this.peer = peer;
		this.#unprovenAtMs = clock.now();
	}

	authority(): Authority {
		const authority = this.#grant.authority();
		if (authority.fresh) this.#unprovenAtMs = undefined;
		else this.#unprovenAtMs ??= this.#clock.now();
		// Rule 11: forgotten when the twin's API server shows this region again.
		if (this.#returned?.taken !== authority.taken) this.#returned = undefined;
		return authority;
	}

	/** `read`: the twin's side, if it was read in this turn after the own one. */
	view(
		side: SideView,
		memory: Memory | undefined,
		read: PeerSide | undefined,
		authority: Authority = this.authority(),
	): GrantView {
		const { periodSeconds, requestSeconds, fenceSeconds } = this.#grant.profile;
		const now = this.#clock.now();
		const returned = this.#returned?.uids.has(side.uid)
			? authority.taken
			: undefined;
		const gatedForMs = memory?.gatedForMs(now);
		return {
			authority,
			hint: this.peer.hint(side.key),
			...(read ? { peer: read } : {}),
			...(returned === undefined ? {} : { returned }),
			standbyForMs: memory?.standbyForMs(side.status, now) ?? 0,
			goneAfterMs:
				(fenceSeconds + 1.1 * periodSeconds + requestSeconds) * 1_000,
			unprovenForMs:
				this.#unprovenAtMs === undefined ? 0 : now - this.#unprovenAtMs,
			...(gatedForMs === undefined ? {} : { gatedForMs }),
			fenceMs: fenceSeconds * 1_000,
		};
	}

	/** The API server has acknowledged the write. */
	wrote(uid: string, taken: string): void {
		if (this.#returned?.taken !== taken) {
			this.#returned = { taken, uids: new Set() };
		}
		this.#returned.uids.add(uid);
	}

	isReturned(taken: string, uid: string): boolean {
		return this.#returned?.taken === taken && this.#returned.uids.has(uid);
	}
}
