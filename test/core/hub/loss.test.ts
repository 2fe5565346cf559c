import { describe, expect, it } from "vitest";
import {
	anew,
	type Health,
	isIsolated,
	isSilent,
	type Outcome,
	observe,
	type Timing,
	UNOBSERVED,
} from "../../../src/core/hub/loss.ts";
import { ALIVE, LOST } from "./fixture.ts";

const TIMING: Timing = { periodMs: 1_000, requestMs: 1_000, lossMs: 11_200 };

const outcome = (kind: Outcome["kind"]): Outcome =>
	kind === "alive" ? { kind } : { kind, message: kind };

/** Probes of one kind each, a second apart; silence takes its deadline. */
function run(
	kinds: readonly Outcome["kind"][],
	from: Health = UNOBSERVED,
	startMs = 0,
): Health {
	let health = from;
	let atMs = startMs;
	for (const kind of kinds) {
		const tookMs = kind === "silent" ? TIMING.requestMs : 10;
		health = observe(
			health,
			{ sentMs: atMs, receivedMs: atMs + tookMs, outcome: outcome(kind) },
			TIMING,
		);
		atMs += TIMING.periodMs;
	}
	return health;
}

const times = (kind: Outcome["kind"], n: number): Outcome["kind"][] =>
	Array.from({ length: n }, () => kind);

describe("the health of a region", () => {
	it.each<[string, Outcome["kind"][], string, string | undefined]>([
		["one answer", ["alive"], "Alive", undefined],
		["one miss", ["alive", "silent"], "Silent", "Unreachable"],
		["silent, and D not over", times("silent", 11), "Silent", "Unreachable"],
		["silent throughout D", times("silent", 12), "Lost", "Unreachable"],
		["5xx throughout D", times("unhealthy", 13), "Lost", "Unhealthy"],
		["nonsense throughout D", times("nonsense", 13), "Lost", "Nonsense"],
		[
			"5xx and silence throughout D",
			[...times("unhealthy", 6), ...times("silent", 7)],
			"Lost",
			"Unreachable",
		],
		[
			"one answer in between begins anew",
			[...times("silent", 11), "alive", ...times("silent", 11)],
			"Silent",
			"Unreachable",
		],
		["401 and 403 prove life", ["denied"], "CredentialsInvalid", undefined],
		[
			"and begin anew",
			[...times("silent", 11), "denied", "silent"],
			"Silent",
			"Unreachable",
		],
		["lost, and back", [...times("silent", 12), "alive"], "Alive", undefined],
	])("%s", (_, kinds, kind, reason) => {
		const health = run(kinds);
		expect(health.kind).toBe(kind);
		expect("reason" in health ? health.reason : undefined).toBe(reason);
	});

	it("is not concluded from a pause of the hub: a probe that took long proves nothing", () => {
		const health = observe(
			run(["alive", "silent"]),
			{ sentMs: 2_000, receivedMs: 60_000, outcome: outcome("silent") },
			TIMING,
		);
		expect(health.kind).toBe("Silent");
	});

	it("nor from a gap between probes", () => {
		const health = run(["silent"], run(["alive", "silent"]), 60_000);
		expect(health.kind).toBe("Silent");
	});

	it("stays lost through a pause of the hub", () => {
		expect(run(["silent"], run(times("silent", 12)), 90_000).kind).toBe("Lost");
	});

	it("keeps its words while it lasts", () => {
		const first = run(["silent"]);
		const next = observe(
			first,
			{
				sentMs: 1_000,
				receivedMs: 2_000,
				outcome: { kind: "silent", message: "other words" },
			},
			TIMING,
		);
		expect("message" in next && next.message).toBe("silent");
	});

	it("counts one miss as weather", () => {
		expect(isSilent(run(["alive", "silent"]))).toBe(false);
		expect(isSilent(run(["alive", "silent", "silent"]))).toBe(true);
	});
});

describe("isolation", () => {
	const SILENT = run(["silent", "silent"]);
	const BROKEN = run(times("unhealthy", 13));
	it.each<[string, Health, Health[], boolean]>([
		["all is well", ALIVE, [ALIVE, ALIVE], false],
		["one region lost", ALIVE, [LOST, ALIVE], false],
		["both silent", ALIVE, [SILENT, SILENT], true],
		["one lost, the other silent", ALIVE, [LOST, SILENT], true],
		["both answer 5xx: the network is there", ALIVE, [BROKEN, BROKEN], false],
		["the hub's own API server silent", SILENT, [ALIVE, ALIVE], true],
		["the hub's own API server broken", BROKEN, [ALIVE, LOST], true],
		["one region only", ALIVE, [SILENT], false],
		["nothing observed yet", UNOBSERVED, [UNOBSERVED, UNOBSERVED], false],
	])("%s: %#", (_, hub, regions, isolated) => {
		expect(isIsolated(hub, regions)).toBe(isolated);
	});

	it("makes every observation begin anew", () => {
		expect(anew(LOST)).toEqual(UNOBSERVED);
		expect(anew(SILENT)).toEqual(UNOBSERVED);
		expect(anew(ALIVE)).toEqual(ALIVE);
	});
});
