/** Values and functions of the Common Expression Language, as far as CRD rules use them. */
import { equal, isDict } from "./json.ts";

/** A value that may be absent. */
class Optional {
	readonly found: readonly unknown[];
	constructor(found: readonly unknown[]) {
		this.found = found;
	}
}

export function maybe(of: unknown, key: unknown): Optional {
	const value = of instanceof Optional ? of.found[0] : of;
	const there =
		Array.isArray(value) && typeof key === "number"
			? key in value
			: isDict(value) && String(key) in value;
	return new Optional(there ? [field(value, key)] : []);
}

function optionalMethod(
	name: string,
	{ found }: Optional,
	other: unknown,
): unknown {
	if (name === "orValue") return found.length ? found[0] : other;
	if (name === "hasValue") return found.length > 0;
	if (name !== "value" || found.length === 0)
		throw new Error("optional.none() dereference");
	return found[0];
}

export function field(value: unknown, key: unknown): unknown {
	if (Array.isArray(value) && typeof key === "number") {
		if (key < 0 || key >= value.length)
			throw new Error(`index out of bounds: ${key}`);
		return value[key];
	}
	if (isDict(value) && String(key) in value) return value[String(key)];
	throw new Error(`no such key: ${key}`);
}

export function macro(
	name: string,
	items: readonly unknown[],
	body: (item: unknown) => unknown,
): unknown {
	const holds = (item: unknown): boolean => body(item) === true;
	if (name === "all") return items.every(holds);
	if (name === "exists") return items.some(holds);
	if (name === "exists_one") return items.filter(holds).length === 1;
	return name === "filter" ? items.filter(holds) : items.map(body);
}

export function operate(sign: string, left: unknown, right: unknown): unknown {
	if (sign === "==") return equal(left, right);
	if (sign === "!=") return !equal(left, right);
	if (sign === "in")
		return Array.isArray(right)
			? right.some((it) => equal(it, left))
			: String(left) in (right as object);
	const [a, b] = [left as number, right as number];
	if (sign === "+")
		return Array.isArray(left) ? [...left, ...(right as unknown[])] : a + b;
	if (typeof left !== typeof right)
		throw new Error(`no such overload: ${sign}`);
	if (sign === "<") return a < b;
	if (sign === "<=") return a <= b;
	if (sign === ">") return a > b;
	if (sign === ">=") return a >= b;
	if (sign === "-") return a - b;
	if (sign === "*") return a * b;
	return sign === "/" ? Math.trunc(a / b) : a % b;
}

export function method(
	name: string,
	of: unknown,
	[first]: readonly unknown[],
): unknown {
	if (of instanceof Optional) return optionalMethod(name, of, first);
	if (name === "size") return sizeOf(of);
	if (name === "contains" && Array.isArray(of))
		return of.some((it) => equal(it, first));
	if (typeof of !== "string") throw new Error(`no such overload: ${name}`);
	const argument = String(first);
	if (name === "matches") return new RegExp(argument, "u").test(of);
	if (name === "startsWith") return of.startsWith(argument);
	if (name === "endsWith") return of.endsWith(argument);
	if (name === "contains") return of.includes(argument);
	throw new Error(`CEL: no method ${name}`);
}

export function global(name: string, [value]: readonly unknown[]): unknown {
	if (name === "size") return sizeOf(value);
	if (name === "string") return String(value);
	if (name === "int") return Number(value);
	if (name === "type") return typeOf(value);
	throw new Error(`CEL: no function ${name}`);
}

const sizeOf = (value: unknown): number => {
	if (typeof value === "string") return [...value].length;
	return Array.isArray(value)
		? value.length
		: Object.keys(value as object).length;
};

function typeOf(value: unknown): string {
	if (Array.isArray(value)) return "list";
	if (isDict(value)) return "map";
	if (typeof value === "boolean") return "bool";
	if (typeof value === "number")
		return Number.isInteger(value) ? "int" : "double";
	return "string";
}
