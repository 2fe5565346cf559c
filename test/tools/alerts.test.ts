/** The alerts, parsed and evaluated by Prometheus' own tool. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { expect, it } from "vitest";
import { prometheus } from "../../src/adapters/metrics.ts";
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
