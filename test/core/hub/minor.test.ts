/** What of a status may wait for company, and what is written at once. */
import { describe, expect, it } from "vitest";
import type { TwinServiceStatus } from "../../../src/api/types.ts";
import { isMinor, statusPatch } from "../../../src/core/hub/merge.ts";

const condition = (status: "True" | "False", message: string) => ({
	type: "Ready",
	status,
	reason: "Applying",
	message,
	lastTransitionTime: "2026-01-01T00:00:00Z",
});

const BEFORE: TwinServiceStatus = {
	observedGeneration: 1,
	epoch: 1,
	clusters: [{ name: "north", role: "Active", epoch: 1, ready: 1 }],
	conditions: [condition("False", "north applies the manifests.")],
};

const cases: readonly [string, Partial<TwinServiceStatus>, boolean][] = [
	[
		"counts",
		{ clusters: [{ name: "north", role: "Active", epoch: 1, ready: 2 }] },
		true,
	],
	["wording", { conditions: [condition("False", "Pods are starting.")] }, true],
	[
		"the status of a condition",
		{ conditions: [condition("True", "It serves.")] },
		false,
	],
	[
		"a role",
		{ clusters: [{ name: "north", role: "Standby", epoch: 2 }] },
		false,
	],
	["another generation", { observedGeneration: 2 }, false],
	["another active region", { activeCluster: "south" }, false],
	[
		"a condition more",
		{
			conditions: [
				...(BEFORE.conditions ?? []),
				{ ...condition("True", "x"), type: "PromotionNeeded" },
			],
		},
		false,
	],
];

describe("isMinor", () => {
	it.each(cases)("%s", (_, change, minor) => {
		const next = { ...BEFORE, ...change };
		expect(isMinor(BEFORE, next, statusPatch(BEFORE, next) ?? {})).toBe(minor);
	});

	it("never holds back the first status", () => {
		expect(isMinor({}, { conditions: [] }, { conditions: [] })).toBe(false);
	});

	it.each([
		["of which nothing has run yet", { role: "Standby", epoch: 0 }, true],
		["that has stood down", { role: "Standby", epoch: 2 }, false],
		["that is active", { role: "Active", epoch: 1 }, false],
	] as const)("a side seen first, %s", (_, side, minor) => {
		const before = { ...BEFORE, clusters: [{ name: "north" }] };
		const next = { ...BEFORE, clusters: [{ name: "north", ...side }] };
		expect(isMinor(before, next, statusPatch(before, next) ?? {})).toBe(minor);
	});

	it.each([
		["Synced", "before a side was active", undefined, true],
		["Synced", "later", [{ clusterName: "north" }], false],
		["Stalled", "before a side was active", undefined, false],
	])("the status of %s, %s", (type, _, decisions, minor) => {
		const of = (status: "True" | "False") => ({
			...{ clusters: [{ name: "north" }], ...(decisions ? { decisions } : {}) },
			conditions: [{ ...condition(status, "x"), type }],
		});
		const [before, next] = [of("False"), of("True")];
		expect(isMinor(before, next, statusPatch(before, next) ?? {})).toBe(minor);
	});
});
