import type { Client } from "undici";

/**
 * One kept-alive connection for each request under way, the one used last
 * first, so that few stay open. The library's own pool opens a second
 * connection for every request that follows another one at once.
 */
export class Connections {
	readonly #open: () => Client;
	readonly #limit: number;
	#busy = new Set<Client>();
	#idle: Client[] = [];
	#waiting: ((client: Client) => void)[] = [];

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

	/** `sound`: its last exchange was complete. Another one's rest must not be taken for the next answer. */
	give(client: Client, sound: boolean): void {
		this.#busy.delete(client);
		if (sound) this.#idle.push(client);
		else void client.destroy();
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
