/** Elements, words and colours: what every panel is drawn with. */

export interface Box {
	readonly x: number;
	readonly y: number;
	readonly w: number;
	readonly h: number;
}

type Attributes = Readonly<Record<string, string | number>>;

export function element(
	name: string,
	attributes: Attributes,
	...inside: readonly string[]
): string {
	const all = Object.entries(attributes).map(([key, value]) => {
		const text =
			typeof value === "number" ? String(Math.round(value * 10) / 10) : value;
		return ` ${key}="${escaped(text)}"`;
	});
	return inside.length === 0
		? `<${name}${all.join("")}/>`
		: `<${name}${all.join("")}>${inside.join("")}</${name}>`;
}

export const escaped = (text: string): string =>
	text
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll('"', "&quot;");

export const words = (
	x: number,
	y: number,
	text: string,
	attributes: Attributes = {},
): string => element("text", { x, y, ...attributes }, escaped(text));

export const rect = (
	{ x, y, w, h }: Box,
	fill: string,
	attributes: Attributes = {},
): string =>
	element("rect", { x, y, width: w, height: h, fill, ...attributes });

/** About, and rather more: which font the reader's browser takes is not known. */
export const widthOf = (text: string, size: number): number =>
	[...text].reduce(
		(sum, it) =>
			sum + (/[A-Z%]/.test(it) ? 0.7 : /[ijltf.,:|' ]/.test(it) ? 0.32 : 0.58),
		0,
	) * size;

/** The largest size up to this one in which the text fits. */
export const sizeFor = (text: string, size: number, width: number): number =>
	Math.min(size, (size * width) / widthOf(text, size));

export const INK = {
	page: "#f3f4f6",
	panel: "#ffffff",
	border: "#dfe2e7",
	grid: "#eceef1",
	text: "#1f2630",
	muted: "#5d6673",
	still: "#e9ecef",
};

/** Grafana's names of colours, dark enough for white words on them. */
const NAMED: Readonly<Record<string, string>> = {
	green: "#37872d",
	red: "#d1293d",
	orange: "#c7590a",
	blue: "#2b66c4",
};

export function named(color: string): string {
	const found = color.startsWith("#") ? color : NAMED[color];
	if (!found)
		throw new Error(`no colour for ${color}: add it to scripts/picture/svg.ts`);
	return found;
}

const LINES = [
	...["#3274d9", "#e0752d", "#56a64b", "#8f3bb8"],
	...["#c4162a", "#0f9d94", "#b58900", "#6b7280"],
];
const given = new Map<string, string>();

/** For the lines of one panel: none twice, and the same name in another panel has the same. */
export function lineColors(names: readonly string[]): readonly string[] {
	for (const name of names) {
		if (given.has(name)) continue;
		const taken = names.map((it) => given.get(it));
		const free = LINES.find((it) => !taken.includes(it));
		given.set(name, free ?? INK.muted);
	}
	return names.map((it) => given.get(it) ?? INK.muted);
}
