import { setTimeout as sleep } from "node:timers/promises";

export interface UntilOptions {
	readonly timeoutMs?: number;
	readonly everyMs?: number;
}

/**
 * Waits for a condition: resolves with the first value of `check` that is
 * neither false, undefined nor null. An error thrown by `check` counts as "not
 * yet", because the thing waited for is often the thing that throws. The
 * message of a time-out shows what was seen last.
 */
export async function until<T>(
	what: string,
	check: () => T | Promise<T>,
	options: UntilOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
	const timeoutMs = options.timeoutMs ?? 60_000;
	const end = performance.now() + timeoutMs;
	for (;;) {
		let seen: string;
		try {
			const value = await check();
			if (value !== false && value !== undefined && value !== null) {
				return value as NonNullable<Exclude<T, false>>;
			}
			seen = show(value);
		} catch (error) {
			seen = error instanceof Error ? error.message : show(error);
		}
		if (performance.now() >= end) {
			throw new Error(
				`waited ${timeoutMs / 1000} s for: ${what}; seen last: ${seen}`,
			);
		}
		await sleep(options.everyMs ?? 100);
	}
}

function show(value: unknown): string {
	const text = typeof value === "string" ? value : JSON.stringify(value);
	return (text ?? String(value)).slice(0, 2_000);
}
