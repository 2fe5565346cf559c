/**
 * What an app in two regions wrote into one file, and whether two ever ran at
 * the same time. The order of the lines is the order of the writes, whatever
 * the clocks say, since each line is one write that appends.
 */

/** One line: `SECONDS REGION POD`. */
export interface Line {
	/** By the uptime of the machine, which all containers share. */
	readonly atSeconds: number;
	readonly region: string;
	readonly pod: string;
}

/** From `atSeconds` on this region may run, and the one before it may not. */
export interface Turn {
	readonly region: string;
	readonly atSeconds: number;
}

/** Throws at a line that is none: a lost line could hide an overlap. */
export function readLines(text: string): Line[] {
	const complete = text.slice(0, text.lastIndexOf("\n") + 1);
	return complete
		.split("\n")
		.filter((it) => it !== "")
		.map((it) => {
			const [at = "", region, pod, ...rest] = it.split(" ");
			const atSeconds = Number.parseFloat(at);
			if (Number.isNaN(atSeconds) || !region || !pod || rest.length > 0) {
				throw new Error(`not a line of an app: ${it}`);
			}
			return { atSeconds, region, pod };
		});
}

export interface Overlap extends Line {
	readonly why: string;
}

/**
 * Every line that should not be there, and why: of a region whose turn has
 * not come, or that wrote once another was let in.
 */
export function overlaps(
	lines: readonly Line[],
	turns: readonly Turn[],
): Overlap[] {
	const faults: Overlap[] = [];
	const add = (line: Line, why: string) => {
		const who = `${line.region} (${line.pod}) wrote at ${line.atSeconds}`;
		faults.push({ ...line, why: `${who} ${why}` });
	};
	let at = 0;
	for (const line of lines) {
		const next = turns[at + 1];
		if (next?.region === line.region && line.atSeconds >= next.atSeconds) at++;
		const turn = turns[at];
		const following = turns[at + 1];
		if (turn?.region !== line.region) {
			const whose = turn?.region ?? "nobody";
			add(line, `while it is the turn of ${whose}, since ${turn?.atSeconds}`);
		} else if (following && line.atSeconds >= following.atSeconds) {
			const { region, atSeconds } = following;
			add(line, `although ${region} was let in at ${atSeconds}`);
		} else if (line.atSeconds < turn.atSeconds) {
			add(line, `before it was let in at ${turn.atSeconds}`);
		}
	}
	return faults;
}

export interface HandOver {
	/** From "no" to the last line of the region that gives way; negative: it had stopped before. */
	readonly stopSeconds: number;
	/** From "yes" to the first line of the other. */
	readonly startSeconds: number;
}

/** `no` and `yes`: when each region was told, the later one's turn being open still. */
export function handOver(
	lines: readonly Line[],
	no: Turn,
	yes: Turn,
): HandOver | undefined {
	const last = lines.findLast((it) => it.region === no.region);
	const first = lines.find(
		(it) => it.region === yes.region && it.atSeconds >= yes.atSeconds,
	);
	if (!last || !first) return undefined;
	return {
		stopSeconds: last.atSeconds - no.atSeconds,
		startSeconds: first.atSeconds - yes.atSeconds,
	};
}
