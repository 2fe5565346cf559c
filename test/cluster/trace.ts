/** The system calls of a process that start a program or open a file. */
import { readFileSync } from "node:fs";
import { install } from "../clusters/real/debian.ts";

/** They can be seen on Linux; elsewhere it is told that they were not. */
export const untraced =
	process.platform !== "linux" && process.env.CI !== "true";

/** To be put before a command, which stays the child of who starts it. */
export async function traced(log: string): Promise<readonly string[]> {
	await install([{ name: "strace", probe: ["strace", "-V"] }], console.log);
	const which = "trace=execve,execveat,open,openat,openat2,creat";
	return ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-e", which, "-o", log];
}

/** Complete when the process is gone. */
export function readTrace(log: string): {
	readonly trace: string;
	readonly started: readonly string[];
} {
	const trace = readFileSync(log, "utf8");
	return { trace, started: trace.match(/execve(at)?\(.*/g) ?? [] };
}
