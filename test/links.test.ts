/** Every relative link of the documentation leads to something: a file, and a heading in it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const pages = [
	"README.md",
	"CONTRIBUTING.md",
	...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
		.filter((it) => it.endsWith(".md"))
		.map((it) => join("docs", it)),
];
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** What is in code, in blocks or in a line, is no link and no heading. */
const prose = (text: string): string =>
	text
		.replace(/^( *)(```+)[^\n]*\n[\s\S]*?^ *\2 *$/gm, "")
		.replace(/`[^`\n]*`/g, (it) => it.replace(/[[\]()#]/g, "·"));

/** As GitHub makes an anchor out of a heading; the second of the same name ends in -1. */
function anchorsOf(text: string): Set<string> {
	const seen = new Map<string, number>();
	const anchors = new Set<string>();
	const body = text.replace(/^( *)(```+)[^\n]*\n[\s\S]*?^ *\2 *$/gm, "");
	for (const [, heading = ""] of body.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
		const words = heading
			.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
			.replace(/(?<!\w)_([^_]+)_(?!\w)/g, "$1")
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
			.replaceAll(" ", "-");
		const times = seen.get(words) ?? 0;
		seen.set(words, times + 1);
		anchors.add(times === 0 ? words : `${words}-${times}`);
	}
	return anchors;
}

/** Inline links and images, `[name]: target`, and `href` or `src` in HTML. */
function linksOf(text: string): string[] {
	const body = prose(text);
	return [
		...body.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
		...body.matchAll(/^ {0,3}\[[^\]]+\]:\s+<?(\S+?)>?\s*$/gm),
		...body.matchAll(/\b(?:href|src)="([^"]+)"/g),
	].map((it) => it[1] ?? "");
}

/** What is wrong with it; undefined for a good link, and for one to elsewhere. */
function faultOf(page: string, link: string): string | undefined {
	if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined;
	const [path = "", anchor] = link.split("#");
	const target =
		path === "" ? join(ROOT, page) : join(ROOT, dirname(page), path);
	if (path.startsWith("/") || relative(ROOT, target).startsWith(".."))
		return `${link} leads out of the project: write it relative to this page`;
	if (!existsSync(target)) return `${link} leads to no file`;
	if (anchor === undefined) return undefined;
	if (!target.endsWith(".md") || statSync(target).isDirectory())
		return `${link} names a heading in what has none`;
	return anchorsOf(readFileSync(target, "utf8")).has(decodeURIComponent(anchor))
		? undefined
		: `${link} names a heading that is not there`;
}

describe("a link", () => {
	const outside = "leads out of the project: write it relative to this page";
	it.each([
		["https://example.com/#x", undefined],
		["concepts.md", undefined],
		["#switchover-move-it-planned", undefined],
		["gone.md", "gone.md leads to no file"],
		["#gone", "#gone names a heading that is not there"],
		["concepts.md#gone", "concepts.md#gone names a heading that is not there"],
		["install#x", "install#x names a heading in what has none"],
		["/docs/concepts.md", `/docs/concepts.md ${outside}`],
		["../../x.md", `../../x.md ${outside}`],
	])("is judged: %s", (link, fault) => {
		expect(faultOf("docs/operations.md", link)).toBe(fault);
	});

	it("is found in all its forms, and not in code", () => {
		const text = [
			'[a](a.md) ![b](b.png "title") `[c](c.md)` [`d`](d.md#e)',
			"```\n[f](f.md)\n```",
			"[g]: g.md",
			'<img src="h.png">',
			"   ```\n   [i](i.md)\n   ```",
		].join("\n");
		expect(linksOf(text)).toEqual(["a.md", "b.png", "d.md#e", "g.md", "h.png"]);
	});

	it("leads to headings as GitHub names them, the second of the same name too", () => {
		expect([...anchorsOf("# A `b.c`: d, _e_\n")]).toEqual(["a-bc-d-e"]);
		expect([...anchorsOf("## A\n```\n## A\n```\n## A\n")]).toEqual([
			"a",
			"a-1",
		]);
	});
});

describe.each(pages)("%s", (page) => {
	it("has links that lead somewhere", () => {
		const faults = linksOf(read(page)).map((it) => faultOf(page, it));
		expect(faults.filter((it) => it !== undefined)).toEqual([]);
	});
});

it("every page can be reached from README.md", () => {
	const reached = new Set<string>();
	const todo = ["README.md"];
	for (let page = todo.pop(); page !== undefined; page = todo.pop()) {
		if (reached.has(page)) continue;
		reached.add(page);
		for (const link of linksOf(read(page))) {
			const [path = ""] = link.split("#");
			const target = join(dirname(page), path);
			if (path.endsWith(".md") && existsSync(join(ROOT, target)))
				todo.push(target);
		}
	}
	expect(pages.filter((it) => !reached.has(it))).toEqual([]);
});
