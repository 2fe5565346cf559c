/** A workload's own selector, in the words of a list's `labelSelector`. */
interface LabelSelector {
	readonly matchLabels?: Readonly<Record<string, string>>;
	readonly matchExpressions?: readonly {
		readonly key: string;
		readonly operator: string;
		readonly values?: readonly string[];
	}[];
}

/** Undefined: none, or one that cannot be understood; an empty one would select every pod. */
export function selectorText(selector: unknown): string | undefined {
	const { matchLabels = {}, matchExpressions = [] } = (selector ??
		{}) as LabelSelector;
	const terms = [
		...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
		...matchExpressions.map(termOf),
	];
	return terms.length === 0 || terms.includes(undefined)
		? undefined
		: terms.join(",");
}

function termOf({
	key,
	operator,
	values = [],
}: NonNullable<LabelSelector["matchExpressions"]>[number]): string | undefined {
	switch (operator) {
		case "In":
			return `${key} in (${values.join(",")})`;
		case "NotIn":
			return `${key} notin (${values.join(",")})`;
		case "Exists":
			return key;
		case "DoesNotExist":
			return `!${key}`;
		default:
			return undefined;
	}
}
