/** The seeds of a run, shared by processes: one for each core. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Total {
	readonly runs: number;
	readonly violated: number;
	readonly slowestSeconds: number;
}

const LAST = /^(\d+) runs, (\d+) violations, slowest recovery ([\d.]+) s$/;
const SOFAR = /^(\d+) of \d+ runs, (\d+) violated so far$/;

/** `args`: of this program, the first seed and the number of runs left out. */
export async function share(
	jobs: number,
	{ runs, first }: { readonly runs: number; readonly first: number },
	args: readonly string[],
	say: (line: string) => void,
): Promise<Total> {
	const each = Math.ceil(runs / jobs);
	const parts = Array.from({ length: jobs }, (_, nth) => ({
		first: first + nth * each,
		runs: Math.min(each, runs - nth * each),
	})).filter((it) => it.runs > 0);
	const sofar = parts.map(() => [0, 0] as readonly [number, number]);
	let saidAt = performance.now();
	const totals = await Promise.all(
		parts.map((part, nth) =>
			runOne(part, args, (line) => {
				const counted = SOFAR.exec(line);
				if (!counted) return say(line);
				sofar[nth] = [Number(counted[1]), Number(counted[2])];
				if (performance.now() - saidAt < 10_000) return;
				saidAt = performance.now();
				const sum = (at: 0 | 1) => sofar.reduce((all, it) => all + it[at], 0);
				say(`${sum(0)} of ${runs} runs, ${sum(1)} violated so far`);
			}),
		),
	);
	return {
		runs: totals.reduce((sum, it) => sum + it.runs, 0),
		violated: totals.reduce((sum, it) => sum + it.violated, 0),
		slowestSeconds: Math.max(...totals.map((it) => it.slowestSeconds)),
	};
}

/** Rejects when the process ends without a last line: its seeds were not tried. */
function runOne(
	{ first, runs }: { readonly first: number; readonly runs: number },
	args: readonly string[],
	say: (line: string) => void,
): Promise<Total> {
	const own = ["--seed", String(first), "--runs", String(runs)];
	const main = process.argv[1] ?? "";
	const child = spawn(process.execPath, [main, ...args, ...own], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	let total: Total | undefined;
	createInterface({ input: child.stdout }).on("line", (line) => {
		const last = LAST.exec(line);
		if (!last) return say(line);
		const [runs = 0, violated = 0, slowestSeconds = 0] = last
			.slice(1)
			.map(Number);
		total = { runs, violated, slowestSeconds };
	});
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (code, signal) =>
			total
				? resolve(total)
				: reject(
						new Error(
							`the process for seeds ${first} to ${first + runs - 1} ended early (${signal ?? code})`,
						),
					),
		);
	});
}
