/** The kinds a server knows: its own and those of its CRDs. */
import { at, type Dict, dict, list, text } from "./json.ts";
import { addressOf, BUILT_IN_KINDS, type Column, type Kind } from "./kinds.ts";
import { customShape } from "./shape.ts";

export class Registry {
	readonly #kinds = new Map<string, Kind>();

	constructor() {
		this.reset();
	}

	reset(): void {
		this.#kinds.clear();
		for (const kind of BUILT_IN_KINDS) this.#kinds.set(addressOf(kind), kind);
	}

	find(group: string, version: string, plural: string): Kind | undefined {
		return this.#kinds.get(addressOf({ group, version, plural }));
	}

	byKind(apiVersion: string, kind: string): Kind | undefined {
		return this.all().find(
			(it) =>
				it.kind === kind &&
				(it.group ? `${it.group}/${it.version}` : it.version) === apiVersion,
		);
	}

	all(): Kind[] {
		return [...this.#kinds.values()];
	}

	/** Serves what the CRD declares, in place of what it declared before. */
	learn(crd: Dict): void {
		this.forget(crd);
		for (const kind of kindsOf(crd)) this.#kinds.set(addressOf(kind), kind);
	}

	forget(crd: Dict): void {
		const group = text(at(crd, "spec", "group"));
		const plural = text(at(crd, "spec", "names", "plural"));
		for (const [address, kind] of this.#kinds) {
			if (kind.custom && kind.group === group && kind.plural === plural)
				this.#kinds.delete(address);
		}
	}
}

export function kindsOf(crd: Dict): Kind[] {
	const spec = dict(crd.spec);
	const names = dict(spec.names);
	const versions = list(spec.versions)
		.map(dict)
		.filter((it) => it.served === true);
	return versions.map((version): Kind => {
		const schema = dict(at(version, "schema", "openAPIV3Schema"));
		return {
			group: text(spec.group),
			version: text(version.name),
			plural: text(names.plural),
			singular: text(names.singular) || text(names.kind).toLowerCase(),
			kind: text(names.kind),
			namespaced: spec.scope === "Namespaced",
			shortNames: list(names.shortNames) as string[],
			categories: list(names.categories) as string[],
			status: at(version, "subresources", "status") !== undefined,
			generation: true,
			shape: customShape(schema),
			selectable: list(version.selectableFields).map((it) =>
				text(at(it, "jsonPath")).slice(1),
			),
			custom: {
				schema,
				columns: list(version.additionalPrinterColumns) as Column[],
			},
		};
	});
}

/** A CRD as it is once the server has taken it up; here that is at once. */
export function established(crd: Dict, time: string): Dict {
	const spec = dict(crd.spec);
	const names = dict(spec.names);
	const condition = (type: string, reason: string, message: string): Dict => ({
		type,
		status: "True",
		reason,
		message,
		lastTransitionTime: time,
	});
	const accepted = {
		singular: text(names.kind).toLowerCase(),
		listKind: `${text(names.kind)}List`,
		...names,
	};
	return {
		...crd,
		spec: {
			...spec,
			names: accepted,
			conversion: spec.conversion ?? { strategy: "None" },
		},
		status: {
			acceptedNames: accepted,
			storedVersions: list(spec.versions)
				.filter((it) => at(it, "storage") === true)
				.map((it) => at(it, "name")),
			conditions: [
				condition("NamesAccepted", "NoConflicts", "no conflicts found"),
				condition(
					"Established",
					"InitialNamesAccepted",
					"the initial names have been accepted",
				),
			],
		},
	};
}
