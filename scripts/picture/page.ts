/** The dashboard's grid, and in each place its panel. */
import type { Dashboard, Panel } from "../../test/dashboard.ts";
import type { Loss } from "./loss.ts";
import { drawBars, drawStat, drawTable } from "./now.ts";
import type { Series } from "./prometheus.ts";
import {
	type Box,
	element,
	escaped,
	INK,
	rect,
	sizeFor,
	widthOf,
	words,
} from "./svg.ts";
import { clock, drawGraph, drawStates } from "./time.ts";

const WIDTH = 1080;
const MARGIN = 12;
const HEAD = 56;
const COLUMN = (WIDTH - 2 * MARGIN) / 24;
const ROW = 30;
const GAP = 8;
const TITLE = 28;

type Draw = (
	panel: Panel,
	series: readonly Series[],
	box: Box,
	loss: Loss,
) => string;

/** By Grafana's type. */
const DRAW: Readonly<Record<string, Draw>> = {
	stat: drawStat,
	bargauge: drawBars,
	table: drawTable,
	timeseries: drawGraph,
	"state-timeline": drawStates,
};

const STYLE = `
.axis { font-size: 11px; fill: ${INK.muted}; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.loss { stroke: ${INK.text}; stroke-width: 1; stroke-dasharray: 3 3; }
`;

export interface Answer {
	readonly panel: Panel;
	readonly series: readonly Series[];
}

export function drawPage(
	{ title, panels }: Dashboard,
	answers: readonly Answer[],
	loss: Loss,
): string {
	const rows = Math.max(...panels.map((it) => it.gridPos.y + it.gridPos.h));
	const height = HEAD + rows * ROW + MARGIN - GAP / 2;
	const page = { x: 0, y: 0, w: WIDTH, h: height };
	return `${element(
		"svg",
		{
			xmlns: "http://www.w3.org/2000/svg",
			viewBox: `0 0 ${WIDTH} ${height}`,
			width: WIDTH,
			height,
			role: "img",
			"font-family": "Arial, Helvetica, 'Liberation Sans', sans-serif",
			"font-size": 12,
		},
		`<title>The dashboard of twin-operator, while a region is lost</title>`,
		element("style", {}, STYLE),
		`${rect(page, INK.page, { rx: 6, stroke: INK.border })}\n`,
		head(title, loss),
		...answers.map((it) => drawPanel(it, loss)),
	)}\n`;
}

function head(title: string, { from, to, region }: Loss): string {
	const y = 36;
	const right = WIDTH - MARGIN - GAP / 2;
	const time = `${clock(from)} to ${clock(to)} UTC`;
	const lost = `${region} is lost`;
	const key = right - widthOf(time + lost, 13) - 40;
	return [
		words(MARGIN + GAP / 2, y, title, {
			"font-size": 20,
			"font-weight": 600,
			fill: INK.text,
		}),
		element("line", { x1: key, x2: key, y1: y - 13, y2: y + 4, class: "loss" }),
		words(key + 8, y, lost, { "font-size": 13, fill: INK.text }),
		words(right, y, time, {
			"text-anchor": "end",
			"font-size": 13,
			fill: INK.muted,
		}),
		"\n",
	].join("");
}

function drawPanel({ panel, series }: Answer, loss: Loss): string {
	const { id, title, type, gridPos } = panel;
	const draw = DRAW[type];
	if (!draw)
		throw new Error(
			`"${title}" is a ${type}: scripts/picture/page.ts cannot draw that yet`,
		);
	const frame = {
		x: MARGIN + gridPos.x * COLUMN + GAP / 2,
		y: HEAD + gridPos.y * ROW,
		w: gridPos.w * COLUMN - GAP,
		h: gridPos.h * ROW - GAP,
	};
	const inside = {
		x: frame.x + 8,
		y: frame.y + TITLE,
		w: frame.w - 16,
		h: frame.h - TITLE - 8,
	};
	return `${element(
		"g",
		// test/monitoring.test.ts compares these with the dashboard.
		{ id: `panel-${id}` },
		element("title", {}, escaped(title)),
		rect(frame, INK.panel, { rx: 4, stroke: INK.border }),
		words(frame.x + 10, frame.y + 19, title, {
			"font-size": sizeFor(title, 13, frame.w - 20),
			"font-weight": 600,
			fill: INK.text,
		}),
		draw(panel, series, inside, loss),
	)}\n`;
}
