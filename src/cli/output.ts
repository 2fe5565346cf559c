/** `-o json|yaml|name`: the same values as the tables show. */
import { dump } from "js-yaml";
import { CliFault } from "./fault.ts";
import type { Session } from "./session.ts";

const FORMS = ["wide", "json", "yaml", "name"];

/** True if it was printed. `names` are what `-o name` prints. */
export function printed(
	{ flags: { output }, terminal }: Session,
	value: unknown,
	names: readonly string[],
): boolean {
	if (output === undefined || output === "wide") return false;
	if (output === "json") terminal.out(JSON.stringify(value, undefined, 2));
	else if (output === "yaml")
		terminal.out(dump(value, { noRefs: true }).trimEnd());
	else if (output === "name") for (const it of names) terminal.out(it);
	else
		throw new CliFault(
			`-o ${output}: there is no such form. Give one of ${FORMS.join(", ")}.`,
			2,
		);
	return true;
}
