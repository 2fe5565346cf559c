import type { Answer, Call } from "../../../src/shell/port.ts";
import type { Random } from "./seed.ts";

/** What a link looks at: a request, or a watch being opened. */
export type Passing = Pick<
	Call,
	"resource" | "namespace" | "name" | "subresource"
> & { readonly verb: Call["verb"] | "watch" };

/** What becomes of one request on its way. */
export interface Fate {
	/** Before it reaches the server; may be longer than the caller waits: it is then applied late. */
	readonly thereMs: number;
	readonly backMs: number;
	readonly lost?: "request" | "answer";
	/** Given instead of the server's answer, which is never asked. */
	readonly instead?: Answer<never>;
}

/**
 * The way between one client and one API server. Everything about it can be
 * changed at any moment; what is random comes from the seed.
 */
export class Link {
	/** Nothing passes; open watches go quiet and deliver late when it is up again. */
	up = true;
	latencyMs = 0;
	/** Up to this much more, at random, each way. */
	jitterMs = 0;
	/** Chance that a request never arrives. */
	loseRequests = 0;
	/** Chance that it is carried out and the answer never arrives. */
	loseAnswers = 0;
	/** A test's own say, before all else; undefined lets the request pass as usual. */
	intervene: ((passing: Passing) => Partial<Fate> | undefined) | undefined;
	readonly #random: Random;
	readonly #waiting = new Set<() => void>();

	constructor(random: Random) {
		this.#random = random;
	}

	cut(): void {
		this.up = false;
	}

	mend(): void {
		this.up = true;
		const waiting = [...this.#waiting];
		this.#waiting.clear();
		for (const it of waiting) it();
	}

	/** Calls back once, when a link that is cut is mended. */
	whenMended(act: () => void): void {
		this.#waiting.add(act);
	}

	fate(passing: Passing): Fate {
		const usual: Fate = {
			thereMs: this.delay(),
			backMs: this.delay(),
			...this.#loss(),
		};
		const said = this.intervene?.(passing);
		return said ? { ...usual, ...said } : usual;
	}

	delay(): number {
		return this.jitterMs > 0
			? this.latencyMs + this.#random.below(this.jitterMs)
			: this.latencyMs;
	}

	#loss(): Pick<Fate, "lost"> {
		if (this.loseRequests > 0 && this.#random.next() < this.loseRequests)
			return { lost: "request" };
		if (this.loseAnswers > 0 && this.#random.next() < this.loseAnswers)
			return { lost: "answer" };
		return {};
	}
}
