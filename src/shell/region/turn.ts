/**
 * One turn of one side: observe, decide, record, write, tell; as often as each
 * step shows something new. What failed is not handled here: it is seen in the
 * next look.
 */

import type { PeerSide } from "../../core/region/authority.ts";
import { type Decision, decide } from "../../core/region/decide.ts";
import type { Write } from "../../core/region/diff.ts";
import type { GrantView } from "../../core/region/exclusive/view.ts";
import type { LiveView } from "../../core/region/live.ts";
import type { Observation } from "../../core/region/observation.ts";
import { WORKLOADS } from "../../core/region/order.ts";
import type { SideView } from "../../core/region/side.ts";
import type { Turn } from "../queue.ts";
import { Batch, overlaid } from "./batch.ts";
import type { Context } from "./context.ts";
import { leave } from "./leave.ts";
import type { Memory } from "./memory.ts";
import { countPods, countUngated, stopJobs } from "./pods.ts";
import { patchOf, readSide, writeFinalizers, writeStatus } from "./record.ts";
import { look, targetOf, versionOf, type Writing } from "./write.ts";

/** Steps of one turn; more means that two writers fight, and the queue's back-off is the better judge. */
const MOST_STEPS = 12;
/** Rule 18: a reading of the TwinSide that creations may still be made from. */
const READ_GOOD_MS = 1_000;
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
	readonly #batch: Batch;
	readonly #found = new Map<string, LiveView | undefined>();
	/** When the TwinSide was read in this turn. */
	#readAtMs: number | undefined;
	/** The side became active in this turn. */
	#activated = false;
	#jobsDone = false;
	#pods: number | undefined;
	#counted = false;
	#ungated: number | undefined;
	#lookedForGates = false;
	/** Read in this turn, after the own side as it is now. */
	#peer: PeerSide | undefined;
	#written = 0;

	constructor(
		context: Context,
		side: SideView,
		memory: Memory,
		signal: AbortSignal,
	) {
		this.#to = { ...context, side, memory, found: this.#found, signal };
		this.#batch = new Batch(this.#to);
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
						: this.#written + this.#batch.written > 0
							? "acted"
							: "settled",
			});
			return step.end;
		}
		return "retry";
	}

	#observe(): Observation {
		const { region, side, objects, memory } = this.#to;
		const grant = this.#grant();
		return {
			region,
			side,
			lives: overlaid(objects.of(side.key), this.#found),
			kindState: (resource) => objects.state(resource),
			said: memory.said,
			settled: memory.settled,
			...(this.#pods === undefined ? {} : { pods: this.#pods }),
			...(this.#ungated === undefined ? {} : { ungated: this.#ungated }),
			...(grant ? { grant } : {}),
		};
	}

	#grant(): GrantView | undefined {
		const { side, memory, exclusive } = this.#to;
		if (side.policy === "Exclusive")
			return exclusive?.view(side, memory, this.#peer);
		memory.forgetGates();
		return undefined;
	}

	async #step(): Promise<Step> {
		const to = this.#to;
		const seen = this.#observe();
		const decision = decide(seen);
		if (decision.deletion) return { end: await leave(to, seen) };
		const due = decision.writes.filter((it) => this.#batch.isDue(it));
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
			const now = this.#activated ? this.#urgent(due) : due;
			if (now.length === 0) return { end: { afterMs: 0 } };
			await this.#batch.write(now, () => this.#mayStart());
			return "again";
		}
		if (decision.needsPeer) return this.#askPeer();
		if (decision.stopJobs && !this.#jobsDone) {
			this.#jobsDone = true;
			// Its Jobs' pods would be counted only to be found there.
			if (!(await stopJobs(to, seen.lives))) this.#counted = true;
			return "again";
		}
		if (decision.count && !this.#counted) {
			this.#counted = true;
			this.#pods = await countPods(to, seen.lives);
			return "again";
		}
		if (decision.checkGates && !this.#lookedForGates) {
			this.#lookedForGates = true;
			this.#ungated = await countUngated(to);
			to.memory.sawUngated(this.#ungated, to.clock.now());
			return "again";
		}
		return { end: await this.#tell(decision) };
	}

	/**
	 * What the first pods of a side that became active wait for. In a mass takeover
	 * the others have their turn before the rest of it: their pods would wait
	 * behind all CronJobs and autoscalers of those before. Warm pods wait for the
	 * role alone.
	 */
	#urgent(due: readonly Write[]): readonly Write[] {
		if (this.#to.side.standby.mode === "Warm") return [];
		return due.filter((it) => it.rank <= WORKLOADS);
	}

	/** After the own side: what is then written from its version was not overtaken (rules 13 and 16). */
	async #askPeer(): Promise<Step> {
		const { exclusive, signal } = this.#to;
		if (this.#readAtMs === undefined) return (await this.#refresh()) ?? "again";
		this.#peer = await exclusive?.peer.read(this.#to.side, signal);
		return "again";
	}

	async #refresh(): Promise<{ end: Turn } | undefined> {
		const side = await readSide(this.#to);
		if (side === undefined) return { end: undefined };
		if (side === false) return { end: "retry" };
		this.#own(side);
		return undefined;
	}

	/** What was read of the twin before this version may be older than it. */
	#own(side: SideView): void {
		this.#readAtMs = this.#to.clock.now();
		this.#to.side = side;
		this.#peer = undefined;
	}

	/** Slow webhooks can lie between the reading and a creation of a later rank. */
	async #mayStart(): Promise<boolean> {
		const { clock, side } = this.#to;
		if (clock.now() - (this.#readAtMs ?? 0) <= READ_GOOD_MS) return true;
		if (await this.#refresh()) return false;
		const now = this.#to.side;
		return now.uid === side.uid && now.status.epoch === side.status.epoch;
	}

	#took(next: SideView | undefined): Step {
		if (!next) return { end: "retry" };
		this.#own(next);
		return "again";
	}

	/** The role is on record before any workload is touched. */
	async #record(decision: Decision): Promise<Step> {
		const { region, side, log, exclusive } = this.#to;
		const patch = patchOf(this.#to, decision);
		if (!patch || !decision.role) return { end: "retry" };
		const next = await writeStatus(this.#to, patch);
		if (next) {
			const { role, epoch, supersedes } = decision.role;
			const { why, returned } = decision;
			log.info(
				{ region, service: side.key, role, epoch, supersedes },
				`the side is ${role} from epoch ${epoch} on${why === undefined ? "" : `: ${why}`}`,
			);
			if (returned !== undefined) exclusive?.wrote(side.uid, returned);
			this.#written++;
			this.#activated = role === "Active";
		}
		return this.#took(next);
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
		due.push(...this.#waits(decision));
		memory.isWithheld = decision.writes.some((it) =>
			this.#batch.isWithheld(it),
		);
		for (const it of decision.writes) {
			// The region's proof brings it back.
			if (this.#batch.isWithheld(it)) continue;
			const ms = memory.heldMs(it.id, versionOf(it, side), clock.now());
			if (ms > 0) due.push(ms);
			else if (this.#batch.wasTried(it)) return "retry";
			// Held when this turn looked, and not any more: nobody else would come back for it.
			else due.push(0);
		}
		return due.length > 0 ? { afterMs: Math.min(...due) } : undefined;
	}

	/** What no watch will tell. */
	#waits({ afterMs, awaitsPeer, checkGates }: Decision): readonly number[] {
		const { memory, random, side } = this.#to;
		if (!awaitsPeer) memory.stopAsking();
		return [
			...(afterMs === undefined ? [] : [afterMs]),
			...(awaitsPeer ? [memory.askMs(random)] : []),
			...(checkGates && this.#ungated !== 0
				? [memory.pollMs(side.status.epoch, random)]
				: []),
		];
	}

	#isGone(): boolean {
		const { podsGoneEpoch, epoch } = this.#to.side.status;
		return podsGoneEpoch === epoch;
	}
}
