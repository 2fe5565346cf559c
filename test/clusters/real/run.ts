/** The run of test clusters that this process owns: a directory, marked processes, a keeper. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
	appendFileSync,
	closeSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readFileSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
	MARK,
	type Owner,
	RUN_PREFIX,
	startOf,
	sweep,
	sweepStale,
} from "./sweep.ts";

export interface Run {
	/** The name of its directory under the system's directory for temporary files. */
	readonly id: string;
	readonly dir: string;
	readonly keeper: ChildProcess;
}

export interface Program {
	readonly name: string;
	readonly child: ChildProcess;
	/** Resolves when the process is gone. */
	readonly ended: Promise<void>;
	readonly alive: () => boolean;
	/** The beginning and the end of its log, for messages. */
	readonly log: () => string;
}

let current: Promise<Run> | undefined;

/** The one run of this process; made when first asked for. */
export function thisRun(): Promise<Run> {
	current ??= open();
	return current;
}

async function open(): Promise<Run> {
	await sweepStale();
	const dir = mkdtempSync(join(tmpdir(), RUN_PREFIX));
	const owner: Owner = { pid: process.pid, started: startOf(process.pid) };
	writeFileSync(join(dir, "owner.json"), JSON.stringify(owner));
	const id = basename(dir);
	// Detached: Ctrl-C reaches the whole foreground group, and must not reach it.
	const keeper = spawn(
		process.execPath,
		[join(import.meta.dirname, "sweep.ts"), id],
		{ detached: true, stdio: ["pipe", "pipe", "ignore"] },
	);
	await once(keeper.stdout, "data");
	keeper.unref();
	for (const it of [keeper.stdin, keeper.stdout]) {
		(it as unknown as { unref(): void }).unref();
	}
	// What this process starts itself, operators for one, is swept as well.
	process.env[MARK] = id;
	return { id, dir, keeper };
}

/** Ends the run now instead of at the end of the process. */
export async function closeRun(): Promise<void> {
	const run = await current;
	current = undefined;
	if (!run) return;
	await sweep(run.id);
	run.keeper.stdin?.end();
}

/** Starts a program in a group of its own, marked as the run's, its output in a file. */
export function start(
	run: Run,
	name: string,
	command: readonly string[],
	dir: string,
): Program {
	mkdirSync(dir, { recursive: true });
	const log = join(dir, `${name}.log`);
	const fd = openSync(log, "a");
	const child = spawn(command[0] ?? "", command.slice(1), {
		cwd: dir,
		detached: true,
		stdio: ["ignore", fd, fd],
		// Little of the caller's environment: a proxy or a KUBECONFIG set there
		// must not reach the servers.
		env: { PATH: process.env.PATH, HOME: dir, [MARK]: run.id },
	});
	closeSync(fd);
	let alive = true;
	const ended = new Promise<void>((resolve) => {
		const end = () => {
			alive = false;
			resolve();
		};
		child.once("exit", end);
		child.once("error", (error) => {
			appendFileSync(log, `${error}\n`);
			end();
		});
	});
	child.unref();
	if (child.pid) appendFileSync(join(run.dir, "pids"), `${child.pid}\n`);
	return {
		name,
		child,
		ended,
		alive: () => alive,
		log: () => excerpt(readFileSync(log, "utf8").split("\n")),
	};
}

/** Rejects with the log once the program ends: to race against what it should do. */
export async function died(program: Program): Promise<never> {
	await program.ended;
	throw new Error(`${program.name} ended; its log:\n${program.log()}`);
}

/** A wrong flag is named at the beginning, before pages of usage; a failure later on at the end. */
function excerpt(lines: readonly string[]): string {
	if (lines.length <= 20) return lines.join("\n");
	return [...lines.slice(0, 5), "[…]", ...lines.slice(-15)].join("\n");
}
