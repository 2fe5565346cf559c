/** A value as its panel says it: words, unit and colour. */
import type { Look } from "../../test/dashboard.ts";
import { INK, named } from "./svg.ts";

export function textOf(value: number, look: Look): string {
	const mapped = look.mappings?.[0]?.options[value]?.text;
	if (mapped !== undefined) return mapped;
	switch (look.unit) {
		case "s":
			return value > 0 && value < 1
				? `${short(value * 1_000)} ms`
				: `${short(value)} s`;
		case "percentunit":
			return `${short(value * 100)} %`;
		case "reqps":
			return `${short(value)} req/s`;
		case undefined:
			return look.decimals === undefined
				? short(value)
				: value.toFixed(look.decimals);
		default:
			throw new Error(
				`no words for the unit ${look.unit}: add them to scripts/picture/value.ts`,
			);
	}
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

export function colorOf(value: number, look: Look): string {
	const mapped = look.mappings?.[0]?.options[value]?.color;
	if (mapped !== undefined) return named(mapped);
	const step = look.thresholds?.steps.findLast(
		(it) => it.value === null || it.value <= value,
	);
	return step ? named(step.color) : INK.text;
}
