/** Panels over time: lines and states. */
import type { Panel } from "../../test/dashboard.ts";
import type { Loss } from "./loss.ts";
import type { Series } from "./prometheus.ts";
import {
	type Box,
	element,
	INK,
	lineColors,
	named,
	rect,
	widthOf,
	words,
} from "./svg.ts";
import { colorOf, textOf } from "./value.ts";

const LEGEND_LINE = 17;
const AXIS = 20;
/** Between the middles of two times on the axis, at least. */
const TICK_WIDTH = 80;
/** Longer without a value: there was none. */
const HOLE_SECONDS = 2;

type Points = Series["points"];

export function drawGraph(
	{ fieldConfig }: Panel,
	series: readonly Series[],
	box: Box,
	loss: Loss,
): string {
	const look = fieldConfig.defaults;
	const values = series.flatMap((it) => it.points.map(([, value]) => value));
	const most = look.max ?? Math.max(0, ...values) * 1.1;
	const ticks = ticksUpTo(most > 0 ? most : 1, look.unit === undefined);
	const top = look.max ?? Math.max(most, ticks.at(-1) ?? 1);
	const labels = ticks.map((it) => textOf(it, look));
	const names = series.map((it) => it.legend);
	const colors = lineColors(names);
	const key = legend(box, names, colors);
	const plot = plotOf(box, labels, key.height);
	const x = across(plot, loss);
	const y = (value: number) => plot.y + plot.h * (1 - value / top);
	const grid = ticks.map(
		(it, at) =>
			rect({ ...plot, y: y(it), h: 1 }, INK.grid) +
			words(plot.x - 6, y(it) + 4, labels[at] ?? "", {
				"text-anchor": "end",
				class: "axis",
			}),
	);
	const stepped = look.custom?.lineInterpolation === "stepAfter";
	const opacity = (look.custom?.fillOpacity ?? 0) / 100;
	const drawn = series.flatMap((it, at) =>
		unbroken(it.points).map((part) => {
			const color = colors[at] ?? INK.text;
			const path = pathOf(part, x, y, stepped);
			const from = x(part[0]?.[0] ?? 0);
			const to = x(part.at(-1)?.[0] ?? 0);
			return (
				element("path", {
					d: `${path}L${num(to)} ${num(y(0))}L${num(from)} ${num(y(0))}Z`,
					fill: color,
					"fill-opacity": String(opacity),
				}) + element("path", { d: path, stroke: color, class: "line" })
			);
		}),
	);
	return [
		...bands(look, plot, y, top),
		...grid,
		timeAxis(plot, loss),
		...drawn,
		lossLine(plot, loss),
		key.drawn,
	].join("");
}

export function drawStates(
	{ fieldConfig }: Panel,
	series: readonly Series[],
	box: Box,
	loss: Loss,
): string {
	const look = fieldConfig.defaults;
	const states = Object.values(look.mappings?.[0]?.options ?? {});
	const key = legend(
		box,
		states.map((it) => it.text),
		states.map((it) => named(it.color)),
	);
	const names = series.map((it) => it.legend);
	const plot = plotOf(box, names, key.height);
	const x = across(plot, loss);
	const pitch = plot.h / Math.max(1, series.length);
	const rows = series.map((it, at) => {
		const y = plot.y + at * pitch;
		const bars = unbroken(it.points, true).map((part) => {
			const from = x(part[0]?.[0] ?? 0);
			const to = x((part.at(-1)?.[0] ?? 0) + 1);
			return rect(
				{
					x: from,
					y: y + pitch * 0.1,
					w: Math.min(to, plot.x + plot.w) - from,
					h: pitch * 0.8,
				},
				colorOf(part[0]?.[1] ?? 0, look),
				{ "fill-opacity": "0.8" },
			);
		});
		const name = words(plot.x - 6, y + pitch / 2 + 4, it.legend, {
			"text-anchor": "end",
			class: "axis",
		});
		return name + bars.join("");
	});
	return [timeAxis(plot, loss), ...rows, lossLine(plot, loss), key.drawn].join(
		"",
	);
}

/** What the words beside it and below it leave. */
function plotOf(
	{ x, y, w, h }: Box,
	beside: readonly string[],
	below: number,
): Box {
	const left = Math.max(0, ...beside.map((it) => widthOf(it, 11))) + 8;
	return { x: x + left, y: y + 4, w: w - left - 8, h: h - below - AXIS - 4 };
}

