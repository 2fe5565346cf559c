/** The alerts, parsed and evaluated by Prometheus' own tool. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { expect, it } from "vitest";
import { prometheus } from "../../src/adapters/metrics.ts";
import { dashboard } from "../dashboard.ts";
import { ROOT, tool } from "./run.ts";

const RULES = "charts/twin-operator/files/alerts.yaml";
const CASES = "test/tools/alerts.yaml";
const yaml = <T>(path: string) =>
	load(readFileSync(join(ROOT, path), "utf8"), { maxAliases: 20 }) as T;

it("are rules", async () => {
	const said = await tool("promtool", [
		"check",
		"rules",
		"--lint=all",
		"--lint-fatal",
		RULES,
	]);
	expect(said).toContain("SUCCESS");
});

it("fire, and keep silent, as the cases say", async () => {
	const said = await tool("promtool", ["test", "rules", CASES]);
	expect(said).toContain("SUCCESS");
});

it("have a case each in which they fire, and one in which they do not", () => {
	const { groups } = yaml<{ groups: { rules: { alert: string }[] }[] }>(RULES);
	const { tests } = yaml<{
		tests: {
			alert_rule_test: { alertname: string; exp_alerts: unknown[] }[];
		}[];
	}>(CASES);
	const cases = tests.flatMap((it) => it.alert_rule_test);
	const named = (fires: boolean) =>
		new Set(
			cases
				.filter((it) => it.exp_alerts.length > 0 === fires)
				.map((it) => it.alertname),
		);
	const alerts = groups.flatMap((it) => it.rules.map((rule) => rule.alert));
	expect([...named(true)].sort()).toEqual(alerts.toSorted());
	expect([...named(false)].sort()).toEqual(alerts.toSorted());
});

it("stand on metrics that Prometheus has nothing to say against", async () => {
	const { metrics, text } = prometheus();
	metrics.set("twin_operator_hub_isolated", {}, 0);
	metrics.observe("twin_operator_grant_margin_ratio", { region: "north" }, 0.8);
	const own = (await text())
		.split("\n")
		.filter((it) => it.includes("twin_operator_"));
	await tool("promtool", ["check", "metrics"], `${own.join("\n")}\n`);
});

it("share their language with the dashboard's expressions", async () => {
	const rules = dashboard().panels.flatMap((panel) =>
		panel.targets.map((it) => ({
			record: `panel:${panel.id}:${it.refId}`,
			// Grafana puts the time in sight there.
			expr: it.expr.replaceAll("$__range", "1h"),
		})),
	);
	const dir = mkdtempSync(join(tmpdir(), "twin-operator-test-"));
	try {
		const file = join(dir, "panels.json");
		// JSON is YAML.
		writeFileSync(
			file,
			JSON.stringify({ groups: [{ name: "panels", rules }] }),
		);
		const said = await tool("promtool", ["check", "rules", file]);
		expect(said).toContain(`${rules.length} rules found`);
	} finally {
		rmSync(dir, { recursive: true });
	}
});
