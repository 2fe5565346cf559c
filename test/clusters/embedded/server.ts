/** One API server: requests in, answers out, synchronously and without a network. */
import { applied, type Writer } from "./apply.ts";
import { addressedBody } from "./body.ts";
import { at, clone, type Dict, dict, list, text } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { leaving, success } from "./leaving.ts";
import { Lister } from "./lister.ts";
import { jsonPatch, mergePatch, strategicPatch } from "./patch.ts";
import { kindsOf, Registry } from "./registry.ts";
import {
	alreadyExists,
	badRequest,
	conflict,
	noManager,
	noSuchResource,
	notFound,
	Refusal,
} from "./status.ts";
import type { Store } from "./store.ts";
import { decodable, strict, typed } from "./typed.ts";
import {
	created,
	type Intent,
	preconditions,
	roomFor,
	sameVersion,
	updated,
	writerOf,
} from "./write.ts";

export type Verb =
	| "get"
	| "list"
	| "create"
	| "update"
	| "apply"
	| "merge"
	| "json"
	| "strategic"
	| "delete";

export interface Ask {
	readonly verb: Verb;
	readonly group: string;
	readonly version: string;
	readonly plural: string;
	readonly namespace?: string | undefined;
	readonly name?: string | undefined;
	readonly subresource?: string | undefined;
	readonly body?: unknown;
	readonly query: Readonly<Record<string, string>>;
	/** Field manager where the query names none: first part of the user agent. */
	readonly agent?: string;
}

export interface Reply {
	readonly status: number;
	readonly body: Dict;
}

export class ApiServer {
	readonly store: Store;
	readonly registry = new Registry();
	readonly #wall: () => Date;
	readonly #lister: Lister;

	constructor(store: Store, wall: () => Date) {
		this.store = store;
		this.#wall = wall;
		this.#lister = new Lister(store);
		this.bootstrap();
	}

	/** What a new cluster has of itself. */
	bootstrap(): void {
		this.registry.reset();
		for (const name of [
			"default",
			"kube-node-lease",
			"kube-public",
			"kube-system",
		])
			this.perform({
				verb: "create",
				group: "",
				version: "v1",
				plural: "namespaces",
				body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
				query: {},
				agent: "kube-apiserver",
			});
	}

	/** Never throws; bodies are the caller's to keep. */
	handle(ask: Ask): Reply {
		return clone(this.perform(ask));
	}

	/** The same for controllers: bodies are the store's own. */
	perform(ask: Ask): Reply {
		try {
			return this.#handle(ask);
		} catch (error) {
			if (error instanceof Refusal)
				return { status: error.code, body: error.body };
			throw error;
		}
	}

	kind(of: { group: string; version: string; plural: string }): Kind {
		const kind = this.registry.find(of.group, of.version, of.plural);
		if (!kind) throw noSuchResource();
		return kind;
	}

	now(): string {
		return `${this.#wall().toISOString().slice(0, 19)}Z`;
	}

