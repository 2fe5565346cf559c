import type { KubeObject } from "../api/object.ts";
import { textOf } from "./log.ts";
import type { Log } from "./port.ts";
import { compareVersions } from "./version.ts";

export interface StoreOptions<T> {
	/** What is kept of an object; `undefined`: nothing. */
	readonly project: (raw: KubeObject) => T | undefined;
	readonly onChange?: (
		key: string,
		now: T | undefined,
		before: T | undefined,
	) => void;
	/** An object that `project` could not understand. */
	readonly onFault?: (key: string) => void;
	readonly log: Log;
}

interface Entry<T> {
	/** `undefined`: seen, but nothing of it is kept. */
	readonly value: T | undefined;
	readonly uid: string | undefined;
	readonly version: string;
}

/** `namespace/name`, or the name alone for what has no namespace. */
export const keyOf = (object: KubeObject): string =>
	nameIn(object.metadata.namespace, object.metadata.name ?? "");

export const nameIn = (namespace: string | undefined, name: string): string =>
	namespace ? `${namespace}/${name}` : name;

/** Projections of the objects seen last. */
export class Store<T> {
	readonly #options: StoreOptions<T>;
	readonly #entries = new Map<string, Entry<T>>();
	readonly #faults = new Map<string, string>();
	/** The newest version the server has told by a list or a watch, own writes apart. */
	#seen = "0";

	constructor(options: StoreOptions<T>) {
		this.#options = options;
	}

	get seen(): string {
		return this.#seen;
	}

	/** Objects that could not be understood, and why. What was known of them before is kept. */
	get faults(): ReadonlyMap<string, string> {
		return this.#faults;
	}

	get(key: string): T | undefined {
		return this.#entries.get(key)?.value;
	}

	*entries(): Generator<[string, T]> {
		for (const [key, { value }] of this.#entries) {
			if (value !== undefined) yield [key, value];
		}
	}

	put(raw: KubeObject): void {
		const key = keyOf(raw);
		const version = raw.metadata.resourceVersion ?? "0";
		const before = this.#entries.get(key);
		if (
			before &&
			before.uid === raw.metadata.uid &&
			compareVersions(before.version, version) >= 0
		)
			return;
		this.#set(key, raw, version, before);
	}

	/**
	 * The answer of an own write, ahead of the watch. An object that is not here
	 * although the watch has passed its version was deleted meanwhile: it is not
	 * brought back.
	 */
	note(raw: KubeObject): void {
		const version = raw.metadata.resourceVersion ?? "0";
		const gone = !this.#entries.has(keyOf(raw));
		if (gone && compareVersions(version, this.#seen) <= 0) return;
		this.put(raw);
	}

	delete(key: string): void {
		const before = this.#entries.get(key);
		this.#entries.delete(key);
		this.#faults.delete(key);
		if (before?.value !== undefined) this.#tell(key, undefined, before.value);
	}

	/** The watch has come to this version. False: the server's history is another one, so list again. */
	advance(version: string): boolean {
		if (compareVersions(version, this.#seen) < 0) return false;
		this.#seen = version;
		return true;
	}

	/** Begins to take over a list, page by page; `end` removes what was in no page. */
	replace(): {
		page(items: readonly KubeObject[], version: string): void;
		end(): void;
	} {
		const listed = new Set<string>();
		let at = "0";
		let rewound = false;
		// A write noted after the snapshot was taken is newer than the list.
		const newer = (key: string): boolean =>
			!rewound &&
			compareVersions(this.#entries.get(key)?.version ?? "0", at) > 0;
		return {
			page: (items, version) => {
				// Pages of one list share its version; another one is a list begun anew.
				if (version !== at) listed.clear();
				at = version;
				// A server restored from a backup, or empty again: nothing of before counts.
				rewound = compareVersions(at, this.#seen) < 0;
				for (const raw of items) {
					const key = this.#keyOrFault(raw);
					if (key === undefined) continue;
					listed.add(key);
					const before = this.#entries.get(key);
					const same =
						before?.uid === raw.metadata.uid &&
						before?.version === raw.metadata.resourceVersion;
					if (same || newer(key)) continue;
					this.#set(key, raw, raw.metadata.resourceVersion ?? "0", before);
				}
			},
			end: () => {
				for (const key of this.#entries.keys()) {
					if (!listed.has(key) && !newer(key)) this.delete(key);
				}
				for (const key of this.#faults.keys()) {
					if (!listed.has(key)) this.#faults.delete(key);
				}
				this.#seen = at;
			},
		};
	}

	#keyOrFault(raw: KubeObject): string | undefined {
		if (raw?.metadata?.name) return keyOf(raw);
		this.#options.onFault?.("?");
		return undefined;
	}

	#set(
		key: string,
		raw: KubeObject,
		version: string,
		before: Entry<T> | undefined,
	): void {
		let value: T | undefined;
		try {
			value = this.#options.project(raw);
			this.#faults.delete(key);
		} catch (thrown) {
			// Absent would be a statement about the world; what was known is only old.
			value = before?.value;
			this.#faults.set(key, textOf(thrown));
			this.#options.onFault?.(key);
		}
		this.#entries.set(key, { value, uid: raw.metadata.uid, version });
		if (value !== before?.value) this.#tell(key, value, before?.value);
	}

	#tell(key: string, now: T | undefined, before: T | undefined): void {
		try {
			this.#options.onChange?.(key, now, before);
		} catch (thrown) {
			this.#options.log.warn(
				{ key },
				`a change could not be passed on: ${textOf(thrown)}`,
			);
		}
	}
}
