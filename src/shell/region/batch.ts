/** The writes of one turn: in order of their ranks, a few at a time, each tried from newer and newer versions. */
import type { Write } from "../../core/region/diff.ts";
import { isWithheld } from "../../core/region/exclusive/hold.ts";
import type { LiveView } from "../../core/region/live.ts";
import { inRanks } from "../../core/region/order.ts";
import { hasRole } from "../../core/region/workload.ts";
import { compareVersions } from "../version.ts";
import { carryOut, versionOf, type Writing } from "./write.ts";

/** Tries of one write in a turn, each from a newer version. */
const MOST_TRIES = 3;
/** Writes of one side at the same time. */
const AT_ONCE = 4;

export class Batch {
	readonly #to: Writing;
	/** How often each write was tried; more than enough when it failed. */
	readonly #tries = new Map<string, number>();
	/** Writes that were sent. */
	written = 0;

	constructor(to: Writing) {
		this.#to = to;
	}

	isDue(write: Write): boolean {
		const { memory, clock, side } = this.#to;
		if ((this.#tries.get(keyOf(write)) ?? 0) >= MOST_TRIES) return false;
		if (this.isWithheld(write)) return false;
		return memory.heldMs(write.id, versionOf(write, side), clock.now()) === 0;
	}

	/** Rule 18: with the authority of this moment. */
	isWithheld(write: Write): boolean {
		const { side, exclusive } = this.#to;
		return isWithheld(write, side, exclusive?.authority());
	}

	wasTried(write: Write): boolean {
		return this.#tries.has(keyOf(write));
	}

	/** `mayStart`: asked before each rank that may start pods. */
	async write(
		due: readonly Write[],
		mayStart: () => Promise<boolean>,
	): Promise<void> {
		for (const rank of inRanks(due)) {
			if (rank.some(isStart) && !(await mayStart())) return;
			const waiting = [...rank];
			const worker = async (): Promise<void> => {
				for (let it = waiting.shift(); it; it = waiting.shift()) {
					if (this.#to.signal.aborted) return;
					// Slow webhooks may lie between the look and this write.
					if (!this.isWithheld(it)) await this.#writeOne(it);
				}
			};
			await Promise.all(Array.from({ length: AT_ONCE }, worker));
		}
	}

	async #writeOne(write: Write): Promise<void> {
		const outcome = await carryOut(this.#to, write);
		const tries = this.#tries.get(keyOf(write)) ?? 0;
		// Another version was seen: a busy status is no reason to wait.
		this.#tries.set(keyOf(write), outcome === "seen" ? tries + 1 : MOST_TRIES);
		const { region, side, memory, log } = this.#to;
		if (write.do !== "read") this.written++;
		if (outcome === "failed") {
			const words = memory.said.get(write.id)?.message;
			log.warn(
				{ region, service: side.key, object: write.id, write: write.do },
				words ?? "the object could not be written, and is tried again",
			);
		} else if (write.do === "apply" && write.why === "drift") {
			log.info(
				{ region, service: side.key, object: write.id, paths: write.paths },
				"drift was repaired",
			);
		}
	}
}

const keyOf = (write: Write): string => `${write.do} ${write.id}`;

/** A creation that may start pods: it must not come of a role that is over. */
const isStart = (write: Write): boolean =>
	write.do === "create" && hasRole(write.resource.kind);

/** What was read in this turn counts more than what was watched, unless the watch is ahead. */
export function overlaid(
	watched: ReadonlyMap<string, LiveView>,
	found: ReadonlyMap<string, LiveView | undefined>,
): ReadonlyMap<string, LiveView> {
	if (found.size === 0) return watched;
	const all = new Map(watched);
	for (const [id, view] of found) {
		const other = watched.get(id);
		if (!view) all.delete(id);
		else if (
			!other ||
			compareVersions(other.resourceVersion, view.resourceVersion) <= 0
		) {
			all.set(id, view);
		}
	}
	return all;
}
