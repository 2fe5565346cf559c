/** Panels that show one moment: stats, bars and tables. */
import type { Panel } from "../../test/dashboard.ts";
import type { Series } from "./prometheus.ts";
import { type Box, INK, rect, sizeFor, words } from "./svg.ts";
import { colorOf, textOf } from "./value.ts";

const GAP = 6;

const latest = (it: Series): number => it.points.at(-1)?.[1] ?? 0;

/** In the middle of the box, as large as it may be. */
function centred(
	{ x, y, w, h }: Box,
	text: string,
	size: number,
	fill: string,
	weight = 600,
): string {
	const fitted = sizeFor(text, size, w - 24);
	return words(x + w / 2, y + h / 2 + fitted * 0.35, text, {
		"text-anchor": "middle",
		"font-size": fitted,
		"font-weight": weight,
		fill,
	});
}

const nothing = (box: Box, { noValue = "No data" }: { noValue?: string }) =>
	centred(box, noValue, 15, INK.muted, 400);

export function drawStat(
	{ fieldConfig, options }: Panel,
	series: readonly Series[],
	box: Box,
): string {
	const look = fieldConfig.defaults;
	if (series.length === 0)
		return rect(box, INK.still, { rx: 3 }) + nothing(box, look);
	const across = options.orientation !== "horizontal" && box.w > box.h;
	const share = (whole: number) =>
		(whole - GAP * (series.length - 1)) / series.length;
	const tile = across
		? { ...box, w: share(box.w) }
		: { ...box, h: share(box.h) };
	const named = options.textMode === "value_and_name";
	const texts = series.map((it) =>
		options.textMode === "name" ? it.legend : textOf(latest(it), look),
	);
	// All of a panel in the same size.
	const most = Math.min(36, tile.h * (named ? 0.38 : 0.5));
	const size = Math.min(...texts.map((it) => sizeFor(it, most, tile.w - 24)));
	return series
		.map((it, at) => {
			const place = across
				? { ...tile, x: box.x + at * (tile.w + GAP) }
				: { ...tile, y: box.y + at * (tile.h + GAP) };
			const color = colorOf(latest(it), look);
			const filled = options.colorMode === "background";
			const ink = filled ? "#ffffff" : color;
			const back = rect(place, filled ? color : INK.still, { rx: 3 });
			const text = texts[at] ?? "";
			if (!named || it.legend === "")
				return back + centred(place, text, size, ink);
			const name = { ...place, y: place.y + tile.h * 0.06, h: tile.h * 0.42 };
			const rest = { ...place, y: place.y + tile.h * 0.43, h: tile.h * 0.5 };
			return (
				back +
				centred(name, it.legend, 14, filled ? ink : INK.text, 400) +
				centred(rest, text, size, ink)
			);
		})
		.join("");
}

const NAME_WIDTH = 56;
const FIGURE_WIDTH = 44;

export function drawBars(
	{ fieldConfig }: Panel,
	series: readonly Series[],
	box: Box,
): string {
	const look = fieldConfig.defaults;
	if (series.length === 0) return nothing(box, look);
	const most = look.max ?? Math.max(1, ...series.map(latest));
	const height = Math.min(30, box.h / series.length - GAP);
	const pitch = box.h / series.length;
	const room = box.w - NAME_WIDTH - FIGURE_WIDTH;
	return series
		.map((it, at) => {
			const y = box.y + at * pitch + (pitch - height) / 2;
			const bar = { x: box.x + NAME_WIDTH, y, w: room, h: height };
			const value = latest(it);
			const color = colorOf(value, look);
			const middle = y + height / 2 + 5;
			const share = Math.min(1, Math.max(0, value / most));
			return [
				words(box.x + 4, middle, it.legend, { fill: INK.text }),
				rect(bar, INK.still, { rx: 2 }),
				rect({ ...bar, w: room * share }, color, { rx: 2 }),
				words(box.x + box.w - 4, middle, textOf(value, look), {
					"text-anchor": "end",
					"font-size": 17,
					"font-weight": 600,
					fill: color,
				}),
			].join("");
		})
		.join("");
}

const ROW = 19;

/** The columns in the order that the panel gives them. */
export function drawTable(
	{ fieldConfig, options, transformations }: Panel,
	series: readonly Series[],
	box: Box,
): string {
	if (series.length === 0) return nothing(box, fieldConfig.defaults);
	const order = transformations?.[0]?.options.indexByName ?? {};
	const columns = Object.keys(order).sort(
		(a, b) => (order[a] ?? 0) - (order[b] ?? 0),
	);
	const by = options.sortBy?.[0]?.displayName ?? columns[0] ?? "";
	const rows = series
		.map((it) => it.labels)
		.sort((a, b) =>
			keyOf(a, [by, ...columns]).localeCompare(keyOf(b, [by, ...columns])),
		);
	const width = box.w / columns.length;
	const line = (y: number) => rect({ x: box.x, y, w: box.w, h: 1 }, INK.grid);
	const cells = (
		y: number,
		texts: readonly string[],
		weight: number,
		fill: string,
	) =>
		texts
			.map((it, at) =>
				words(box.x + 4 + at * width, y + 14, it, {
					fill,
					"font-weight": weight,
					"font-size": sizeFor(it, 12, width - 8),
				}),
			)
			.join("");
	const room = Math.floor(box.h / ROW) - 1;
	// Grafana scrolls here.
	const shown = rows.slice(0, rows.length > room ? room - 1 : room);
	const more = rows.length - shown.length;
	return [
		cells(box.y, columns, 600, INK.muted),
		...shown.map((labels, at) => {
			const y = box.y + (at + 1) * ROW;
			return (
				line(y) +
				cells(
					y,
					columns.map((it) => labels[it] ?? ""),
					400,
					INK.text,
				)
			);
		}),
		more > 0
			? cells(box.y + room * ROW, [`and ${more} more`], 400, INK.muted)
			: "",
	].join("");
}

/** What has no such label comes last. */
const keyOf = (labels: Series["labels"], columns: readonly string[]): string =>
	columns.map((it) => labels[it] ?? "\uffff").join(" ");
