import { describe, expect, it } from "vitest";
import { fencingOf } from "../../../src/core/region/fencing.ts";

const FEATURE = "RestartAllContainersOnContainerExits";
const node = (name: string, features?: string[], system = "linux") => ({
	apiVersion: "v1",
	kind: "Node",
	metadata: { name },
	status: {
		...(features ? { declaredFeatures: features } : {}),
		nodeInfo: { operatingSystem: system },
	},
});

describe("a region's nodes", () => {
	it.each([
		["all bear it", [node("a", ["Other", FEATURE])], "Pod", "All 1 nodes"],
		[
			"one is too old",
			[node("a", [FEATURE]), node("b", ["Other"]), node("c", [FEATURE])],
			"Agent",
			"1 of 3 nodes do not bear the gate (b)",
		],
		[
			"all are too old",
			["a", "b", "c", "d"].map((it) => node(it)),
			"Agent",
			"4 of 4 nodes do not bear the gate (a, b, c, …)",
		],
		["there are none", [], "Agent", "not known"],
		[
			"Windows nodes take no such pods",
			[node("a", [FEATURE]), node("w", [], "windows")],
			"Pod",
			"All 1 nodes",
		],
		["there are Windows nodes only", [node("w", [], "windows")], "Agent", "No"],
	] as const)("%s", (_, nodes, strength, words) => {
		const found = fencingOf(nodes);
		expect(found.strength).toBe(strength);
		expect(found.message).toContain(words);
	});
});
