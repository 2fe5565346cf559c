import type { KubeObject } from "../api/object.ts";
import type { Fault, WatchEnd, WatchEvent } from "../shell/port.ts";
import { fromEvent } from "./answer.ts";
import { Lines } from "./lines.ts";

/** Turns the bytes of a watch into events. `signal` aborts when the stream itself ends the watch; `end` then says how. */
export class WatchStream {
	end: WatchEnd | undefined;
	readonly #lines: Lines;
	readonly #abort = new AbortController();

	constructor(limitBytes: number, onEvent: (event: WatchEvent) => void) {
		this.#lines = new Lines(limitBytes, (line) => {
			if (this.end) return;
			const read = eventOf(line);
			if ("type" in read) onEvent(read);
			else this.#stop(read);
		});
	}

	get signal(): AbortSignal {
		return this.#abort.signal;
	}

	push(chunk: Buffer): void {
		if (this.end) return;
		if (!this.#lines.push(chunk)) this.#stop(nonsense("an event is too large"));
	}

	#stop(end: WatchEnd): void {
		this.end = end;
		this.#abort.abort();
	}
}

function eventOf(line: string): WatchEvent | WatchEnd {
	let event: { type?: unknown; object?: unknown } | null;
	try {
		event = JSON.parse(line);
	} catch {
		return nonsense("an event is not JSON");
	}
	const object = event?.object as KubeObject | undefined;
	if (typeof object !== "object" || object === null)
		return nonsense("an event has no object");
	switch (event?.type) {
		case "ADDED":
		case "MODIFIED":
		case "DELETED":
			return { type: event.type, object };
		case "BOOKMARK": {
			const resourceVersion = object.metadata?.resourceVersion;
			if (typeof resourceVersion !== "string")
				return nonsense("a bookmark has no resourceVersion");
			return { type: "BOOKMARK", resourceVersion };
		}
		case "ERROR":
			return endOf(fromEvent(object));
		default:
			return nonsense("an event is of no known type");
	}
}

/** 410 says that the history asked for is gone. */
export const endOf = (fault: Fault): WatchEnd =>
	fault.kind === "refused" && fault.status === 410
		? { kind: "expired" }
		: { kind: "failed", answer: fault };

const nonsense = (message: string): WatchEnd =>
	endOf({ kind: "nonsense", message });
