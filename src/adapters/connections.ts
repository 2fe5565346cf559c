import type { Client } from "undici";

/**
 * One kept-alive connection for each request under way, the one used last
 * first, so that few stay open. The library's own pool opens a second
 * connection for every request that follows another one at once.
 */
export class Connections {
	readonly #open: () => Client;
	readonly #limit: number;
	readonly #busy = new Set<Client>();
	readonly #idle: Client[] = [];
	readonly #waiting: ((client: Client) => void)[] = [];

	constructor(limit: number, open: () => Client) {
		this.#limit = limit;
		this.#open = open;
	}

	/** Waits while `limit` are in use, in the order of coming; `urgent` does not. */
	take(urgent = false): Client | Promise<Client> {
		if (urgent || this.#busy.size < this.#limit) return this.#next();
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
		});
	}

	/**
	 * `sound`: its last exchange was complete. If not, the idle ones go too: the
	 * server may have gone with all of them, and each would cost a time-out.
	 */
	give(client: Client, sound: boolean): void {
		this.#busy.delete(client);
		if (sound) this.#idle.push(client);
		else for (const it of [client, ...this.#idle.splice(0)]) void it.destroy();
		if (this.#waiting.length > 0 && this.#busy.size < this.#limit)
			this.#waiting.shift()?.(this.#next());
	}

	destroy(): void {
		for (const client of [...this.#busy, ...this.#idle]) void client.destroy();
	}

	#next(): Client {
		const client = this.#idle.pop() ?? this.#open();
		this.#busy.add(client);
		return client;
	}
}
