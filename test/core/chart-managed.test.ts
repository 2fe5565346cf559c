/** The rights by which the hub installs agents, and those that it gives them. */
import { describe, expect, it } from "vitest";
import { agentParts } from "../../src/core/hub/agent-install.ts";
import { manifests, type Rule, role, rulesOf } from "./chart-files.ts";

/** Whoever has one may give the other. */
const covers = (has: Rule, gives: Rule): boolean =>
	gives.apiGroups.every((it) => has.apiGroups.includes(it)) &&
	gives.resources.every((it) => has.resources.includes(it)) &&
	gives.verbs.every((it) => has.verbs.includes(it)) &&
	(has.resourceNames === undefined ||
		(gives.resourceNames ?? [""]).every((it) =>
			has.resourceNames?.includes(it),
		));

describe("the rights of a hub that installs agents", () => {
	it("let the hub give an agent that it installs what that needs, since nobody gives more than he has", () => {
		const all = role("region-managed", "ClusterRole", "access");
		expect(all).toEqual([
			...rulesOf("placing"),
			...rulesOf("carrying-out"),
			...rulesOf("agent"),
			...rulesOf("managing"),
		]);
		const here = role("region-managed", "Role", "access") ?? [];
		expect(here).toEqual([
			...rulesOf("placing-namespace"),
			...rulesOf("agent-namespace"),
			...rulesOf("managing-namespace"),
		]);
		const given = [...rulesOf("twin"), ...rulesOf("twin-namespace")];
		const held = [...(all ?? []), ...here];
		for (const rule of given)
			expect(held.some((it) => covers(it, rule))).toBe(true);
	});

	it("let the hub install only what it may write, and its own rights are not among it", () => {
		const [writing] = rulesOf("managing");
		const installed = agentParts(manifests("region-exclusive") as never)
			.filter((it) => it.resource.plural.startsWith("cluster"))
			.map((it) => it.rendered.metadata.name);
		expect(writing?.resourceNames).toEqual([...new Set(installed)]);
		expect(writing?.resourceNames).not.toContain("twin-operator-access");
	});

	it("let the hub have the tokens of the two accounts by which its agents keep grants, and of no other", () => {
		const names = ["twin-operator-witness-ONE", "twin-operator-witness-OTHER"];
		const rules = role("hub-managed", "Role", "hub-managed");
		expect(rules).toEqual(rulesOf("hub-managed-namespace"));
		for (const rule of rules ?? []) expect(rule.resourceNames).toEqual(names);
		for (const name of ["ONE", "OTHER"]) {
			const grants = role("hub-managed", "Role", `witness-${name}`) ?? [];
			expect(grants.map((it) => it.resourceNames?.toSorted())).toEqual([
				["grant-ONE.OTHER", "grant-OTHER.ONE"],
				undefined,
				[`twin-operator-witness-${name}`],
			]);
		}
		// Without hub.managed it has none of it.
		expect(role("hub", "Role", "hub-managed")).toBeUndefined();
	});
});
