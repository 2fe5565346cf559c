/** What a tired person reads. */
import { describe, expect, it } from "vitest";
import { palette } from "../../src/cli/terminal.ts";
import { historyLines } from "../../src/cli/view/history.ts";
import { explainLines, treeLines } from "../../src/cli/view/service.ts";
import {
	byUrgency,
	regionStanding,
	serviceStanding,
} from "../../src/cli/view/standing.ts";
import { statusLines } from "../../src/cli/view/status.ts";
import { age, table, wrap } from "../../src/cli/view/words.ts";
import { cluster, condition, NOW, service, WELL } from "./objects.ts";

const plain = { colour: palette(false), now: NOW };
const lost = condition("Redundant", "False", "Unreachable", "south is lost.");
const alone = [...WELL.filter((it) => it.type !== "Redundant"), lost];
const down = [
	condition("Available", "False", "Progressing", "No pod is ready."),
	condition("Ready", "False", "Progressing", "No pod is ready."),
];

const statusOf = (...services: ReturnType<typeof service>[]): string => {
	const standing = services.map(serviceStanding);
	const regions = ["north", "south"].map((name) =>
		regionStanding(
			cluster(name, [condition("Ready", "True", "Usable")]),
			standing,
		),
	);
	return statusLines(
		{ context: "hub", regions, services: standing },
		{ ...plain, wide: false, all: true },
	).join("\n");
};

describe("status", () => {
	it("counts what serves and what could be taken over", () => {
		const text = statusOf(
			service(),
			service({ name: "api", conditions: alone }),
		);
		expect(text).toContain("2 services: 2 serving, 1 could be taken over now");
		expect(text).toMatch(/north +True +Unknown +External .* 2 +0 /);
	});

	it("shows first what does not serve, then what stands alone", () => {
		const sorted = [
			service({ name: "fine" }),
			service({ name: "alone", conditions: alone }),
			service({ name: "down", conditions: down }),
		]
			.map(serviceStanding)
			.toSorted(byUrgency);
		expect(sorted.map((it) => it.name)).toEqual(["down", "alone", "fine"]);
	});

	it("says of each what is wrong, and which command says more", () => {
		const text = statusOf(service({ conditions: alone }));
		expect(text).toContain("shop/web: Unreachable\n  south is lost.");
		expect(text).toContain("Next: kubectl twin explain web -n shop");
	});

	it("where several wait for a person, gives the one command for all", () => {
		const waits = (name: string) =>
			service({
				name,
				policy: "Manual",
				conditions: [
					...down,
					condition("PromotionNeeded", "True", "PromotionNeeded"),
				],
			});
		const lost = [
			cluster("north", [condition("Reachable", "False", "Unreachable")]),
			cluster("south", [condition("Reachable", "True", "Answers")]),
		];
		const next = "kubectl twin failover --from north -n shop";
		const of = (regions: typeof lost, ...names: string[]) =>
			statusLines(
				{
					context: "hub",
					regions: regions.map((it) => regionStanding(it, [])),
					services: names.map(waits).map(serviceStanding),
				},
				{ ...plain, wide: false, all: true },
			)
				.join(" ")
				.replace(/\s+/g, " ");
		expect(of(lost, "web", "api")).toContain(next);
		expect(of(lost, "web")).not.toContain(next);
		expect(of(lost.slice(1), "web", "api")).not.toContain(next);
	});

	it("explains five, and counts the others", () => {
		const many = Array.from({ length: 8 }, (_, at) =>
			service({ name: `s${at}`, conditions: alone }),
		);
		expect(statusOf(...many)).toContain("and 3 more services to look at");
	});

	it.each([
		["2026-03-01T11:59:58Z", "operator hub-1, 2s ago"],
		[
			"2026-03-01T11:50:00Z",
			"No operator has renewed its Lease for 10m: what follows is as old.",
		],
	])("renewed at %s: %s", (renewed, said) => {
		const leader = { process: "hub-1", renewed };
		const lines = statusLines(
			{ context: "hub", leader, regions: [], services: [] },
			{ ...plain, wide: false, all: false },
		);
		expect(lines.join("\n")).toContain(said);
	});

	it("with nothing there says how to begin", () => {
		const text = statusLines(
			{ context: "hub", regions: [], services: [] },
			{ ...plain, wide: false, all: false },
		).join("\n");
		expect(text).toContain("kubectl twin register");
		expect(text).toContain("apply a TwinService");
	});

	it("of a service that nobody has looked at doubts the operator", () => {
		expect(statusOf(service({ status: null }))).toContain("shop/web: Unseen");
	});
});