	#intent(
		kind: Kind,
		manager: string,
		subresource?: string,
		tracked = false,
	): Intent {
		return { kind, manager, subresource, time: this.now(), tracked };
	}

	#handle(ask: Ask): Reply {
		const kind = this.kind(ask);
		if (ask.subresource && !(ask.subresource === "status" && kind.status))
			throw noSuchResource();
		if (ask.verb === "list")
			return {
				status: 200,
				body: this.#lister.list(kind, ask.namespace, ask.query),
			};
		if (ask.verb === "create")
			return { status: 201, body: this.#create(kind, ask) };
		const name = ask.name ?? "";
		const there = this.store.get(kind, ask.namespace ?? "", name);
		if (ask.verb === "apply") return this.#apply(kind, ask, there);
		if (!there) throw notFound(kind, name);
		if (ask.verb === "get") return { status: 200, body: there };
		if (ask.verb === "delete") return this.#delete(kind, ask, there);
		return { status: 200, body: this.#patch(kind, ask, there) };
	}

	#create(kind: Kind, ask: Ask): Dict {
		const object = addressedBody(kind, ask, this.store.random);
		const metadata = dict(object.metadata);
		if (metadata.resourceVersion)
			throw new Refusal(
				500,
				"InternalError",
				"resourceVersion should not be set on objects to be created",
			);
		const name = text(metadata.name);
		this.#namespaceOf(kind, ask.namespace, name);
		if (this.store.get(kind, ask.namespace ?? "", name))
			throw alreadyExists(kind, name);
		decodable(kind, object);
		strict(kind, object, ask.query);
		const whole = created(
			object,
			this.#intent(kind, managerOf(ask)),
			this.store.newUid(),
		);
		return this.#keep(kind, whole, ask);
	}

	#namespaceOf(kind: Kind, namespace: string | undefined, name: string): void {
		if (!kind.namespaced) return;
		const spaces = this.kind({
			group: "",
			version: "v1",
			plural: "namespaces",
		});
		const found = this.store.get(spaces, "", namespace ?? "");
		if (!found) throw notFound(spaces, namespace ?? "");
		roomFor(kind, name, found);
	}

	#apply(kind: Kind, ask: Ask, there: Dict | undefined): Reply {
		const { fieldManager, force } = ask.query;
		if (!fieldManager) throw noManager();
		const body = addressedBody(kind, ask, this.store.random);
		if (dict(body.metadata).managedFields)
			throw badRequest("metadata.managedFields must be nil");
		typed(kind, dict(ask.body));
		const intent = this.#intent(kind, fieldManager, ask.subresource, true);
		const writer: Writer = writerOf(intent);
		if (there) {
			preconditions(kind, there, dict(body.metadata));
			const whole = updated(
				there,
				applied(there, body, writer, force === "true"),
				intent,
			);
			return { status: 200, body: this.#keep(kind, whole, ask, there) };
		}
		if (ask.subresource) throw notFound(kind, ask.name ?? "");
		const given = dict(body.metadata);
		// A uid in the body is a precondition that an absent object cannot meet;
		// a resourceVersion alone is forgotten and the object created.
		if (given.uid)
			throw conflict(
				kind,
				ask.name ?? "",
				`uid mismatch: the provided object specified uid ${given.uid}, and no existing object was found`,
			);
		this.#namespaceOf(kind, ask.namespace, ask.name ?? "");
		const whole = created(
			applied({}, body, writer, true),
			intent,
			this.store.newUid(),
		);
		return { status: 201, body: this.#keep(kind, whole, ask) };
	}

	#patch(kind: Kind, ask: Ask, there: Dict): Dict {
		const { body } = ask;
		let after: unknown;
		if (ask.verb === "json") after = jsonPatch(there, body);
		else if (ask.verb === "merge") after = mergePatch(there, body);
		else if (ask.verb === "strategic")
			after = strategicPatch(there, body, kind.shape);
		else after = addressedBody(kind, ask, this.store.random);
		strict(kind, dict(after), ask.query);
		const whole = updated(
			there,
			dict(after),
			this.#intent(kind, managerOf(ask), ask.subresource),
		);
		return this.#keep(kind, whole, ask, there);
	}

	/** Stores it, unless it is a dry run or nothing changed. An object whose last finalizer went is removed. */
	#keep(kind: Kind, whole: Dict, ask: Ask, before?: Dict): Dict {
		if (ask.query.dryRun === "All" || whole === before) return whole;
		const going = at(whole, "metadata", "deletionTimestamp");
		if (
			going &&
			kind.kind !== "Namespace" &&
			list(at(whole, "metadata", "finalizers")).length === 0 &&
			finished(kind)
		) {
			return this.remove(kind, whole);
		}
		const stored = this.store.put(kind, whole);
		if (isCrd(kind)) this.registry.learn(stored);
		return stored;
	}

	/** Takes it out of the store; for controllers, which know that it may go. */
	remove(kind: Kind, object: Dict): Dict {
		if (isCrd(kind)) this.#forget(object);
		return this.store.remove(kind, object);
	}

	/** A CRD takes its objects along. */
	#forget(crd: Dict): void {
		for (const kind of kindsOf(crd)) {
			for (const it of this.store.list(kind, undefined))
				this.store.remove(kind, it);
		}
		this.registry.forget(crd);
	}

	#delete(kind: Kind, ask: Ask, there: Dict): Reply {
		const options = dict(ask.body);
		sameVersion(kind, there, dict(options.preconditions));
		const policy =
			text(options.propagationPolicy ?? ask.query.propagationPolicy) ||
			"Background";
		const grace = Number(
			options.gracePeriodSeconds ?? ask.query.gracePeriodSeconds ?? Number.NaN,
		);
		const dry =
			ask.query.dryRun === "All" || list(options.dryRun).includes("All");
		const going = leaving(kind, there, policy, grace, this.now());
		if (!going) {
			if (!dry) this.remove(kind, there);
			return {
				status: 200,
				body: kind.kind === "Pod" ? there : success(kind, there),
			};
		}
		const same = dry || going === there;
		return { status: 200, body: same ? going : this.store.put(kind, going) };
	}
}

const isCrd = (kind: Kind): boolean => kind.kind === "CustomResourceDefinition";

/** Pods end when their kubelet says so. */
const finished = (kind: Kind): boolean => kind.kind !== "Pod";

const managerOf = (ask: Ask): string =>
	ask.query.fieldManager ?? ask.agent ?? "unknown";
