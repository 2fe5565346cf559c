/** Where a TwinOperation stands. */
import type { Wish } from "../region/side.ts";
import type { Problem } from "./problem.ts";

export type StageName = "Started" | "OldStopped" | "Activated" | "Ready";

export interface Route {
	readonly from?: string;
	readonly to: string;
	/** status.epoch of the service at the beginning. */
	readonly epoch: number;
}

export type OperationStep =
	/** Not begun, or held up; nothing is asked of the regions. */
	| ({ readonly kind: "waiting"; readonly route?: Route } & Problem)
	| ({ readonly kind: "failed"; readonly route?: Route } & Problem)
	| ({
			readonly kind: "running";
			readonly route: Route;
			readonly stages: readonly StageName[];
			readonly wish?: { readonly region: string; readonly wish: Wish };
	  } & Problem)
	| ({
			readonly kind: "complete";
			readonly route: Route;
			readonly stages: readonly StageName[];
	  } & Problem);