describe("one service", () => {
	const tree = (it: ReturnType<typeof service>): string =>
		treeLines(it, [], "hub", plain).join("\n");

	it("is a tree of its sides, with the last move", () => {
		const text = tree(service());
		expect(text).toContain("├─ north  Active  epoch 3, 2/2 ready");
		expect(text).toContain("└─ south  Standby  epoch 2, 0/0 ready");
		expect(text).toContain("Last move: Failback from south to north, 30m ago");
		expect(text).toContain("old side stopped +1, activated +1.5, ready +3");
		expect(text).toContain("Nothing to do.");
	});

	it("has its history in a table", () => {
		const [head, row] = historyLines(service());
		expect(head).toMatch(/^WHEN +KIND +FROM/);
		expect(row).toContain("Requested (web-abc)");
		expect(historyLines(service({ status: null }))).toEqual([
			"It has not been placed yet.",
		]);
	});
});

describe("explain", () => {
	const explain = (it: ReturnType<typeof service>): string =>
		explainLines(it, plain).join("\n");

	it("says what a loss would do, by policy", () => {
		expect(explain(service())).toContain(
			"Promoted. south takes over by itself",
		);
		expect(explain(service({ policy: "Available" }))).toContain(
			"Promoted. The hub",
		);
		expect(explain(service({ policy: "Manual" }))).toContain(
			"Needs a person. A person decides: kubectl twin failover web -n shop",
		);
	});

	it("does not promise what could not happen", () => {
		for (const policy of ["Exclusive", "Available", "Manual"] as const)
			expect(explain(service({ policy, conditions: alone }))).toContain(
				"Stays down. south could not take over now: south is lost.",
			);
	});

	it("says how it came there, and how it goes home", () => {
		const away = service({
			status: { activeCluster: "south", standbyCluster: "north" },
		});
		expect(explain(away)).toContain("kubectl twin failback web -n shop");
	});
});

describe("words", () => {
	it.each([
		["2026-03-01T11:59:30Z", "30s"],
		["2026-03-01T11:58:01Z", "119s"],
		["2026-03-01T11:55:30Z", "4m30s"],
		["2026-03-01T11:15:30Z", "44m"],
		["2026-03-01T07:10:00Z", "4h50m"],
		["2026-02-20T12:00:00Z", "9d"],
		["2026-03-01T12:00:09Z", "0s"],
		[undefined, "<unknown>"],
		["nonsense", "<unknown>"],
	])("%s is %s ago", (from, expected) => {
		expect(age(from, NOW)).toBe(expected);
	});

	it("pads columns by what is seen, not by colour", () => {
		const paint = (text: string) => `<${text}>`;
		expect(
			table(
				["A", "B"],
				[
					[{ text: "x", paint }, "y"],
					["long", "z"],
				],
			),
		).toEqual(["A      B", "<x>      y", "long   z"]);
	});

	it("wraps without losing a word", () => {
		const text = "one two three four five six";
		const lines = wrap(text, "  ", 12);
		expect(lines.every((it) => it.length <= 12)).toBe(true);
		expect(lines.map((it) => it.trim()).join(" ")).toBe(text);
	});
});
