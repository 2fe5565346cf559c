/** Kills whoever makes the n-th write of what is going on. */
import { type ApiProxy, type Passing, pass } from "./proxy.ts";

/** A process whose every request passes one of these. */
export interface Prey {
	readonly proxies: readonly ApiProxy[];
	kill(): Promise<void>;
	/** Starts it again. */
	restart(): void;
}

export interface Trap {
	/** True when it had sprung. */
	remove(): Promise<boolean>;
}

/**
 * Kills one process, once, and starts it again. Of the writes that count, even
 * ones never arrive, and odd ones are never answered.
 */
export function setTrap(
	n: number,
	preys: readonly Prey[],
	counts: (it: Passing) => boolean = (it) => it.isWrite,
): Trap {
	let seen = 0;
	let dying: Prey | undefined;
	let death: Promise<void> | undefined;
	const spring = async (prey: Prey, it: Passing): Promise<void> => {
		dying = prey;
		if (n % 2 === 1) await it.forward("unheard");
		await prey.kill();
		it.drop();
		dying = undefined;
		prey.restart();
	};
	for (const prey of preys) {
		const meddle = (it: Passing): Promise<void> | void => {
			// It has made its last write, and does not know it yet.
			if (dying === prey) return it.drop();
			if (!counts(it) || ++seen !== n) return it.forward();
			death = spring(prey, it);
			return death;
		};
		for (const proxy of prey.proxies) proxy.meddle = meddle;
	}
	return {
		remove: async () => {
			for (const prey of preys)
				for (const proxy of prey.proxies) proxy.meddle = pass;
			await death;
			return death !== undefined;
		},
	};
}
