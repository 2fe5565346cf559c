/** What the agent's metrics tell of its grant. */
import { expect, it } from "vitest";
import { look } from "../../../../src/core/region/grant/state.ts";
import { GrantGauges } from "../../../../src/shell/region/grant-measure.ts";
import { Series } from "../../series.ts";
import { at, Bench } from "./fixture.ts";

function begin() {
	const bench = new Bench();
	const series = new Series();
	const gauges = new GrantGauges(series);
	return {
		/** Of D_h, which is 5 s here. */
		renew(seconds: number): string[] {
			const before = bench.grant;
			bench.renew(seconds);
			gauges.answered(before, bench.grant);
			return series.having("margin");
		},
		look(seconds: number): string[] {
			bench.grant = look(bench.grant, at(seconds));
			gauges.look(bench.grant);
			return series.having("confirmed");
		},
	};
}

const margin = (share: number) => [
	`twin_operator_grant_margin_ratio{region="north"} ${share}`,
];

it("the margin is what was left when the next renewal was confirmed", () => {
	const it = begin();
	expect(it.renew(1)).toEqual([]);
	expect(it.renew(2)).toEqual(margin(0.8));
	expect(it.renew(5)).toEqual(margin(0.4));
});

it("the margin is 0 after a lapse", () => {
	const it = begin();
	it.renew(1);
	expect(it.renew(20)).toEqual(margin(0));
});

it("each place that confirms the grant is told, until its word has lapsed", () => {
	const it = begin();
	const said = (twin: 0 | 1) => [
		'twin_operator_grant_confirmed{region="north",by="hub"} 0',
		'twin_operator_grant_confirmed{region="north",by="own"} 0',
		`twin_operator_grant_confirmed{region="north",by="twin"} ${twin}`,
	];
	expect(it.look(0)).toEqual(said(0));
	it.renew(1);
	expect(it.look(1)).toEqual(said(1));
	expect(it.look(5.9)).toEqual(said(1));
	expect(it.look(6)).toEqual(said(0));
});
