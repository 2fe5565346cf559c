/**
 * The part of the Common Expression Language that CRD rules are written in:
 * compiled once to a closure over the variables. An expression that this does
 * not know is an error at compile time, never a rule that always holds.
 */
import { field, global, macro, maybe, method, operate } from "./cel-value.ts";
import { isDict } from "./json.ts";

export type Variables = Readonly<Record<string, unknown>>;
export type Expression = (variables: Variables) => unknown;

const TOKEN =
	/\s*(?:(\d+(?:\.\d+)?)|r?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([A-Za-z_]\w*)|(&&|\|\||[=!<>]=|[-+*/%<>!?:.,()[\]{}]))/y;

interface Token {
	readonly type: "number" | "string" | "name" | "sign" | "end";
	readonly text: string;
}

function tokens(source: string): Token[] {
	const found: Token[] = [];
	TOKEN.lastIndex = 0;
	const text = source.trim();
	while (TOKEN.lastIndex < text.length) {
		const start = TOKEN.lastIndex;
		const match = TOKEN.exec(text);
		if (!match)
			throw new Error(
				`CEL: cannot read ${JSON.stringify(text.slice(start, start + 20))}`,
			);
		const [, number, string, name, sign] = match;
		if (number !== undefined) found.push({ type: "number", text: number });
		else if (string !== undefined)
			found.push({ type: "string", text: unquoted(string) });
		else if (name !== undefined) found.push({ type: "name", text: name });
		else found.push({ type: "sign", text: sign ?? "" });
	}
	return [...found, { type: "end", text: "" }];
}

const unquoted = (quoted: string): string =>
	quoted
		.slice(1, -1)
		.replace(/\\(.)/g, (_all, it: string) => ({ n: "\n", t: "\t" })[it] ?? it);

const compiled = new Map<string, Expression>();

export function cel(source: string): Expression {
	let found = compiled.get(source);
	if (!found) {
		found = new Parser(tokens(source)).whole();
		compiled.set(source, found);
	}
	return found;
}

/** By strength, weakest first. */
const BINARY: readonly (readonly string[])[] = [
	["==", "!=", "<", "<=", ">", ">=", "in"],
	["+", "-"],
	["*", "/", "%"],
];
const MACROS = new Set(["all", "exists", "exists_one", "filter", "map"]);

class Parser {
	readonly #tokens: readonly Token[];
	#at = 0;

	constructor(all: readonly Token[]) {
		this.#tokens = all;
	}

	whole(): Expression {
		const expression = this.#choice();
		if (this.#token().type !== "end")
			throw new Error(`CEL: did not expect ${this.#token().text}`);
		return expression;
	}

	#token(): Token {
		return this.#tokens[this.#at] ?? { type: "end", text: "" };
	}

