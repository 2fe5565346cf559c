import { at, type Dict, dict, text, without } from "./json.ts";
import { apiVersionOf, type Kind } from "./kinds.ts";
import { isSelective, selector } from "./selector.ts";
import { badRequest, expired } from "./status.ts";
import type { Store } from "./store.ts";

interface Page {
	readonly version: number;
	readonly rest: readonly Dict[];
}

/** Lists kept for `continue`; older ones are answered 410, as after a compaction. */
const PAGES_KEPT = 100;

export class Lister {
	readonly #store: Store;
	readonly #pages = new Map<string, Page>();
	#serial = 0;

	constructor(store: Store) {
		this.#store = store;
	}

	list(
		kind: Kind,
		namespace: string | undefined,
		query: Readonly<Record<string, string>>,
	): Dict {
		const limit = Number(query.limit ?? 0);
		const page = this.#page(kind, namespace, query);
		const items = limit > 0 ? page.rest.slice(0, limit) : page.rest;
		const left = page.rest.length - items.length;
		const more =
			left > 0
				? {
						continue: this.#remember({
							version: page.version,
							rest: page.rest.slice(items.length),
						}),
					}
				: {};
		const count =
			left > 0 && !isSelective(query) ? { remainingItemCount: left } : {};
		return {
			kind: `${kind.kind}List`,
			apiVersion: apiVersionOf(kind),
			metadata: { resourceVersion: String(page.version), ...more, ...count },
			items: kind.custom ? items : items.map(bare),
		};
	}

	/** A continued list shows the state its first page was taken from. */
	#page(
		kind: Kind,
		namespace: string | undefined,
		query: Readonly<Record<string, string>>,
	): Page {
		const matches = selector(query, kind.selectable);
		if (!query.continue) {
			const rest = this.#store.list(kind, namespace).filter(matches);
			return { version: this.#store.version, rest };
		}
		const [kept, version] = query.continue.split(".");
		if (!kept || !version) throw badRequest("continue key is not valid");
		const page = this.#pages.get(kept);
		if (!page || page.version < this.#store.oldest) {
			throw expired(
				"The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.",
			);
		}
		return page;
	}

	#remember(page: Page): string {
		const id = String(++this.#serial);
		this.#pages.set(id, page);
		const oldest = this.#pages.keys().next().value;
		if (this.#pages.size > PAGES_KEPT && oldest !== undefined)
			this.#pages.delete(oldest);
		return `${id}.${page.version}`;
	}
}

/** Items of built-in kinds do not say what they are; custom ones do. */
const bare = (object: Dict): Dict => without(object, "apiVersion", "kind");

export const nameOf = (object: Dict): string =>
	text(at(object, "metadata", "name"));
export const spaceOf = (object: Dict): string =>
	text(at(object, "metadata", "namespace"));
export const uidOf = (object: Dict): string =>
	text(at(object, "metadata", "uid"));
export const labelsOf = (object: Dict): Dict =>
	dict(at(object, "metadata", "labels"));
