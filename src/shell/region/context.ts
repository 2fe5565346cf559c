/** What the parts of a region's agent share. */
import type { KubeObject } from "../../api/object.ts";
import type { GateSettings } from "../../core/region/gate.ts";
import type { Api, Clock, Log, Metrics } from "../port.ts";
import type { Exclusive } from "./exclusive.ts";
import type { Objects } from "./objects.ts";

export interface Context {
	readonly region: string;
	readonly api: Api;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	readonly metrics?: Metrics;
	readonly objects: Objects;
	/** Where the agent of the region holds grants. */
	readonly exclusive?: Exclusive;
	/** How pods of Exclusive sides are gated; undefined: they are not. */
	readonly gate?: GateSettings;
	/** Takes the answer of an own read or write of a TwinSide. */
	readonly noteSide: (object: KubeObject) => void;
}

/** For reads and for small writes. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** A webhook may take ten seconds of its own. */
export const WRITE_TIMEOUT_MS = 15_000;
