import type { Call, Clock } from "../../src/shell/port.ts";
import type { Fate, Link, Passing } from "../clusters/embedded/link.ts";
import type { Random } from "../clusters/embedded/seed.ts";

const MUTATING = new Set<Call["verb"] | "watch">([
	"create",
	"apply",
	"merge",
	"json",
	"delete",
]);

export type Trouble = (passing: Passing) => Partial<Fate> | undefined;

/** The way between one process and one cluster, with any number of troubles at the same time. */
export class Line {
	readonly name: string;
	readonly link: Link;
	/** Undefined while something is in the way. */
	clearSinceMs: number | undefined = 0;
	readonly #clock: Pick<Clock, "now">;
	readonly #troubles = new Set<Trouble>();
	readonly #cuts = new Set<symbol>();

	constructor(name: string, link: Link, clock: Pick<Clock, "now">) {
		this.name = name;
		this.#clock = clock;
		this.link = link;
		link.latencyMs = 3;
		link.jitterMs = 10;
		link.intervene = (passing) => {
			for (const it of this.#troubles) {
				const fate = it(passing);
				if (fate) return fate;
			}
			return undefined;
		};
	}

	#changed(): void {
		const clear = this.#cuts.size === 0 && this.#troubles.size === 0;
		this.clearSinceMs = clear ? this.#clock.now() : undefined;
	}

	/** Both ways; the result mends it. */
	cut(): () => void {
		const mine = Symbol();
		this.#cuts.add(mine);
		this.link.cut();
		this.#changed();
		return () => {
			this.#cuts.delete(mine);
			if (this.#cuts.size === 0) this.link.mend();
			this.#changed();
		};
	}

	trouble(trouble: Trouble): () => void {
		this.#troubles.add(trouble);
		this.#changed();
		return () => {
			this.#troubles.delete(trouble);
			this.#changed();
		};
	}

	/** One way: requests never arrive, or answers never do. */
	oneWay(lost: "request" | "answer"): () => void {
		return this.trouble(() => ({ lost }));
	}

	slow(random: Random, fromMs: number, toMs: number): () => void {
		const some = () => fromMs + random.below(toMs - fromMs);
		return this.trouble(() => ({ thereMs: some(), backMs: some() }));
	}

	flaky(random: Random, chance: number): () => void {
		return this.trouble(() => {
			const dice = random.next();
			if (dice >= chance) return undefined;
			return { lost: dice < chance / 2 ? "request" : "answer" };
		});
	}

	/** Some writes arrive when nobody waits for them any more. */
	late(random: Random, chance: number, longestMs: number): () => void {
		return this.trouble(({ verb }) =>
			MUTATING.has(verb) && random.next() < chance
				? { thereMs: random.below(longestMs) }
				: undefined,
		);
	}

	answers(status: 401 | 403 | 429 | 500 | 503): () => void {
		const message = `the simulation answers ${status}`;
		return this.trouble(() => ({
			instead:
				status >= 500
					? { kind: "failing", status, message }
					: { kind: "refused", status, reason: "Simulated", message },
		}));
	}
}
