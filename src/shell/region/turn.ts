/**
 * One turn of one side: observe, decide, record, write, tell; as often as each
 * step shows something new. What failed is not handled here: it is seen in the
 * next look.
 */
import { type Decision, decide } from "../../core/region/decide.ts";
import type { Write } from "../../core/region/diff.ts";
import type { LiveView } from "../../core/region/live.ts";
import type { Observation } from "../../core/region/observation.ts";
import { inRanks } from "../../core/region/order.ts";
import type { SideView } from "../../core/region/side.ts";
import { hasRole } from "../../core/region/workload.ts";
import type { Turn } from "../queue.ts";
import { compareVersions } from "../version.ts";
import type { Context } from "./context.ts";
import { leave } from "./leave.ts";
import type { Memory } from "./memory.ts";
import { countPods, stopJobs } from "./pods.ts";
import { patchOf, readSide, writeFinalizers, writeStatus } from "./record.ts";
import { carryOut, look, targetOf, versionOf, type Writing } from "./write.ts";

/** Steps of one turn; more means that two writers fight, and the queue's back-off is the better judge. */
const MOST_STEPS = 12;
/** Tries of one write in a turn, each from a newer version. */
const MOST_TRIES = 3;
/** Rule 18: a reading of the TwinSide that creations may still be made from. */
const READ_GOOD_MS = 1_000;
/** Writes of one side at the same time. */
const AT_ONCE = 4;
/** Changes of counts alone wait for company this long. */
const QUIET_MS = 1_000;

export async function turn(
	context: Context,
	side: SideView,
	memory: Memory,
	signal: AbortSignal,
): Promise<Turn> {
	return new SideTurn(context, side, memory, signal).run();
}

type Step = "again" | { readonly end: Turn };

class SideTurn {
	readonly #to: Writing;
	/** How often each write was tried; more than enough when it failed. */
	readonly #tries = new Map<string, number>();
	readonly #found = new Map<string, LiveView | undefined>();
	/** When the TwinSide was read in this turn. */
	#readAtMs: number | undefined;
	#jobsDone = false;
	#pods: number | undefined;
	#counted = false;
	#written = 0;

	constructor(
		context: Context,
		side: SideView,
		memory: Memory,
		signal: AbortSignal,
	) {
		this.#to = { ...context, side, memory, found: this.#found, signal };
	}

	async run(): Promise<Turn> {
		const { memory, metrics, signal } = this.#to;
		if (memory.doubtsSide) {
			const read = await this.#refresh();
			if (read) return read.end;
		}
		for (const id of [...memory.doubts]) await this.#reread(id);
		for (let steps = 0; steps < MOST_STEPS; steps++) {
			if (signal.aborted) return undefined;
			const step = await this.#step();
			if (step === "again") continue;
			metrics?.count("twin_operator_reconcile_turns_total", {
				loop: "region",
				result:
					step.end === "retry"
						? "retry"
						: this.#written > 0
							? "acted"
							: "settled",
			});
			return step.end;
		}
		return "retry";
	}

