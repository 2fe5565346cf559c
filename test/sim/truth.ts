/** What the world really is, read from the stores as they change: the invariants' measure. */
import { SIDE } from "../../src/api/label.ts";
import { at, type Dict, list, text } from "../clusters/embedded/json.ts";
import type { Change } from "../clusters/embedded/store.ts";

export interface SideFact {
	readonly atMs: number;
	/** Since when it has this role. */
	readonly roleSinceMs: number;
	readonly uid: string;
	readonly role: string;
	readonly epoch: number;
	readonly ready: boolean;
	readonly supersedes: string;
	readonly podsGone: boolean;
	readonly wish: Dict | undefined;
	readonly going: boolean;
}

export interface OperationFact {
	readonly service: string;
	readonly type: string;
	readonly done: "Complete" | "Failed" | undefined;
	readonly message: string;
}

const numberAt = (object: unknown, ...path: string[]): number =>
	Number(at(object, ...path) ?? 0);

export const conditionOf = (object: unknown, type: string): Dict | undefined =>
	list(at(object, "status", "conditions")).find(
		(it) => at(it, "type") === type,
	) as Dict | undefined;

export const isTrue = (object: unknown, type: string): boolean =>
	conditionOf(object, type)?.status === "True";

const idOf = (region: string, service: string): string =>
	`${region}/${service}`;

export class Truth {
	readonly #histories = new Map<string, SideFact[]>();
	readonly #pods = new Map<string, Set<string>>();
	readonly #gone: (OperationFact & { readonly atMs: number })[] = [];
	readonly operations = new Map<string, OperationFact>();
	/** TwinServices as the hub shows them now. */
	readonly services = new Map<string, Dict>();
	/** uids that were ever recorded in a TwinCluster's status. */
	readonly pendingDeletions = new Set<string>();

	side(region: string, service: string): SideFact | undefined {
		const last = this.#histories.get(idOf(region, service))?.at(-1);
		return last && last.uid !== "" ? last : undefined;
	}

	pods(region: string, service: string): number {
		return this.#pods.get(idOf(region, service))?.size ?? 0;
	}

	/** Whether some state of the side since then fits. */
	wasSince(
		region: string,
		service: string,
		sinceMs: number,
		fits: (fact: SideFact) => boolean,
	): boolean {
		const history = this.#histories.get(idOf(region, service)) ?? [];
		return history.some((it, nth) => {
			const end = history[nth + 1]?.atMs ?? Number.POSITIVE_INFINITY;
			return end >= sinceMs && it.uid !== "" && fits(it);
		});
	}

	/** Wanted now; or gone a moment ago, so that a process may still act upon it. */
	operation(service: string, type: string, nowMs: number): boolean {
		const gone = this.#gone.filter((it) => nowMs - it.atMs < 30_000);
		return [...this.operations.values(), ...gone].some(
			(it) => it.service === service && it.type === type && !it.done,
		);
	}

	onRegion(region: string, change: Change, nowMs: number): void {
		const { kind, object, type } = change;
		if (kind.kind === "TwinSide") {
			const id = idOf(region, text(at(object, "metadata", "name")));
			const history = this.#histories.get(id) ?? [];
			this.#histories.set(id, history);
			history.push(factOf(object, history.at(-1), nowMs, type === "DELETED"));
		}
		if (kind.kind === "Pod") {
			const service = text(at(object, "metadata", "labels", SIDE));
			if (service === "") return;
			const id = idOf(region, service);
			const pods = this.#pods.get(id) ?? new Set();
			this.#pods.set(id, pods);
			const phase = text(at(object, "status", "phase"));
			const over = phase === "Succeeded" || phase === "Failed";
			const name = text(at(object, "metadata", "name"));
			if (type === "DELETED" || over) pods.delete(name);
			else pods.add(name);
		}
	}

	onHub({ kind, object, type }: Change, nowMs: number): void {
		const name = text(at(object, "metadata", "name"));
		if (kind.kind === "TwinService") {
			if (type === "DELETED") this.services.delete(name);
			else this.services.set(name, object);
		}
		if (kind.kind === "TwinOperation") {
			if (type === "DELETED") {
				this.operations.delete(name);
				this.#gone.push({ ...operationOf(object), atMs: nowMs });
			} else this.operations.set(name, operationOf(object));
		}
		if (kind.kind === "TwinCluster") {
			for (const it of list(at(object, "status", "pendingDeletions")))
				this.pendingDeletions.add(text(at(it, "uid")));
		}
	}

	/** A region's etcd is gone. */
	onRegionWipe(region: string, nowMs: number): void {
		for (const [id, history] of this.#histories) {
			const last = history.at(-1);
			if (id.startsWith(`${region}/`) && last)
				history.push({ ...last, uid: "", atMs: nowMs });
		}
		for (const [id, pods] of this.#pods)
			if (id.startsWith(`${region}/`)) pods.clear();
	}

	/** The hub's etcd holds what it held at some earlier time. */
	onRestore(objects: Iterable<Dict>, nowMs: number): void {
		this.onWipe(nowMs);
		for (const object of objects) {
			const name = text(at(object, "metadata", "name"));
			if (object.kind === "TwinService") this.services.set(name, object);
			if (object.kind === "TwinOperation")
				this.operations.set(name, operationOf(object));
		}
	}

	/** The hub's etcd is gone, and with it what it held. */
	onWipe(nowMs: number): void {
		for (const it of this.operations.values())
			this.#gone.push({ ...it, atMs: nowMs });
		this.services.clear();
		this.operations.clear();
	}
}

function factOf(
	side: Dict,
	before: SideFact | undefined,
	atMs: number,
	gone: boolean,
): SideFact {
	const epoch = numberAt(side, "status", "epoch");
	const uid = gone ? "" : text(at(side, "metadata", "uid"));
	const same = before?.uid === uid && before.epoch === epoch;
	const desired = numberAt(side, "status", "desired");
	return {
		atMs,
		roleSinceMs: same ? before.roleSinceMs : atMs,
		uid,
		role: text(at(side, "status", "role")),
		epoch,
		ready: numberAt(side, "status", "ready") >= desired,
		supersedes: text(at(side, "status", "supersedes")),
		podsGone: at(side, "status", "podsGoneEpoch") === epoch,
		wish: at(side, "spec", "wish") as Dict | undefined,
		going: at(side, "metadata", "deletionTimestamp") !== undefined,
	};
}

function operationOf(object: Dict): OperationFact {
	const done = (["Complete", "Failed"] as const).find((it) =>
		isTrue(object, it),
	);
	return {
		service: text(at(object, "spec", "service")),
		type: text(at(object, "spec", "type")),
		done,
		message: done ? text(conditionOf(object, done)?.message) : "",
	};
}
