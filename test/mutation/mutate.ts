/**
 * Takes one rule out of this process, in every file that is loaded from now on.
 * As `--import` of another program it takes out what TWIN_OPERATOR_MUTATION
 * names.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import type { Mutation } from "./mutation.ts";
import { MUTATIONS } from "./table.ts";

const ROOT = new URL("../../", import.meta.url);

export const NAME = "TWIN_OPERATOR_MUTATION";

export function mutationOf(name: string): Mutation {
	const found = MUTATIONS[name];
	if (found) return found;
	const names = Object.keys(MUTATIONS).join("\n  ");
	throw new Error(`no mutation "${name}"; there are:\n  ${names}`);
}

/** Why the mutation cannot be made: a rule is not where it was, or stands there twice. */
export function faultsOf({ edits }: Mutation): readonly string[] {
	return edits.flatMap(({ file, from }) => {
		const times = readFileSync(new URL(file, ROOT), "utf8").split(from).length;
		return times === 2
			? []
			: [`${file} has ${times - 1} times: ${from}\n  adapt the mutation`];
	});
}

export function mutate(mutation: Mutation): void {
	const faults = faultsOf(mutation);
	if (faults.length > 0) throw new Error(faults.join("\n"));
	registerHooks({
		load: (address, context, next) => {
			const loaded = next(address, context);
			const edits = mutation.edits.filter(
				({ file }) => new URL(file, ROOT).href === address,
			);
			if (edits.length === 0) return loaded;
			// As a function: the text may contain `$`.
			const source = edits.reduce(
				(text, { from, to }) => text.replace(from, () => to),
				String(loaded.source),
			);
			return { ...loaded, source };
		},
	});
}

const wanted = process.env[NAME];
if (wanted !== undefined) mutate(mutationOf(wanted));
