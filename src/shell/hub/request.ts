/** What the hub's requests have in common. */
import type { Clock } from "../port.ts";

/** For one read or one small write. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** A webhook may take ten seconds of its own. */
export const WRITE_TIMEOUT_MS = 15_000;

/** As times stand in objects. */
export const wallOf = (clock: Clock): string => clock.wall().toISOString();