const across =
	({ x, w }: Box, { from, to }: Loss) =>
	(at: number): number =>
		x + (w * (at - from)) / (to - from);

const num = (value: number): string => value.toFixed(1);

/** About four, round ones, from 0; whole ones where things are counted. */
function ticksUpTo(most: number, whole: boolean): number[] {
	const rough = most / 4;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step =
		[1, 2, 2.5, 5, 10].map((it) => it * power).find((it) => it >= rough) ?? 1;
	const used = whole ? Math.max(1, Math.ceil(step)) : step;
	return Array.from(
		{ length: Math.floor(most / used + 1e-9) + 1 },
		(_, at) => at * used,
	);
}

/** Without holes; and, if asked for, of one value each. */
function unbroken(points: Points, same = false): Points[] {
	const parts: (readonly [number, number])[][] = [];
	for (const point of points) {
		const last = parts.at(-1);
		const [at, value] = last?.at(-1) ?? [0, 0];
		const goes = point[0] - at <= HOLE_SECONDS && (!same || value === point[1]);
		if (last && goes) last.push(point);
		else parts.push([point]);
	}
	return parts;
}

function pathOf(
	points: Points,
	x: (at: number) => number,
	y: (value: number) => number,
	stepped: boolean,
): string {
	return points
		.filter(
			([, value], at) =>
				value !== points[at - 1]?.[1] || value !== points[at + 1]?.[1],
		)
		.map(([at, value], index) => {
			if (index === 0) return `M${num(x(at))} ${num(y(value))}`;
			return stepped
				? `H${num(x(at))}V${num(y(value))}`
				: `L${num(x(at))} ${num(y(value))}`;
		})
		.join("");
}

function bands(
	look: Panel["fieldConfig"]["defaults"],
	plot: Box,
	y: (value: number) => number,
	top: number,
): string[] {
	if (look.custom?.thresholdsStyle?.mode !== "area") return [];
	const steps = look.thresholds?.steps ?? [];
	return steps.map((it, at) => {
		const from = y(steps[at + 1]?.value ?? top);
		return rect(
			{ ...plot, y: from, h: y(it.value ?? 0) - from },
			named(it.color),
			{ "fill-opacity": "0.08" },
		);
	});
}

export const clock = (seconds: number): string =>
	new Date(seconds * 1_000).toISOString().slice(11, 19);

function timeAxis(plot: Box, loss: Loss): string {
	const x = across(plot, loss);
	const room = (TICK_WIDTH * (loss.to - loss.from)) / plot.w;
	const every = [10, 15, 30].find((it) => it >= room) ?? 60;
	const ticks: string[] = [];
	for (
		let at = Math.ceil(loss.from / every) * every;
		at < loss.to;
		at += every
	) {
		// Half a label beside the plot would be cut off.
		if (x(at) < plot.x + 20 || x(at) > plot.x + plot.w - 20) continue;
		ticks.push(
			rect({ x: x(at), y: plot.y, w: 1, h: plot.h }, INK.grid) +
				words(x(at), plot.y + plot.h + 15, clock(at), {
					"text-anchor": "middle",
					class: "axis",
				}),
		);
	}
	return ticks.join("");
}

function lossLine(plot: Box, loss: Loss): string {
	const x = across(plot, loss)(loss.lostAt);
	return element("line", {
		x1: x,
		x2: x,
		y1: plot.y,
		y2: plot.y + plot.h,
		class: "loss",
	});
}

/** In as many lines as it takes. */
function legend(
	box: Box,
	names: readonly string[],
	colors: readonly string[],
): { readonly drawn: string; readonly height: number } {
	let x = 0;
	let line = 0;
	const places = names.map((name) => {
		const width = widthOf(name, 11) + 28;
		if (x > 0 && x + width > box.w) {
			x = 0;
			line += 1;
		}
		x += width;
		return { x: box.x + 4 + x - width, line };
	});
	const height = (line + 1) * LEGEND_LINE;
	const drawn = places.map((at, index) => {
		const y = box.y + box.h - height + at.line * LEGEND_LINE + 14;
		const mark = { x: at.x, y: y - 5, w: 12, h: 3 };
		return (
			rect(mark, colors[index] ?? INK.text, { rx: 1.5 }) +
			words(at.x + 17, y, names[index] ?? "", { class: "axis" })
		);
	});
	return { drawn: drawn.join(""), height };
}
