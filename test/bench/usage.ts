/** What a process has used, from /proc. */
import { readFileSync } from "node:fs";
import type { Operator } from "../clusters/operator.ts";

/** Ticks per second of /proc/PID/stat: fixed on Linux. */
const TICKS = 100;

export function usage(operator: Operator): {
	cpuSeconds: number;
	residentBytes: number;
} {
	const pid = operator.process.pid;
	const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
	// The command's name, in brackets, may hold spaces: count after it.
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
	const rss = /VmRSS:\s+(\d+) kB/.exec(
		readFileSync(`/proc/${pid}/status`, "utf8"),
	);
	return { cpuSeconds, residentBytes: Number(rss?.[1] ?? 0) * 1024 };
}
