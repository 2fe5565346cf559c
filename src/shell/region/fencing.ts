/** Finds out, from time to time, whether every node of the region bears the gate. */
import { NODE } from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import { type Fencing, fencingOf } from "../../core/region/fencing.ts";
import { listPages } from "../lister.ts";
import type { Api, Clock, Log } from "../port.ts";
import { REQUEST_TIMEOUT_MS } from "./context.ts";

/** Nodes come and go seldom, and their list may be large. */
const PERIOD_MS = 300_000;
/** Until it is known for the first time. */
const RETRY_MS = 10_000;

export interface FencingOptions {
	readonly region: string;
	readonly api: Api;
	readonly clock: Clock;
	readonly log: Log;
	readonly signal: AbortSignal;
	readonly onFound: (fencing: Fencing) => void;
}

export async function watchFencing(options: FencingOptions): Promise<void> {
	const { region, clock, log, signal, onFound } = options;
	let said = "";
	while (!signal.aborted) {
		const found = await read(options);
		if (signal.aborted) return;
		if (found) onFound(found);
		const words =
			found?.message ?? "the nodes could not be listed; it is tried again";
		if (words !== said) log.info({ region, fencing: found?.strength }, words);
		said = words;
		await clock.sleep(found ? PERIOD_MS : RETRY_MS, signal);
	}
}

async function read(options: FencingOptions): Promise<Fencing | undefined> {
	const nodes: Pick<KubeObject, "metadata" | "status">[] = [];
	const fault = await listPages(
		options.api,
		{
			resource: NODE,
			timeoutMs: REQUEST_TIMEOUT_MS,
			signal: options.signal,
		},
		(items) => {
			for (const { metadata, status } of items)
				nodes.push({ metadata: { name: metadata.name ?? "" }, status });
		},
	);
	return fault ? undefined : fencingOf(nodes as KubeObject[]);
}
