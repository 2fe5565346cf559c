const NEWLINE = 10;

/**
 * Cuts a stream of bytes into lines. A line over several chunks is put
 * together once, when its end is there. Answers false when a line grows beyond
 * the limit.
 */
export class Lines {
	readonly #limitBytes: number;
	readonly #onLine: (line: string) => void;
	#parts: Buffer[] = [];
	#bytes = 0;

	constructor(limitBytes: number, onLine: (line: string) => void) {
		this.#limitBytes = limitBytes;
		this.#onLine = onLine;
	}

	push(chunk: Buffer): boolean {
		let from = 0;
		for (;;) {
			const to = chunk.indexOf(NEWLINE, from);
			const part = chunk.subarray(from, to < 0 ? undefined : to);
			this.#bytes += part.length;
			if (this.#bytes > this.#limitBytes) return false;
			if (to < 0) {
				if (part.length > 0) this.#parts.push(part);
				return true;
			}
			const line =
				this.#parts.length === 0
					? part
					: Buffer.concat([...this.#parts, part], this.#bytes);
			this.#parts = [];
			this.#bytes = 0;
			from = to + 1;
			if (line.length > 0) this.#onLine(line.toString("utf8"));
		}
	}
}
