/** Composition root of `kubectl twin`: kubeconfig, terminal and signals. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { CommanderError } from "commander";
import { systemClock } from "./adapters/clock.ts";
import { KubeconfigFault } from "./adapters/kubeconfig.ts";
import { connectUser } from "./adapters/user.ts";
import { TWIN_SERVICE } from "./api/kind.ts";
import type { TwinService } from "./api/types.ts";
import { completions } from "./cli/completion.ts";
import { CliFault } from "./cli/fault.ts";
import { programOf } from "./cli/program.ts";
import { type Flags, list, type Session } from "./cli/session.ts";
import type { Terminal } from "./cli/terminal.ts";

type Env = Readonly<Record<string, string | undefined>>;

const INTERRUPTED = 130;

/** Resolves with the exit code: 0, 1 for what could not be done, 2 for what was asked for wrongly, 130 after Ctrl-C. */
export async function commandLine(
	argv: readonly string[],
	env: Env,
): Promise<number> {
	const stop = new AbortController();
	process.once("SIGINT", () => stop.abort());
	process.stdout.on("error", (error: NodeJS.ErrnoException) => {
		// `| head` has read enough.
		if (error.code === "EPIPE") process.exit(0);
		throw error;
	});
	const terminal = terminalOf(env, stop.signal);
	const sessions: Session[] = [];
	const connect = (flags: Flags): Session => {
		const session = sessionOf(flags, env, terminal, connect);
		sessions.push(session);
		return session;
	};
	const program = programOf({ terminal, version: version(), connect });
	try {
		if (argv[0] === "__complete") {
			const words = argv.slice(1);
			const services = () => namesOf(connect(flagsIn(words)));
			for (const it of await completions(program, words, services))
				terminal.out(it);
		} else await program.parseAsync(argv, { from: "user" });
		return 0;
	} catch (thrown) {
		return codeOf(thrown, terminal);
	} finally {
		for (const it of sessions) it.api.close();
	}
}

function codeOf(thrown: unknown, terminal: Terminal): number {
	// It has been told already, and help is no fault.
	if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
	if (thrown instanceof KubeconfigFault || thrown instanceof CliFault) {
		terminal.note(`Error: ${thrown.message}`);
		if (terminal.interrupted.aborted) return INTERRUPTED;
		return thrown instanceof CliFault ? thrown.exitCode : 2;
	}
	throw thrown;
}

function terminalOf(env: Env, interrupted: AbortSignal): Terminal {
	const { stdin, stdout, stderr } = process;
	return {
		out: (line) => void stdout.write(`${line}\n`),
		note: (line) => void stderr.write(`${line}\n`),
		colour: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb",
		interactive: stdin.isTTY === true && stderr.isTTY === true,
		interrupted,
		ask: async (question) => {
			const lines = createInterface({ input: stdin, output: stderr });
			try {
				return await lines.question(question, { signal: interrupted });
			} catch {
				throw new CliFault("interrupted: nothing was done.");
			} finally {
				lines.close();
			}
		},
	};
}

function sessionOf(
	flags: Flags,
	env: Env,
	terminal: Terminal,
	connect: (flags: Flags) => Session,
): Session {
	const { api, context, namespace, server } = connectUser(
		{
			kubeconfig: flags.kubeconfig,
			context: flags.context,
			env,
			version: version(),
		},
		systemClock,
	);
	return {
		...{ api, context, server, flags, terminal },
		clock: systemClock,
		namespace: flags.allNamespaces ? undefined : (flags.namespace ?? namespace),
		packaged,
		connect: (other) => connect({ ...flags, context: other }),
	};
}

/** Flags on a line that is still being typed: the parser would refuse it. */
function flagsIn(words: readonly string[]): Flags {
	const valueBehind = (...names: string[]): string | undefined => {
		const at = words.findIndex((it) => names.includes(it));
		return at < 0 ? undefined : words[at + 1];
	};
	const [namespace, context, kubeconfig] = [
		valueBehind("-n", "--namespace"),
		valueBehind("--context"),
		valueBehind("--kubeconfig"),
	];
	return {
		...(namespace ? { namespace } : {}),
		...(context ? { context } : {}),
		...(kubeconfig ? { kubeconfig } : {}),
		operatorNamespace: "",
	};
}

async function namesOf(session: Session): Promise<readonly string[]> {
	const found = await list<TwinService>(
		session,
		TWIN_SERVICE,
		session.namespace,
	);
	return (found ?? []).map((it) => it.metadata?.name ?? "");
}

const packaged = (path: string): string =>
	readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

const version = (): string =>
	(JSON.parse(packaged("package.json")) as { version: string }).version;
