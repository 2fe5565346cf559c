/** What is shipped for Prometheus and Grafana speaks of metrics that exist, and each alert has its page. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { dashboard } from "./dashboard.ts";
import { unknownIn } from "./expression.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

interface Alert {
	readonly alert: string;
	readonly expr: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
}
const { groups } = load(read("charts/twin-operator/files/alerts.yaml")) as {
	groups: { rules: Alert[] }[];
};
const alerts = groups.flatMap((it) => it.rules);
const names = alerts.map((it) => it.alert);

describe("an expression that uses what there is not", () => {
	it.each([
		["twin_operator_gone", "there is no metric twin_operator_gone"],
		[
			"twin_operator_recovery_seconds > 3",
			"there is no metric twin_operator_recovery_seconds",
		],
		[
			'twin_operator_region_reachable{region="north"}',
			"twin_operator_region_reachable has no label region",
		],
		[
			"sum by (region) (twin_operator_region_reachable)",
			"no metric in it has the label region",
		],
		["up == 0", "it uses no metric of the operator"],
	])("is found out: %s", (expression, fault) => {
		expect(unknownIn(expression)).toEqual([fault]);
	});

	it("is not found where all is there", () => {
		const expression =
			'sum by (le, cluster) (rate(twin_operator_api_request_seconds_bucket{verb=~"a|b"}[5m])) unless on (cluster) twin_operator_region_reachable == 1';
		expect(unknownIn(expression)).toEqual([]);
	});
});

describe("the alerts", () => {
	it.each(alerts)("$alert uses metrics and labels that exist", ({ expr }) => {
		expect(unknownIn(expr)).toEqual([]);
	});

	it.each(alerts)("$alert says what, why, what to do, and how bad", (it) => {
		expect(["critical", "warning"]).toContain(it.labels.severity);
		expect(it.annotations).toEqual({
			summary: expect.stringMatching(/\.$/),
			description: expect.stringMatching(/\. .*\.$/s),
			runbook: `docs/runbooks/${it.alert}.md`,
		});
	});

	it("have different names", () => {
		expect(new Set(names).size).toBe(names.length);
	});

	it("have a page each, and every page an alert", () => {
		const pages = readdirSync(join(ROOT, "docs/runbooks"))
			// The others are about work that no alert asks for.
			.filter((it) => it.startsWith("Twin"))
			.map((it) => it.replace(/\.md$/, ""));
		expect(pages.sort()).toEqual(names.toSorted());
	});

	it("are listed with their severity", () => {
		const rows = [
			...read("docs/runbooks/README.md").matchAll(
				/^\| \[(\w+)\]\(\1\.md\) \| (\w+) \|/gm,
			),
		].map((it) => `${it[1]} ${it[2]}`);
		const wanted = alerts.map((it) => `${it.alert} ${it.labels.severity}`);
		expect(rows.sort()).toEqual(wanted.sort());
	});

	it.each(names)("%s's page answers the four questions", (name) => {
		const headings = [
			...read(`docs/runbooks/${name}.md`).matchAll(/^#+ (.+)$/gm),
		].map((it) => it[1]);
		expect(headings).toEqual([
			name,
			"What it means",
			"How to see it",
			"What to do",
			"When to stop and call somebody",
		]);
	});
});

describe("the dashboard", () => {
	const { panels, templating } = dashboard();
	const targets = panels.flatMap((panel) =>
		panel.targets.map((it) => ({ ...it, name: `${panel.title} ${it.refId}` })),
	);

	it("asks for its Prometheus, and asks nobody else", () => {
		expect(templating.list).toMatchObject([
			{ name: "datasource", type: "datasource", query: "prometheus" },
		]);
		const uids = [...panels, ...targets].map((it) => it.datasource.uid);
		for (const uid of uids) expect(uid).toMatch(/^\$\{datasource\}$/);
	});

	it.each(targets)("$name uses metrics and labels that exist", ({ expr }) => {
		expect(unknownIn(expr)).toEqual([]);
	});

	it("has panels with ids, titles and words of their own", () => {
		for (const field of ["id", "title", "description"] as const) {
			const all = panels.map((it) => it[field]);
			expect(new Set(all).size, field).toBe(all.length);
			expect(all).not.toContain("");
		}
	});

	it("has no panel over another one, and none beside the page", () => {
		const taken = new Map<string, string>();
		for (const { title, gridPos } of panels) {
			expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
			for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
				for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
					expect(taken.get(`${x}/${y}`), title).toBeUndefined();
					taken.set(`${x}/${y}`, title);
				}
		}
	});

	it("is in the picture of the docs, with all its panels", () => {
		const drawn = [
			...read("docs/images/dashboard.svg").matchAll(
				/<g id="panel-(\d+)"><title>([^<]*)</g,
			),
		].map((it) => `${it[1]} ${it[2]}`);
		expect(
			drawn,
			"docs/images/dashboard.svg shows another dashboard: draw it anew with `npm run picture`",
		).toEqual(panels.map((it) => `${it.id} ${it.title}`));
	});

	it("shows every metric that an alert goes by", () => {
		const used = (it: string) => it.match(/twin_operator_\w+/g) ?? [];
		const shown = new Set(targets.flatMap((it) => used(it.expr)));
		const missing = alerts
			.flatMap((it) => used(it.expr))
			.filter((it) => !shown.has(it));
		expect(missing).toEqual([]);
	});
});
