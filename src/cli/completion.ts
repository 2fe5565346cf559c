/**
 * Shell completion. kubectl asks `kubectl_complete-twin` in the protocol of cobra:
 * candidates line by line, then `:4`, "no file names". The scripts here ask the
 * same for those who call kubectl-twin itself.
 */
import type { Command } from "commander";
import { CliFault } from "./fault.ts";

const NO_FILES = ":4";

/** `words` as typed behind `kubectl twin`; the last one is being typed. */
export async function completions(
	program: Command,
	words: readonly string[],
	services: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
	const typed = words.at(-1) ?? "";
	const before = words.slice(0, -1);
	const given = before.find((it) =>
		program.commands.some((one) => one.name() === it),
	);
	const command = program.commands.find((it) => it.name() === given);
	const candidates = await candidatesOf(program, command, typed, services);
	return [...candidates.filter((it) => it.startsWith(typed)), NO_FILES];
}

async function candidatesOf(
	program: Command,
	command: Command | undefined,
	typed: string,
	services: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
	if (typed.startsWith("-"))
		return [...program.options, ...(command?.options ?? [])].flatMap((it) =>
			it.long ? [it.long] : [],
		);
	if (!command) return program.commands.map((it) => it.name());
	const [argument] = command.registeredArguments;
	if (argument?.description !== SERVICE_ARGUMENT) return [];
	// A hub that does not answer must not hold the prompt up with a fault.
	return services().catch(() => []);
}

/** What the argument of commands that take a service's name is described as. */
export const SERVICE_ARGUMENT = "a TwinService";

const SCRIPTS: Readonly<Record<string, string>> = {
	bash: `_kubectl_twin() {
  mapfile -t COMPREPLY < <(kubectl-twin __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | grep -v '^:')
}
complete -F _kubectl_twin kubectl-twin`,
	zsh: `#compdef kubectl-twin
_kubectl_twin() {
  local -a found
  found=(\${(f)"$(kubectl-twin __complete "\${words[@]:1}" 2>/dev/null | grep -v '^:')"})
  compadd -a found
}
compdef _kubectl_twin kubectl-twin`,
	fish: `complete -c kubectl-twin -f -a '(kubectl-twin __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null | string match -v ":*")'`,
};

export function completionScript(shell: string): string {
	const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
	if (script === undefined)
		throw new CliFault(
			`there is no completion for ${shell}: give one of ${Object.keys(SCRIPTS).join(", ")}.`,
			2,
		);
	return script;
}
