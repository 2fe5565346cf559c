/**
 * What the hub does in one region, apart from what it does in the other: a slow
 * or dead region fills its own lane only. One task of a key at a time; a key
 * that is still under way is refused, and its next turn decides anew.
 */
export class Lane {
	readonly #limit: number;
	readonly #urgent: Task[] = [];
	readonly #routine: Task[] = [];
	readonly #keys = new Set<string>();
	#running = 0;
	#stopped = false;

	constructor(limit: number) {
		this.#limit = limit;
	}

	isBusy(key: string): boolean {
		return this.#keys.has(key);
	}

	/** False: this key is under way already. `run` must not reject. */
	add(key: string, urgent: boolean, run: () => Promise<void>): boolean {
		if (this.#stopped || this.#keys.has(key)) return false;
		this.#keys.add(key);
		(urgent ? this.#urgent : this.#routine).push({ key, run });
		this.#pump();
		return true;
	}

	stop(): void {
		this.#stopped = true;
		this.#urgent.length = 0;
		this.#routine.length = 0;
	}

	#pump(): void {
		while (this.#running < this.#limit) {
			const task = this.#urgent.shift() ?? this.#routine.shift();
			if (!task) return;
			this.#running += 1;
			void this.#carryOut(task);
		}
	}

	async #carryOut(task: Task): Promise<void> {
		try {
			await task.run();
		} finally {
			this.#running -= 1;
			this.#keys.delete(task.key);
			this.#pump();
		}
	}
}

interface Task {
	readonly key: string;
	readonly run: () => Promise<void>;
}
