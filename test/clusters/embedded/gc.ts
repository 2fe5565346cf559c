/** The garbage collector and the namespace controller, as one. */
import { at, type Dict, dict, list, text } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { nameOf, spaceOf, uidOf } from "./lister.ts";
import type { ApiServer } from "./server.ts";

interface Found {
	readonly kind: Kind;
	readonly object: Dict;
}

const finalizersOf = (object: Dict): string[] =>
	list(at(object, "metadata", "finalizers")) as string[];
const ownersOf = (object: Dict): Dict[] =>
	list(at(object, "metadata", "ownerReferences")).map(dict);

export class Collector {
	readonly #server: ApiServer;

	constructor(server: ApiServer) {
		this.#server = server;
	}

	/** One pass; true when something was done, and another pass is due. */
	pass(): boolean {
		const all = this.#all();
		const live = new Map(all.map((it) => [uidOf(it.object), it]));
		const spaces = new Map(
			all
				.filter((it) => it.kind.kind === "Namespace")
				.map((it) => [nameOf(it.object), it.object]),
		);
		let acted = false;
		for (const it of all) {
			const worked =
				this.#orphan(it, all) ||
				this.#foreground(it, all) ||
				this.#collect(it, live) ||
				this.#evict(it, spaces) ||
				this.#endNamespace(it, all);
			acted ||= worked;
		}
		return acted;
	}

	#all(): Found[] {
		const { registry, store } = this.#server;
		return registry
			.all()
			.flatMap((kind) =>
				store.list(kind, undefined).map((object) => ({ kind, object })),
			);
	}

	#now({ kind, object }: Found): Dict | undefined {
		const found = this.#server.store.get(kind, spaceOf(object), nameOf(object));
		return found && uidOf(found) === uidOf(object) ? found : undefined;
	}

	#patch(it: Found, body: unknown): void {
		this.#ask("merge", it, body);
	}

	#delete(it: Found, propagationPolicy: string): void {
		this.#ask("delete", it, {
			propagationPolicy,
			preconditions: { uid: uidOf(it.object) },
		});
	}

	#ask(verb: "merge" | "delete", { kind, object }: Found, body: unknown): void {
		const { group, version, plural } = kind;
		this.#server.perform({
			verb,
			group,
			version,
			plural,
			namespace: spaceOf(object) || undefined,
			name: nameOf(object),
			body,
			query: {},
			agent: "kube-controller-manager",
		});
	}

	#letGo(it: Found, finalizer: string): void {
		const rest = finalizersOf(it.object).filter((name) => name !== finalizer);
		this.#patch(it, { metadata: { finalizers: rest } });
	}

	#owned(uid: string, all: readonly Found[]): Found[] {
		return all.flatMap((it) => {
			const object = this.#now(it);
			return object && ownersOf(object).some((owner) => owner.uid === uid)
				? [{ kind: it.kind, object }]
				: [];
		});
	}

	/** Deleted with Orphan: dependents lose their reference, then the object goes. */
	#orphan(it: Found, all: readonly Found[]): boolean {
		if (!finalizersOf(it.object).includes("orphan") || !this.#now(it))
			return false;
		for (const owned of this.#owned(uidOf(it.object), all)) {
			const rest = ownersOf(owned.object).filter(
				(owner) => owner.uid !== uidOf(it.object),
			);
			this.#patch(owned, { metadata: { ownerReferences: rest } });
		}
		this.#letGo(it, "orphan");
		return true;
	}

	/** Deleted with Foreground: dependents first; those that block are waited for. */
	#foreground(it: Found, all: readonly Found[]): boolean {
		const object = this.#now(it);
		if (!object || !finalizersOf(object).includes("foregroundDeletion"))
			return false;
		const owned = this.#owned(uidOf(object), all);
		const fresh = owned.filter(
			(other) => !at(other.object, "metadata", "deletionTimestamp"),
		);
		for (const other of fresh) this.#delete(other, "Foreground");
		const blocking = owned.filter(
			(other) =>
				this.#now(other) &&
				ownersOf(other.object).some(
					(owner) =>
						owner.uid === uidOf(object) && owner.blockOwnerDeletion === true,
				),
		);
		if (blocking.length > 0) return fresh.length > 0;
		this.#letGo({ kind: it.kind, object }, "foregroundDeletion");
		return true;
	}

	/** Objects all of whose owners are gone. */
	#collect(it: Found, live: ReadonlyMap<string, Found>): boolean {
		const owners = ownersOf(it.object);
		if (
			owners.length === 0 ||
			at(it.object, "metadata", "deletionTimestamp") ||
			!this.#now(it)
		)
			return false;
		const stays = owners.some((owner) => {
			const found = live.get(text(owner.uid));
			return found !== undefined && this.#now(found) !== undefined;
		});
		if (stays) return false;
		this.#delete(it, "Background");
		return true;
	}

	/** Everything in a namespace that is going. */
	#evict(it: Found, spaces: ReadonlyMap<string, Dict>): boolean {
		const space = spaceOf(it.object);
		const going =
			space && at(spaces.get(space), "metadata", "deletionTimestamp");
		if (
			!going ||
			at(it.object, "metadata", "deletionTimestamp") ||
			!this.#now(it)
		)
			return false;
		this.#delete(it, "Background");
		return true;
	}

	#endNamespace({ kind, object }: Found, all: readonly Found[]): boolean {
		if (
			kind.kind !== "Namespace" ||
			!at(object, "metadata", "deletionTimestamp")
		)
			return false;
		const inside = all.some(
			(it) => spaceOf(it.object) === nameOf(object) && this.#now(it),
		);
		if (
			inside ||
			finalizersOf(object).length > 0 ||
			!this.#now({ kind, object })
		)
			return false;
		this.#server.remove(kind, object);
		return true;
	}
}
