import { describe, expect, it } from "vitest";
import { driftOf, quantity } from "../../../src/core/region/drift.ts";

const pod = (container: Record<string, unknown>) => ({
	spec: { containers: [{ name: "app", ...container }] },
});

describe("no drift", () => {
	const rows: [what: string, desired: unknown, live: unknown][] = [
		["fields others added", { a: 1 }, { a: 1, b: 2 }],
		["an empty object left out", { v: { emptyDir: {} } }, { v: {} }],
		["null for absent", { a: null }, {}],
		["an empty list left out", { a: [] }, {}],
		["false left out", { hostNetwork: false }, {}],
		["an empty string left out", { a: "" }, {}],
		["a number as text", { port: 80 }, { port: "80" }],
		[
			"a quantity in the server's spelling",
			pod({ resources: { requests: { cpu: 0.5, memory: "1024Mi" } } }),
			pod({ resources: { requests: { cpu: "500m", memory: "1Gi" } } }),
		],
		[
			"an autoscaler's target in the server's spelling",
			{ target: { averageValue: "1500m" } },
			{ target: { averageValue: "1.5" } },
		],
		[
			"a container that a webhook put in front",
			pod({ image: "a" }),
			{
				spec: {
					containers: [{ name: "proxy" }, { name: "app", image: "a" }],
				},
			},
		],
		[
			"the protocol that the server filled in",
			{ ports: [{ port: 80, name: "http" }] },
			{ ports: [{ port: 80, name: "http", protocol: "TCP" }] },
		],
	];
	it.each(rows)("%s", (_, desired, live) => {
		expect(driftOf(desired, live)).toEqual([]);
	});
});

describe("drift", () => {
	const rows: [what: string, desired: unknown, live: unknown, path: string][] =
		[
			["another value", { a: { b: 1 } }, { a: { b: 2 } }, "a.b"],
			["a field taken away", { a: { b: 1 } }, { a: {} }, "a.b"],
			["zero made one", { replicas: 0 }, { replicas: 1 }, "replicas"],
			["true made false", { a: true }, {}, "a"],
			[
				"another image",
				pod({ image: "a" }),
				pod({ image: "b" }),
				"spec.containers[app].image",
			],
			[
				"a container gone",
				pod({}),
				{ spec: { containers: [{ name: "b" }] } },
				"spec.containers[app]",
			],
			[
				"another variable",
				pod({ env: [{ name: "N", value: "1000m" }] }),
				pod({ env: [{ name: "N", value: "1" }] }),
				"spec.containers[app].env[N].value",
			],
			[
				"another quantity",
				pod({ resources: { limits: { memory: "1Gi" } } }),
				pod({ resources: { limits: { memory: "1G" } } }),
				"spec.containers[app].resources.limits.memory",
			],
			["a list grown", { command: ["a"] }, { command: ["a", "b"] }, "command"],
			["a list changed", { args: ["a"] }, { args: ["b"] }, "args[0]"],
		];
	it.each(rows)("%s", (_, desired, live, path) => {
		expect(driftOf(desired, live)).toEqual([path]);
	});

	it("never shows a value", () => {
		const paths = driftOf({ data: { key: "aaaa" } }, { data: { key: "bbbb" } });
		expect(paths).toEqual(["data.key"]);
	});
});

describe("quantities", () => {
	const rows: [string | number, number | undefined][] = [
		["1", 1],
		[2, 2],
		["0.1", 0.1],
		["100m", 0.1],
		["1Ki", 1024],
		["1k", 1000],
		["1e3", 1000],
		["1E", 1e18],
		["-1.5", -1.5],
		[".5", 0.5],
		["abc", undefined],
		["1Zi", undefined],
		["", undefined],
	];
	it.each(rows)("%s is %s", (text, value) => {
		expect(quantity(text)).toBe(value);
	});
});
