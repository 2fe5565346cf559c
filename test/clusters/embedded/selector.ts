import { at, type Dict, dict, text } from "./json.ts";
import { badRequest } from "./status.ts";

export type Match = (object: Dict) => boolean;

const split = (selector: string): string[] => {
	const terms = selector.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
	return terms.map((it) => it.trim()).filter(Boolean);
};

function labelTerm(term: string): (labels: Dict) => boolean {
	const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
	if (set) {
		const [, key = "", operator, values = ""] = set;
		const wanted = new Set(values.split(",").map((it) => it.trim()));
		if (operator === "in")
			return (labels) => key in labels && wanted.has(text(labels[key]));
		return (labels) => !(key in labels) || !wanted.has(text(labels[key]));
	}
	const compare = /^([^=!\s]+)\s*(==?|!=)\s*(\S*)$/.exec(term);
	if (compare) {
		const [, key = "", operator, value] = compare;
		if (operator === "!=") return (labels) => labels[key] !== value;
		return (labels) => labels[key] === value;
	}
	const exists = /^(!?)([^\s!=,]+)$/.exec(term);
	if (!exists) throw badRequest(`unable to parse requirement: ${term}`);
	const [, not, key = ""] = exists;
	return (labels) => key in labels === (not !== "!");
}

function fieldTerm(term: string, selectable: ReadonlySet<string>): Match {
	const [, path = "", operator, value] =
		/^([^=!]+)(==?|!=)(.*)$/.exec(term) ?? [];
	if (!selectable.has(path)) {
		throw badRequest(`field label not supported: ${path || term}`);
	}
	const keys = path.split(".");
	return (object) => {
		const found = at(object, ...keys);
		return (String(found ?? "") === value) === (operator !== "!=");
	};
}

/** Both selectors of a list or watch as one test. */
export function selector(
	query: Readonly<Record<string, string>>,
	fields: readonly string[],
): Match {
	const labels = split(query.labelSelector ?? "").map(labelTerm);
	const selectable = new Set([
		"metadata.name",
		"metadata.namespace",
		...fields,
	]);
	const others = split(query.fieldSelector ?? "").map((it) =>
		fieldTerm(it, selectable),
	);
	return (object) => {
		const found = dict(at(object, "metadata", "labels"));
		return (
			labels.every((test) => test(found)) &&
			others.every((test) => test(object))
		);
	};
}

export const isSelective = (query: Readonly<Record<string, string>>): boolean =>
	Boolean(query.labelSelector || query.fieldSelector);
