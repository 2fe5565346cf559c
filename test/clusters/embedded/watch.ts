import { type Dict, dict } from "./json.ts";
import { addressOf, apiVersionOf, type Kind } from "./kinds.ts";
import { spaceOf } from "./lister.ts";
import { selector } from "./selector.ts";
import type { Change, Store } from "./store.ts";

export interface WatchAsk {
	readonly kind: Kind;
	readonly namespace?: string | undefined;
	readonly query: Readonly<Record<string, string>>;
}

export interface Event {
	readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
	readonly object: Dict;
}

export interface Watch {
	/** Sends a bookmark of what has been seen so far. */
	bookmark(): void;
	stop(): void;
}

/**
 * Calls `send` with everything after the resource version asked for, at once
 * what is past and later what comes. A version that is too old is answered by
 * an ERROR event with code 410, on a stream that was opened with 200.
 */
export function openWatch(
	store: Store,
	ask: WatchAsk,
	send: (event: Event) => void,
): Watch {
	const { kind, namespace, query } = ask;
	const matches = selector(query, kind.selectable);
	const version = Number(query.resourceVersion || 0);
	if (version > 0 && version < store.oldest) {
		send({ type: "ERROR", object: gone(version, store.oldest) });
		return { bookmark: () => {}, stop: () => {} };
	}
	const inside = (object: Dict | undefined): boolean =>
		object !== undefined && matches(object);
	const pass = (change: Change): void => {
		if (addressOf(change.kind) !== addressOf(kind) || change.version <= version)
			return;
		if (namespace && spaceOf(change.object) !== namespace) return;
		const was = inside(change.before);
		const is = change.type !== "DELETED" && inside(change.object);
		if (was && is) send({ type: "MODIFIED", object: change.object });
		else if (is) send({ type: "ADDED", object: change.object });
		else if (was) send({ type: "DELETED", object: leftBehind(change) });
	};
	const initial = query.sendInitialEvents === "true";
	if (version === 0 || initial) {
		for (const it of store.list(kind, namespace).filter(matches)) {
			send({ type: "ADDED", object: it });
		}
	} else for (const change of store.since(version)) pass(change);
	const stop = store.listen(pass);
	const bookmark = (annotations?: Dict): void => {
		const metadata = {
			resourceVersion: String(store.version),
			creationTimestamp: null,
			...(annotations ? { annotations } : {}),
		};
		const object = {
			kind: kind.kind,
			apiVersion: apiVersionOf(kind),
			metadata,
		};
		send({ type: "BOOKMARK", object });
	};
	// A list in the form of a watch: this bookmark says that it is complete.
	if (initial) bookmark({ "k8s.io/initial-events-end": "true" });
	return { bookmark: () => bookmark(), stop };
}

/** An object that stops matching is shown as it was, with the version of the change. */
function leftBehind({ type, object, before }: Change): Dict {
	if (type === "DELETED" || !before) return object;
	return {
		...before,
		metadata: {
			...dict(before.metadata),
			resourceVersion: dict(object.metadata).resourceVersion,
		},
	};
}

const gone = (version: number, oldest: number): Dict => ({
	kind: "Status",
	apiVersion: "v1",
	metadata: {},
	status: "Failure",
	message: `too old resource version: ${version} (${oldest})`,
	reason: "Expired",
	code: 410,
});
