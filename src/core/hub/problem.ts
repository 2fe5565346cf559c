/** What keeps the hub from something. */
import type { Reason } from "../../api/reason.ts";

/** Why something cannot be done, in the words of a condition. */
export interface Problem {
	readonly reason: Reason;
	readonly message: string;
}