	#observe(): Observation {
		const { region, side, objects, memory } = this.#to;
		return {
			region,
			side,
			lives: overlaid(objects.of(side.key), this.#found),
			kindState: (resource) => objects.state(resource),
			said: memory.said,
			settled: memory.settled,
			...(this.#pods === undefined ? {} : { pods: this.#pods }),
		};
	}

	async #step(): Promise<Step> {
		const to = this.#to;
		const seen = this.#observe();
		const decision = decide(seen);
		if (decision.deletion) return { end: await leave(to, seen) };
		const due = decision.writes.filter((it) => this.#isDue(it));
		// Rule 18: no role and no creation from a remembered TwinSide.
		const fresh = decision.needsFresh || due.some((it) => it.do === "create");
		if (fresh && this.#readAtMs === undefined)
			return (await this.#refresh()) ?? "again";
		if (decision.finalizers) {
			const next = await writeFinalizers(to, decision.finalizers);
			return this.#took(next);
		}
		if (decision.role) return this.#record(decision);
		if (due.length > 0) {
			await this.#write(due);
			return "again";
		}
		if (decision.stopJobs && !this.#jobsDone) {
			this.#jobsDone = true;
			// Its Jobs' pods would be counted only to be found there.
			if (!(await stopJobs(to))) this.#counted = true;
			return "again";
		}
		if (decision.count && !this.#counted) {
			this.#counted = true;
			this.#pods = await countPods(to);
			return "again";
		}
		return { end: await this.#tell(decision) };
	}

	#isDue(write: Write): boolean {
		const { memory, clock, side } = this.#to;
		if ((this.#tries.get(keyOf(write)) ?? 0) >= MOST_TRIES) return false;
		return memory.heldMs(write.id, versionOf(write, side), clock.now()) === 0;
	}

	async #refresh(): Promise<{ end: Turn } | undefined> {
		const side = await readSide(this.#to);
		if (side === undefined) return { end: undefined };
		if (side === false) return { end: "retry" };
		this.#readAtMs = this.#to.clock.now();
		this.#to.side = side;
		return undefined;
	}

	/** Slow webhooks can lie between the reading and a creation of a later rank. */
	#isOld(): boolean {
		const { clock } = this.#to;
		return clock.now() - (this.#readAtMs ?? 0) > READ_GOOD_MS;
	}

	#took(next: SideView | undefined): Step {
		if (!next) return { end: "retry" };
		this.#readAtMs = this.#to.clock.now();
		this.#to.side = next;
		return "again";
	}

	/** The role is on record before any workload is touched. */
	async #record(decision: Decision): Promise<Step> {
		const { region, side, log } = this.#to;
		const patch = patchOf(this.#to, decision);
		if (!patch || !decision.role) return { end: "retry" };
		const next = await writeStatus(this.#to, patch);
		if (next) {
			const { role, epoch, supersedes } = decision.role;
			log.info(
				{ region, side: side.key, role, epoch, supersedes },
				`the side is ${role} from epoch ${epoch} on`,
			);
			this.#written++;
		}
		return this.#took(next);
	}

	async #write(due: readonly Write[]): Promise<void> {
		const { uid, status } = this.#to.side;
		for (const rank of inRanks(due)) {
			if (rank.some(isStart) && this.#isOld()) {
				if (await this.#refresh()) return;
				const now = this.#to.side;
				if (now.uid !== uid || now.status.epoch !== status.epoch) return;
			}
			const waiting = [...rank];
			const worker = async (): Promise<void> => {
				for (let it = waiting.shift(); it; it = waiting.shift()) {
					if (this.#to.signal.aborted) return;
					await this.#writeOne(it);
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
		if (write.do !== "read") this.#written++;
		if (outcome === "failed") {
			const words = memory.said.get(write.id)?.message;
			log.warn(
				{ region, side: side.key, object: write.id, write: write.do },
				words ?? "the object could not be written, and is tried again",
			);
		} else if (write.do === "apply" && write.why === "drift") {
			log.info(
				{ region, side: side.key, object: write.id, paths: write.paths },
				"drift was repaired",
			);
		}
	}

	async #reread(id: string): Promise<void> {
		const { side, objects, memory } = this.#to;
		const resource =
			side.parts.find((it) => it.id === id)?.resource ??
			objects.of(side.key).get(id)?.resource;
		if (!resource) memory.doubts.delete(id);
		else {
			const name = id.slice(id.indexOf("/") + 1);
			await look(this.#to, targetOf(side, resource, name), id);
		}
	}

	/** Writes the status when it says something new, and says when to look again. */
	async #tell(decision: Decision): Promise<Turn> {
		const { memory, clock, random, side } = this.#to;
		const due: number[] = [];
		const patch = decision.unknown ? undefined : patchOf(this.#to, decision);
		if (patch) {
			const quietMs = memory.statusAtMs + QUIET_MS - clock.now();
			if (!patch.urgent && quietMs > 0) due.push(quietMs);
			else {
				const next = await writeStatus(this.#to, patch);
				if (!next) return "retry";
				memory.statusAtMs = clock.now();
				this.#to.side = next;
				this.#written++;
			}
		}
		if (decision.awaitsPods && this.#counted && !this.#isGone()) {
			due.push(memory.pollMs(side.status.epoch, random));
		}
		for (const it of decision.writes) {
			const ms = memory.heldMs(it.id, versionOf(it, side), clock.now());
			if (ms > 0) due.push(ms);
			else if (this.#tries.has(keyOf(it))) return "retry";
			// Held when this turn looked, and not any more: nobody else would come back for it.
			else due.push(0);
		}
		return due.length > 0 ? { afterMs: Math.min(...due) } : undefined;
	}

	#isGone(): boolean {
		const { podsGoneEpoch, epoch } = this.#to.side.status;
		return podsGoneEpoch === epoch;
	}
}

const keyOf = (write: Write): string => `${write.do} ${write.id}`;

/** A creation that may start pods: it must not come of a role that is over. */
const isStart = (write: Write): boolean =>
	write.do === "create" && hasRole(write.resource.kind);

/** What was read in this turn counts more than what was watched, unless the watch is ahead. */
function overlaid(
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
