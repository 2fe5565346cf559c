import { describe, expect, it } from "vitest";
import { REASONS } from "../../../src/api/reason.ts";
import { decide } from "../../../src/core/region/decide.ts";
import type { Observation } from "../../../src/core/region/observation.ts";
import type { SideStatus, SideView } from "../../../src/core/region/side.ts";
import { statusPatch } from "../../../src/core/region/status-patch.ts";
import {
	configMap,
	deployment,
	livesOf,
	observe,
	seenAt,
	side,
} from "./fixture.ts";

const objects = [configMap(), deployment("web", 2)];
const applied = { hash: "h1" };
const told = (seen: Observation): string[] =>
	(decide(seen).status?.findings ?? []).map(
		(it) => `${it.type} ${it.status} ${it.reason}`,
	);
const refusal = new Map([
	["ConfigMap/settings", { reason: "Refused" as const, message: "no" }],
]);

describe("the conditions of a side", () => {
	const rows: [what: string, seen: Observation, conditions: string[]][] = [
		[
			"serving",
			seenAt({ role: "Active", epoch: 1, ...applied }, {}, { ready: 2 }),
			[
				"Applied True Applied",
				"Ready True Serving",
				"Stalled False NotStalled",
			],
		],
		[
			"starting",
			seenAt({ role: "Active", epoch: 1, ...applied }, {}, { ready: 1 }),
			[
				"Applied True Applied",
				"Ready False Progressing",
				"Stalled False NotStalled",
			],
		],
		[
			"standing by",
			seenAt({ role: "Standby", epoch: 2, podsGoneEpoch: 2, ...applied }),
			[
				"Applied True Applied",
				"Ready True StandingBy",
				"Stalled False NotStalled",
			],
		],
		[
			"stopping",
			seenAt({ role: "Standby", epoch: 2, podsGoneEpoch: 0, ...applied }),
			[
				"Applied True Applied",
				"Ready False Stopping",
				"Stalled False NotStalled",
			],
		],
		[
			"hot, and not warm yet",
			seenAt(
				{ role: "Standby", epoch: 2, podsGoneEpoch: 2, ...applied },
				{ spec: { standby: { mode: "Hot", replicas: 1 } } },
			),
			[
				"Applied True Applied",
				"Ready False Progressing",
				"Stalled False NotStalled",
			],
		],
		[
			"new",
			observe(side({ objects })),
			[
				"Applied False Applying",
				"Ready False Stopping",
				"Stalled False NotStalled",
			],
		],
		[
			"serving on with a refused object",
			{
				...seenAt({ role: "Active", epoch: 1, ...applied }, {}, { ready: 2 }),
				lives: new Map(
					[...livesOf(side({ objects, status: { role: "Active", epoch: 1 } }))]
						.filter(([id]) => id.startsWith("Deployment"))
						.map(([id, it]) => [id, { ...it, ready: 2 }]),
				),
				said: refusal,
			},
			["Applied False Refused", "Ready True Serving", "Stalled True Refused"],
		],
		[
			"standby with a refused object cannot be relied on",
			observe(
				side({ objects, status: { epoch: 2, podsGoneEpoch: 2, ...applied } }),
				{ said: refusal },
			),
			[
				"Applied False Refused",
				"Ready False NotApplied",
				"Stalled True Refused",
			],
		],
		[
			"suspended, and in step",
			seenAt(
				{ role: "Active", epoch: 1, ...applied },
				{ spec: { suspend: true } },
				{ ready: 2 },
			),
			[
				"Applied True Suspended",
				"Ready True Serving",
				"Stalled False NotStalled",
			],
		],
		[
			"suspended, and behind",
			seenAt(
				{ role: "Active", epoch: 1, hash: "h0" },
				{ spec: { suspend: true } },
				{ ready: 2 },
			),
			[
				"Applied False Suspended",
				"Ready True Serving",
				"Stalled False NotStalled",
			],
		],
		[
			"in the wrong region",
			observe(side({ objects, spec: { region: "west", twin: "east" } })),
			[
				"Applied False WrongRegion",
				"Ready False Stopping",
				"Stalled True WrongRegion",
			],
		],
		[
			"asked to take over an Exclusive service",
			seenAt(
				{ role: "Standby", epoch: 2, podsGoneEpoch: 2, ...applied },
				{
					spec: {
						policy: "Exclusive",
						wish: { to: "east", ifEpoch: 2, supersedes: "u/1" },
					},
				},
			),
			[
				"Applied True Applied",
				"Ready True StandingBy",
				"Stalled True SupersedesRefused",
			],
		],
	];
	it.each(rows)("%s", (_, seen, conditions) => {
		expect(told(seen)).toEqual(conditions);
	});

	it("have reasons of the closed list, on conditions that may have them", () => {
		for (const [, seen] of rows) {
			for (const { type, reason } of decide(seen).status?.findings ?? []) {
				const entry = Object.entries(REASONS).find(([it]) => it === reason);
				expect(entry?.[1].on, `${reason} on ${type}`).toContain(type);
			}
		}
	});
});

describe("the hash in the status", () => {
	const hash = (seen: Observation) => decide(seen).status?.hash;
	it("moves when everything is applied, and not before", () => {
		const newer = { spec: { hash: "h2" } };
		const status = { role: "Active", epoch: 1, hash: "h1" } as const;
		expect(hash(seenAt(status, newer))).toBe("h2");
		expect(hash(seenAt(status, newer, { applied: "old" }))).toBe("h1");
		expect(hash(seenAt(status, { spec: { hash: "h2", suspend: true } }))).toBe(
			"h1",
		);
	});
});

describe("the patch of a status", () => {
	const seen = seenAt(
		{ role: "Active", epoch: 1, ...applied },
		{},
		{ ready: 2 },
	);
	const patched = (before: SideView, now: Observation) => {
		const { status } = decide({ ...now, side: before });
		return status && statusPatch(before.status, status, "later");
	};
	const settled = (from: Observation): SideView => {
		const patch = patched(from.side, from);
		return {
			...from.side,
			status: { ...from.side.status, ...patch?.status } as SideStatus,
		};
	};

	it("is nothing when nothing is new", () => {
		expect(patched(settled(seen), seen)).toBeUndefined();
	});

	it.each([
		["waits when only counts changed", 0, 1, false],
		["does not wait when a condition turned", 1, 2, true],
	])("%s", (_, before, now, urgent) => {
		const starting = { role: "Active", epoch: 1, ...applied } as const;
		const first = settled(seenAt(starting, {}, { ready: before }));
		const next = seenAt(starting, {}, { ready: now });
		expect(patched(first, next)?.urgent).toBe(urgent);
	});
});
