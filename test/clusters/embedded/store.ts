/**
 * What etcd and the watch cache are to an API server: objects by resource, one
 * counter of resource versions for all, and a bounded history of changes.
 * Objects are immutable: a write replaces one.
 */
import { type Dict, dict, text } from "./json.ts";
import { addressOf, type Kind } from "./kinds.ts";
import { type Random, seeded, uidFrom } from "./seed.ts";

export interface Change {
	readonly version: number;
	readonly type: "ADDED" | "MODIFIED" | "DELETED";
	readonly kind: Kind;
	/** After the change; for DELETED the last state, with the version of the deletion. */
	readonly object: Dict;
	readonly before: Dict | undefined;
}

export type Listener = (change: Change) => void;

export const keyOf = (namespace: string, name: string): string =>
	`${namespace}/${name}`;

export interface Snapshot {
	readonly version: number;
	readonly tables: ReadonlyMap<string, ReadonlyMap<string, Dict>>;
}

export class Store {
	readonly random: Random;
	/** Changes kept for watches that start in the past. */
	readonly window: number;
	#version = 0;
	#tables = new Map<string, Map<string, Dict>>();
	/** Keys in order; thrown away when one comes or goes. */
	readonly #keys = new Map<string, readonly string[]>();
	#history: Change[] = [];
	#forgotten = 0;
	readonly #listeners = new Set<Listener>();

	constructor(seed: number, window = 1000) {
		this.random = seeded(seed);
		this.window = window;
	}

	get version(): number {
		return this.#version;
	}

	/** Watches can start at this version or later. */
	get oldest(): number {
		return this.#forgotten;
	}

	get(kind: Kind, namespace: string, name: string): Dict | undefined {
		return this.#tables.get(addressOf(kind))?.get(keyOf(namespace, name));
	}

	/** In the order of their keys, like etcd. */
	list(kind: Kind, namespace: string | undefined): Dict[] {
		const table = this.#tables.get(addressOf(kind));
		if (!table) return [];
		const prefix = namespace ? `${namespace}/` : "";
		const keys = this.#sorted(addressOf(kind), table);
		const inside = prefix ? keys.filter((it) => it.startsWith(prefix)) : keys;
		return inside.map((key) => table.get(key) as Dict);
	}

	newUid(): string {
		return uidFrom(this.random);
	}

	/** Stores the object under a new resource version and returns it as stored. */
	put(kind: Kind, object: Dict): Dict {
		const metadata = dict(object.metadata);
		const version = ++this.#version;
		const stored = {
			...object,
			metadata: { ...metadata, resourceVersion: String(version) },
		};
		const table = this.#table(kind);
		const key = keyOf(text(metadata.namespace), text(metadata.name));
		const before = table.get(key);
		if (!before) this.#keys.delete(addressOf(kind));
		table.set(key, stored);
		this.#tell({
			version,
			type: before ? "MODIFIED" : "ADDED",
			kind,
			object: stored,
			before,
		});
		return stored;
	}

	remove(kind: Kind, object: Dict): Dict {
		const metadata = dict(object.metadata);
		const version = ++this.#version;
		this.#table(kind).delete(
			keyOf(text(metadata.namespace), text(metadata.name)),
		);
		this.#keys.delete(addressOf(kind));
		const last = {
			...object,
			metadata: { ...metadata, resourceVersion: String(version) },
		};
		this.#tell({
			version,
			type: "DELETED",
			kind,
			object: last,
			before: object,
		});
		return last;
	}

	/** Changes after `version`, oldest first. */
	since(version: number): readonly Change[] {
		return this.#history.filter((it) => it.version > version);
	}

	listen(listener: Listener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Forgets the history: watches from older versions are answered 410 Gone. */
	compact(): void {
		this.#history = [];
		this.#forgotten = this.#version;
	}

	/** Everything is gone, like etcd's data directory. Versions start again. */
	wipe(): void {
		this.#tables = new Map();
		this.#keys.clear();
		this.#history = [];
		this.#forgotten = 0;
		this.#version = 0;
	}

	/** What a backup of etcd holds. */
	snapshot(): Snapshot {
		const tables = [...this.#tables].map(
			([address, table]) => [address, new Map(table)] as const,
		);
		return { version: this.#version, tables: new Map(tables) };
	}

	/** That state again, its version too: numbers that were given out since are given out anew. */
	restore({ version, tables }: Snapshot): void {
		this.wipe();
		this.#tables = new Map(
			[...tables].map(([address, table]) => [address, new Map(table)]),
		);
		this.#version = version;
		this.#forgotten = version;
	}

	/** All objects, for invariants and controllers. */
	*all(): Iterable<Dict> {
		for (const table of this.#tables.values()) yield* table.values();
	}

	#sorted(address: string, table: Map<string, Dict>): readonly string[] {
		const found = this.#keys.get(address);
		if (found) return found;
		const keys = [...table.keys()].sort();
		this.#keys.set(address, keys);
		return keys;
	}

	#table(kind: Kind): Map<string, Dict> {
		const address = addressOf(kind);
		let table = this.#tables.get(address);
		if (!table) {
			table = new Map();
			this.#tables.set(address, table);
		}
		return table;
	}

	#tell(change: Change): void {
		this.#history.push(change);
		if (this.#history.length > 2 * this.window) {
			this.#history = this.#history.slice(-this.window);
			this.#forgotten = (this.#history[0]?.version ?? 1) - 1;
		}
		for (const listener of [...this.#listeners]) listener(change);
	}
}
