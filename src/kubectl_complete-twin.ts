#!/usr/bin/env node
/** Found by kubectl under this name: completes what is typed behind `kubectl twin`. */
import { onSupportedNode } from "./supported-node.ts";

await onSupportedNode(async () => {
	const { commandLine } = await import("./command-line.ts");
	const words = process.argv.slice(2);
	return commandLine(["__complete", ...words], process.env);
});
