/**
 * A region's API server behind credentials that may change: everybody holds
 * this one, and what is behind it is exchanged without a gap.
 */
import type { KubeObject } from "../../api/object.ts";
import type { Answer, Api, Call, WatchCall, WatchEnd } from "../port.ts";

const NOT_CONNECTED: Answer<never> = {
	kind: "silent",
	why: "aborted",
	message: "there are no usable credentials for this cluster",
};

export class SwitchApi implements Api {
	#current: Api | undefined;

	get connected(): boolean {
		return this.#current !== undefined;
	}

	/** Answers with the one that was there before; its requests under way may end. */
	exchange(api: Api): Api | undefined {
		const before = this.#current;
		this.#current = api;
		return before;
	}

	request<T = KubeObject>(call: Call): Promise<Answer<T>> {
		return this.#current?.request<T>(call) ?? Promise.resolve(NOT_CONNECTED);
	}

	watch(call: WatchCall): Promise<WatchEnd> {
		return (
			this.#current?.watch(call) ??
			Promise.resolve({ kind: "failed", answer: NOT_CONNECTED })
		);
	}

	close(): void {
		this.#current?.close();
		this.#current = undefined;
	}
}
