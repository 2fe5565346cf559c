import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";

export interface Exchange {
	readonly dispatcher: Dispatcher;
	readonly request: Dispatcher.DispatchOptions;
	/** Until the last byte of the body; with `onChunk`, until the headers. */
	readonly deadlineMs: number;
	readonly signal?: AbortSignal | undefined;
	readonly limitBytes: number;
	/** Set for a stream: the head of a 200 goes to `onOpen`, its body here. */
	readonly onOpen?: () => void;
	readonly onChunk?: (chunk: Buffer) => void;
}

export interface Answered {
	readonly kind: "answered";
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: readonly Buffer[];
}

export type Outcome =
	| Answered
	| { readonly kind: "deadline" }
	| { readonly kind: "aborted" }
	| { readonly kind: "too large" }
	| { readonly kind: "error"; readonly error: Error };

/**
 * One request and what came of it; never rejects. Over the dispatcher's own
 * interface rather than fetch or streams: those cost about as much CPU as all
 * the rest of a small request.
 */
export function exchange(options: Exchange): Promise<Outcome> {
	return new Promise((resolve) => {
		new Handler(options, resolve).send();
	});
}

class Handler implements Dispatcher.DispatchHandler {
	readonly #options: Exchange;
	readonly #resolve: (outcome: Outcome) => void;
	#controller: Dispatcher.DispatchController | undefined;
	#timer: NodeJS.Timeout | undefined;
	#over = false;
	#status = 0;
	#headers: IncomingHttpHeaders = {};
	#streaming = false;
	readonly #chunks: Buffer[] = [];
	#bytes = 0;

	constructor(options: Exchange, resolve: (outcome: Outcome) => void) {
		this.#options = options;
		this.#resolve = resolve;
	}

	send(): void {
		const { dispatcher, request, deadlineMs, signal } = this.#options;
		if (signal?.aborted) {
			this.#end({ kind: "aborted" });
			return;
		}
		signal?.addEventListener("abort", this.#onAbort);
		this.#timer = setTimeout(() => {
			// The answer may have arrived while this process was busy: what is
			// readable already is read first, before silence is declared.
			setImmediate(() => this.#giveUp("deadline"));
		}, deadlineMs);
		try {
			dispatcher.dispatch(request, this);
		} catch (error) {
			this.#end({ kind: "error", error: error as Error });
		}
	}

	onRequestStart(controller: Dispatcher.DispatchController): void {
		this.#controller = controller;
		// Given up while the connection was being made: it must not be sent now.
		if (this.#over) controller.abort(new Error("given up"));
	}

	onResponseStart(
		_controller: Dispatcher.DispatchController,
		status: number,
		headers: IncomingHttpHeaders,
	): void {
		if (status < 200) return;
		this.#status = status;
		this.#headers = headers;
		if (this.#options.onChunk && status === 200) {
			this.#streaming = true;
			clearTimeout(this.#timer);
			this.#options.onOpen?.();
		}
	}

	onResponseData(
		_controller: Dispatcher.DispatchController,
		chunk: Buffer,
	): void {
		if (this.#over) return;
		if (this.#streaming) {
			this.#options.onChunk?.(chunk);
			return;
		}
		this.#bytes += chunk.length;
		if (this.#bytes > this.#options.limitBytes) this.#giveUp("too large");
		else this.#chunks.push(chunk);
	}

	onResponseEnd(): void {
		this.#end({
			kind: "answered",
			status: this.#status,
			headers: this.#headers,
			body: this.#chunks,
		});
	}

	onResponseError(
		_controller: Dispatcher.DispatchController,
		error: Error,
	): void {
		this.#end({ kind: "error", error });
	}

	readonly #onAbort = (): void => this.#giveUp("aborted");

	#giveUp(kind: "deadline" | "aborted" | "too large"): void {
		if (this.#over) return;
		this.#end({ kind });
		this.#controller?.abort(new Error(kind));
	}

	#end(outcome: Outcome): void {
		if (this.#over) return;
		this.#over = true;
		clearTimeout(this.#timer);
		this.#options.signal?.removeEventListener("abort", this.#onAbort);
		this.#resolve(outcome);
	}
}
