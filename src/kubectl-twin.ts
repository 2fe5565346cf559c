#!/usr/bin/env node
/** `kubectl twin`, found by kubectl under this name on the PATH. */
import { commandLine } from "./command-line.ts";

process.exitCode = await commandLine(process.argv.slice(2), process.env);
