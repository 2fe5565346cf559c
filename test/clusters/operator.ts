/** Starts the operator as its users do: a process of its own, configured by flags. */
import {
	type ChildProcess,
	type ChildProcessByStdio,
	spawn,
} from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface OperatorOptions {
	/** `hub` works on the hub's kubeconfig, `agent` on its region's. */
	readonly command: "hub" | "agent";
	readonly kubeconfig: string;
	/** Further flags, such as `--profile`, `Fast`. */
	readonly flags?: readonly string[];
	/** Of Node.js, before the program: `--import`, `FILE`. */
	readonly nodeFlags?: readonly string[];
	/** Path of main.ts, or of what it was built to. */
	readonly main?: string;
	/** Of its /healthz, /readyz and /metrics; 0, none, by default. */
	readonly httpPort?: number;
	/** Put before the command: runs it where its cluster is. */
	readonly enter?: readonly string[];
	/** Where the log goes too, beside memory. */
	readonly logFile?: string;
	/** Hears every line, also those that memory forgets. */
	readonly onLine?: (line: string) => void;
}

export interface Operator {
	readonly process: ChildProcess;
	/** The last lines of the log, as written: JSON. */
	readonly lines: readonly string[];
	/** Resolves with the exit code, or the signal's name. */
	readonly ended: Promise<number | string>;
	/** SIGTERM, then waits for the end. */
	stop(): Promise<number | string>;
	/** SIGKILL: no time for last words. */
	kill(): Promise<void>;
}

export const MAIN = join(import.meta.dirname, "../../src/main.ts");
const LINES_KEPT = 5_000;

export function startOperator(options: OperatorOptions): Operator {
	const dir = mkdtempSync(join(tmpdir(), "twin-operator-run-"));
	const path = join(dir, "kubeconfig");
	writeFileSync(path, options.kubeconfig, { mode: 0o600 });
	const [program = process.execPath, ...inside] = [
		...(options.enter ?? []),
		process.execPath,
	];
	const child = spawn(
		program,
		[
			...inside,
			...(options.nodeFlags ?? []),
			options.main ?? MAIN,
			options.command,
			"--kubeconfig",
			path,
			"--http-port",
			String(options.httpPort ?? 0),
			...(options.flags ?? []),
		],
		{ stdio: ["ignore", "pipe", "pipe"] },
	);
	const operator = follow(child, options);
	void operator.ended.then(() => rmSync(dir, { recursive: true, force: true }));
	return operator;
}

/** Listens to a process that was started, and does not let it outlive this one. */
export function follow(
	child: ChildProcessByStdio<null, Readable, Readable>,
	options: Pick<OperatorOptions, "logFile" | "onLine"> = {},
): Operator {
	const lines: string[] = [];
	const file = options.logFile ? createWriteStream(options.logFile) : undefined;
	for (const stream of [child.stdout, child.stderr]) {
		createInterface({ input: stream }).on("line", (line) => {
			lines.push(line);
			options.onLine?.(line);
			if (lines.length > LINES_KEPT) lines.shift();
			file?.write(`${line}\n`);
		});
	}
	const ended = new Promise<number | string>((resolve) => {
		child.on("close", (code, signal) => {
			file?.end();
			resolve(code ?? signal ?? "unknown");
		});
	});
	const end = async (signal: NodeJS.Signals) => {
		if (child.exitCode === null && child.signalCode === null)
			child.kill(signal);
		return await ended;
	};
	// A test runner that is stopped in the middle must not leave operators behind.
	const atExit = () => child.kill("SIGKILL");
	process.once("exit", atExit);
	void ended.then(() => process.off("exit", atExit));
	return {
		process: child,
		lines,
		ended,
		stop: () => end("SIGTERM"),
		kill: async () => void (await end("SIGKILL")),
	};
}
