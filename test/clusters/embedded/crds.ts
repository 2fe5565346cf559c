import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Dict } from "./json.ts";

const DIRECTORY = join(import.meta.dirname, "../../../crds");

/** The project's CRDs as objects, in the order of their file names. */
export const projectCrds = (): Dict[] =>
	readdirSync(DIRECTORY)
		.filter((it) => it.endsWith(".yaml"))
		.sort()
		.map((it) => load(readFileSync(join(DIRECTORY, it), "utf8")) as Dict);
