/** How many may be under way at the same time; the others wait in the order of their coming. */
export class Slots {
	#free: number;
	readonly #waiting: (() => void)[] = [];

	constructor(count: number) {
		this.#free = count;
	}

	/** Resolves when there is a slot. One that was waited for in vain is given back by the caller too. */
	take(): Promise<void> | undefined {
		if (this.#free > 0) {
			this.#free--;
			return undefined;
		}
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
		});
	}

	give(): void {
		const next = this.#waiting.shift();
		if (next) next();
		else this.#free++;
	}
}