	#take(text: string): boolean {
		const token = this.#token();
		if (token.type === "string" || token.text !== text) return false;
		this.#at += 1;
		return true;
	}

	#expect(text: string): void {
		if (!this.#take(text))
			throw new Error(`CEL: expected ${text} before ${this.#token().text}`);
	}

	#name(): string {
		const { type, text } = this.#token();
		if (type !== "name") throw new Error(`CEL: expected a name, not ${text}`);
		this.#at += 1;
		return text;
	}

	#choice(): Expression {
		const test = this.#logic("||");
		if (!this.#take("?")) return test;
		const yes = this.#logic("||");
		this.#expect(":");
		const no = this.#choice();
		return (it) => (test(it) === true ? yes(it) : no(it));
	}

	/** Either side decides alone, also when the other one is an error. */
	#logic(sign: "||" | "&&"): Expression {
		const next = (): Expression =>
			sign === "||" ? this.#logic("&&") : this.#binary(0);
		const terms = [next()];
		while (this.#take(sign)) terms.push(next());
		const [only] = terms;
		if (terms.length === 1 && only) return only;
		const decides = sign === "||";
		return (variables) => {
			let failure: unknown;
			for (const term of terms) {
				try {
					if (term(variables) === decides) return decides;
				} catch (error) {
					failure = error;
				}
			}
			if (failure) throw failure;
			return !decides;
		};
	}

	#binary(level: number): Expression {
		const signs = BINARY[level];
		if (!signs) return this.#unary();
		let left = this.#binary(level + 1);
		for (;;) {
			const sign = signs.find((it) => this.#take(it));
			if (!sign) return left;
			const [before, after] = [left, this.#binary(level + 1)];
			left = (it) => operate(sign, before(it), after(it));
		}
	}

	#unary(): Expression {
		if (this.#take("!")) {
			const value = this.#unary();
			return (it) => value(it) !== true;
		}
		if (this.#take("-")) {
			const value = this.#unary();
			return (it) => -Number(value(it));
		}
		return this.#path(this.#operand());
	}

	#path(start: Expression): Expression {
		let value = start;
		for (;;) {
			const of = value;
			const optional = this.#optional();
			if (optional) value = (it) => maybe(of(it), optional(it));
			else if (this.#take(".")) {
				const name = this.#name();
				value = this.#take("(")
					? this.#call(of, name)
					: (it) => field(of(it), name);
			} else if (this.#take("[")) {
				const key = this.#choice();
				this.#expect("]");
				value = (it) => field(of(it), key(it));
			} else return value;
		}
	}

	/** `.?name` and `[?key]`. */
	#optional(): Expression | undefined {
		if (this.#tokens[this.#at + 1]?.text !== "?") return undefined;
		if (this.#take(".")) {
			this.#expect("?");
			const name = this.#name();
			return () => name;
		}
		if (!this.#take("[")) return undefined;
		this.#expect("?");
		const key = this.#choice();
		this.#expect("]");
		return key;
	}

	#call(of: Expression, name: string): Expression {
		if (MACROS.has(name)) return this.#macro(of, name);
		const values = this.#values(")");
		return (it) =>
			method(
				name,
				of(it),
				values.map((value) => value(it)),
			);
	}

	#macro(of: Expression, name: string): Expression {
		const variable = this.#name();
		this.#expect(",");
		const body = this.#choice();
		this.#expect(")");
		return (variables) => {
			const value = of(variables);
			const items = Array.isArray(value) ? value : Object.keys(value as object);
			return macro(name, items, (item) =>
				body({ ...variables, [variable]: item }),
			);
		};
	}

	#values(end: string): Expression[] {
		const found: Expression[] = [];
		while (!this.#take(end)) {
			if (found.length) this.#expect(",");
			found.push(this.#choice());
		}
		return found;
	}

	#operand(): Expression {
		const { type, text } = this.#token();
		if (type === "number" || type === "string") {
			this.#at += 1;
			const value = type === "number" ? Number(text) : text;
			return () => value;
		}
		if (this.#take("(")) {
			const inner = this.#choice();
			this.#expect(")");
			return inner;
		}
		if (this.#take("[")) {
			const items = this.#values("]");
			return (it) => items.map((item) => item(it));
		}
		if (this.#take("{")) return this.#map();
		return this.#named(this.#name());
	}

	#map(): Expression {
		const entries: [Expression, Expression][] = [];
		while (!this.#take("}")) {
			if (entries.length) this.#expect(",");
			const key = this.#choice();
			this.#expect(":");
			entries.push([key, this.#choice()]);
		}
		return (it) =>
			Object.fromEntries(entries.map(([key, value]) => [key(it), value(it)]));
	}

	#named(name: string): Expression {
		const constant = { true: true, false: false, null: null }[name];
		if (constant !== undefined) return () => constant;
		if (!this.#take("(")) {
			// `type(x) == int`: types are values.
			if (["int", "string", "bool", "double", "list", "map"].includes(name))
				return () => name;
			return (it) => field(it, name);
		}
		if (name === "has") return this.#has();
		const values = this.#values(")");
		return (it) =>
			global(
				name,
				values.map((value) => value(it)),
			);
	}

	/** `has(a.b.c)`: whether c is there; a.b must be. */
	#has(): Expression {
		let of: Expression = this.#named(this.#name());
		let last = "";
		for (;;) {
			this.#expect(".");
			last = this.#name();
			if (this.#take(")")) break;
			const [owner, name] = [of, last];
			of = (it) => field(owner(it), name);
		}
		return (it) => {
			const owner = of(it);
			return isDict(owner) && last in owner;
		};
	}
}
