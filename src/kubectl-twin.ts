#!/usr/bin/env node
/** `kubectl twin`, found by kubectl under this name on the PATH. */
import { onSupportedNode } from "./supported-node.ts";

await onSupportedNode(async () => {
	const { commandLine } = await import("./command-line.ts");
	return commandLine(process.argv.slice(2), process.env);
});
