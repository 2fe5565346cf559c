import { load, YAMLException } from "js-yaml";

/** The cluster and the user of a kubeconfig's current context, nothing of them checked yet. */
export interface Selected {
	readonly cluster: Part;
	readonly user: Part;
}

/** What cannot be used, and what to do. Never holds what the kubeconfig holds, names apart. */
export class KubeconfigFault extends Error {}

const LIMIT_BYTES = 1024 * 1024;

/** Throws KubeconfigFault. */
export function selectContext(text: string): Selected {
	if (text.trim() === "")
		throw new KubeconfigFault("the kubeconfig is empty: put one in");
	if (Buffer.byteLength(text) > LIMIT_BYTES)
		throw new KubeconfigFault(
			"the kubeconfig is larger than 1 MiB: keep one cluster, one user and one context in it",
		);
	const root = new Part(parse(text), "");
	const current = root.text("current-context");
	if (current === undefined)
		throw new KubeconfigFault(
			'current-context is missing: set it with "kubectl config use-context"',
		);
	const context = root.entry("contexts", current, "context");
	const named = (field: string): string => {
		const name = context.text(field);
		if (name === undefined)
			throw new KubeconfigFault(
				`${context.path}.${field} is missing: name an entry of ${field}s`,
			);
		return name;
	};
	return {
		cluster: root.entry("clusters", named("cluster"), "cluster"),
		user: root.entry("users", named("user"), "user"),
	};
}

/** A mapping somewhere in the file. Reads own fields only, so that a key such as `__proto__` is nothing special. */
export class Part {
	readonly path: string;
	readonly #fields: object;

	constructor(value: unknown, path: string) {
		if (typeof value !== "object" || value === null || Array.isArray(value))
			throw new KubeconfigFault(
				path === ""
					? "the kubeconfig is not a YAML mapping: put in what `kubectl config view --raw --minify --flatten` prints"
					: `${path} is not a mapping: correct it`,
			);
		this.#fields = value;
		this.path = path;
	}

	/** Set to something; `false` and empty texts are as good as absent. */
	has(field: string): boolean {
		const value = this.get(field);
		return !(
			value === undefined ||
			value === null ||
			value === "" ||
			value === false
		);
	}

	get(field: string): unknown {
		const own = Object.getOwnPropertyDescriptor(this.#fields, field);
		return own?.value;
	}

	text(field: string): string | undefined {
		const value = this.get(field);
		if (value === undefined || value === null || value === "") return undefined;
		if (typeof value !== "string")
			throw new KubeconfigFault(
				`${this.at(field)} is not a text: put it in quotes`,
			);
		return value;
	}

	at(field: string): string {
		return this.path === "" ? field : `${this.path}.${field}`;
	}

	/** The entry of that name in a list of `{name, <inner>}`. */
	entry(list: string, name: string, inner: string): Part {
		const path = `${list}[${JSON.stringify(name.slice(0, 80))}]`;
		const items = this.get(list);
		const found = (Array.isArray(items) ? items : [])
			.filter((it) => typeof it === "object" && it !== null)
			.map((it) => new Part(it, path))
			.filter((it) => it.get("name") === name);
		const [first, second] = found;
		if (!first)
			throw new KubeconfigFault(
				`${path} is missing, and the current context leads to it: add it`,
			);
		if (second)
			throw new KubeconfigFault(
				`${path} is there more than once: leave one of them`,
			);
		return new Part(first.get(inner), first.at(inner));
	}
}

function parse(text: string): unknown {
	try {
		// Aliases let a small text grow without end, and no kubeconfig needs them.
		return load(text, { maxAliases: 0, maxDepth: 20 });
	} catch (thrown) {
		// The library's message quotes the text around the fault: it may be a key.
		const line =
			thrown instanceof YAMLException && thrown.mark
				? ` (line ${thrown.mark.line + 1})`
				: "";
		throw new KubeconfigFault(
			`the kubeconfig is not plain YAML${line}: put in what \`kubectl config view --raw --minify --flatten\` prints`,
		);
	}
}
