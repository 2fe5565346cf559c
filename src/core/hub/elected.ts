/** What the rules of an election may come to. */
import type { Reason } from "../../api/reason.ts";
import type { Wish } from "../region/side.ts";

export type Election =
	/** Roles are as they should be. */
	| { readonly kind: "rest" }
	| {
			readonly kind: "wish";
			readonly region: string;
			readonly wish: Wish;
			readonly why: Why;
			readonly message: string;
			readonly move?: Move;
	  }
	/** It goes on by itself once what the message names has happened. */
	| {
			readonly kind: "wait";
			readonly reason: Reason;
			readonly message: string;
			readonly move?: Move;
	  }
	| {
			readonly kind: "person";
			readonly reason: Reason;
			readonly message: string;
	  };

export type Why =
	| "Creation"
	| "Failover"
	| "Failback"
	| "Operation"
	| "Superseded";

/** What is set in motion where no wish says it: by the agents, or in steps. */
export interface Move {
	readonly kind: "Failover" | "Failback";
	readonly from: string;
	readonly to: string;
}
