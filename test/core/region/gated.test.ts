/** Pods of an Exclusive side: gone, held at their gate, or without one. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/region/decide.ts";
import {
	hasGate,
	isGatedJob,
} from "../../../src/core/region/exclusive/gated.ts";
import type { GrantView } from "../../../src/core/region/exclusive/view.ts";
import type { Observation } from "../../../src/core/region/observation.ts";
import type { SideStatus } from "../../../src/core/region/side.ts";
import { grant, NOTHING } from "./exclusive-fixture.ts";
import { type SideSpec, seenAt } from "./fixture.ts";

const WARM = { standby: { mode: "Warm", replicas: 1 } };

function seen(
	status: Partial<SideStatus>,
	it: Partial<GrantView> = {},
	{ spec, ...more }: SideSpec = {},
	found: Partial<Observation> = {},
): Observation {
	const exclusive = { ...more, spec: { policy: "Exclusive", ...spec } };
	const replicas = spec && "standby" in spec ? { replicas: 1, pods: 1 } : {};
	return {
		...seenAt({ hash: "h1", ...status }, exclusive, replicas),
		grant: grant(it),
		...found,
	};
}

describe("pods gone (rule 14)", () => {
	const standby = { role: "Standby", epoch: 2 } as const;
	const told = (
		standbyForMs: number,
		found: Partial<Observation>,
		spec: object = {},
	) =>
		decide(seen(standby, { standbyForMs }, { spec: { ...spec } }, found)).status
			?.podsGoneEpoch;
	const none = { pods: 0 };

	it("is told after F + 1.1 R + t_req and an empty list, not by one of them", () => {
		expect(told(7_100, none)).toBe(2);
		expect(told(7_099, none)).toBeUndefined();
		expect(told(60_000, { pods: 1 })).toBeUndefined();
		expect(told(60_000, {})).toBeUndefined();
	});

	it("counts no pods before, and comes back for it", () => {
		const early = decide(seen(standby, { standbyForMs: 100 }));
		expect(early).toMatchObject({ count: false, afterMs: 7_000 });
		const due = decide(seen(standby, { standbyForMs: 7_100 }));
		expect(due.count).toBe(true);
		expect(due.afterMs).toBeUndefined();
	});

	it("is the same for a warm side: held pods are not counted (held.ts)", () => {
		expect(told(7_100, none, WARM)).toBe(2);
		expect(told(7_100, { pods: 1 }, WARM)).toBeUndefined();
		expect(told(7_099, none, WARM)).toBeUndefined();
	});

	it("begins to count anew with the change of role", () => {
		const wish = { spec: { wish: { to: "west", ifEpoch: 2 } } };
		const authority = { ...NOTHING, taken: "lease/1" };
		const active = { role: "Active", epoch: 2 } as const;
		expect(decide(seen(active, { authority }, wish)).afterMs).toBe(7_100);
	});
});

describe("every pod has a gate (rule 22)", () => {
	const active = { role: "Active", epoch: 2 } as const;
	const conditions = (status: "True" | "False") => [
		{
			type: "Gated",
			status,
			reason: "Gated",
			message: "",
			lastTransitionTime: "",
		},
	];
	const told = (it: Observation) => {
		const found = decide(it).status?.findings.find((f) => f.type === "Gated");
		return found && `${found.status} ${found.reason}`;
	};
	const clean = (gatedForMs: number) =>
		seen(active, { gatedForMs }, {}, { ungated: 0 });

	it("is told F after the first clean list, by a clean list", () => {
		expect(told(seen(active))).toBe("False Gating");
		expect(told(seen(active, {}, {}, { ungated: 1 }))).toBe("False Gating");
		expect(told(clean(4_999))).toBe("False Gating");
		expect(told(clean(5_000))).toBe("True Gated");
		expect(told(seen(active, { gatedForMs: 5_000 }))).toBe("False Gating");
		expect(decide(clean(4_000)).afterMs).toBe(1_000);
	});

	it("asks for a list only where it may say something", () => {
		expect(decide(seen(active)).checkGates).toBe(true);
		const done = { ...active, conditions: conditions("True") };
		expect(decide(seen(done)).checkGates).toBe(false);
		expect(told(seen(done))).toBe("True Gated");
		const rolling = seen(active);
		const lives = [...rolling.lives].map(
			([id, it]) => [id, { ...it, observed: false }] as const,
		);
		expect(decide({ ...rolling, lives: new Map(lives) }).checkGates).toBe(
			false,
		);
		expect(
			decide(
				seen({ ...active, hash: "h0", epoch: 3 }, {}, {}, { lives: new Map() }),
			).checkGates,
		).toBe(false);
		expect(decide(seen({ role: "Standby", epoch: 2 })).checkGates).toBe(false);
	});

	it("is said at the start of a side that had no pods", () => {
		const authority = { ...NOTHING, fresh: true, sole: true };
		const standby = { role: "Standby", epoch: 2 } as const;
		expect(told(seen({ ...standby, podsGoneEpoch: 2 }, { authority }))).toBe(
			"True Gated",
		);
		expect(told(seen(standby, { authority }))).toBe("False Gating");
	});

	it("is never said with the gate None, nor where no grant binds the side", () => {
		const none = { spec: { gate: "None" } };
		expect(told(seen(active, {}, none, { ungated: 0 }))).toBe("False GateNone");
		expect(decide(seen(active, {}, none)).checkGates).toBe(false);
		expect(
			told(seen(active, {}, { spec: { policy: "Manual" } })),
		).toBeUndefined();
		const { grant: _, ...free } = seen(active);
		expect(told(free)).toBeUndefined();
	});
});

describe("a pod", () => {
	it("has a gate, or its Job does", () => {
		expect(
			hasGate({ initContainers: [{ name: "other" }, { name: "twin-gate" }] }),
		).toBe(true);
		expect(hasGate({})).toBe(false);
		const job = (spec: object) => ({
			apiVersion: "batch/v1",
			kind: "Job",
			metadata: {},
			spec: { template: { spec } },
		});
		expect(isGatedJob(job({ initContainers: [{ name: "twin-gate" }] }))).toBe(
			true,
		);
		expect(isGatedJob(job({}))).toBe(false);
	});
});
