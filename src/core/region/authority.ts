import type { LastActive, Policy } from "./side.ts";

/**
 * What a region's grant allows at one moment (docs/protocol.md). The grant
 * machine makes it, the rules for services read it: neither knows how the
 * other works. It is a value of that moment: it is asked for anew at every
 * turn, and once more right before anything is started.
 */
export interface Authority {
	/** Rule 2: at least one source is valid now. */
	readonly fresh: boolean;
	/** Rule 10: the own API server shows that this region has taken its twin's grant. */
	readonly sole: boolean;
	/** Rules 6 and 11: the twin has taken this region's grant; `uid/leaseTransitions` of the Lease that says so. */
	readonly taken?: string;
	/** Rule 13: the twin's grant was seen to change within D_h, in either place. */
	readonly peerRenews: boolean;
	/** Rule 15: what the twin offers, as read last in either place, by side (`namespace/name`). */
	readonly offers: ReadonlyMap<string, Offer>;
}

/** An entry of the annotation `handover`. */
export interface Offer {
	/** `uid/epoch` of the side that may become active. */
	readonly side: string;
	/** uid of the side that gives way. */
	readonly from: string;
}

/** The twin's side of a service, as the twin's API server shows it. */
export type PeerSide =
	| { readonly kind: "unknown" }
	| { readonly kind: "absent" }
	| {
			readonly kind: "present";
			readonly uid: string;
			readonly role: "Active" | "Standby";
			readonly epoch: number;
			readonly home: string;
			readonly policy: Policy;
			readonly deleting: boolean;
			readonly podsGoneEpoch?: number;
			/** uid of the other side (ours, if it is the same) that it has read last. */
			readonly peer?: string;
			/** What its autoscalers asked for: a side that is started takes over the number. */
			readonly lastActive?: readonly LastActive[];
	  };
