#!/usr/bin/env node
/** Found by kubectl under this name: completes what is typed behind `kubectl twin`. */
import { commandLine } from "./command-line.ts";

process.exitCode = await commandLine(
	["__complete", ...process.argv.slice(2)],
	process.env,
);
