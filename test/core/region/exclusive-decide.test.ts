/** What becomes of an Exclusive side besides its role. */
import { describe, expect, it } from "vitest";
import { decide, nextStep } from "../../../src/core/region/decide.ts";
import { isWithheld } from "../../../src/core/region/exclusive/hold.ts";
import { statusPatch } from "../../../src/core/region/status-patch.ts";
import {
	active,
	exclusive,
	gone,
	grant,
	NORMAL,
	NOTHING,
	said,
	taken,
} from "./exclusive-fixture.ts";
import { livesOf, observe, seenAt } from "./fixture.ts";

describe("without grants, and with another policy", () => {
	it.each(["Exclusive", "Available", "Manual"])(
		"%s follows the wish",
		(policy) => {
			const view = exclusive({
				spec: { policy, wish: { to: "east", ifEpoch: 0 } },
			});
			const bound =
				policy === "Exclusive" ? undefined : grant({ authority: NOTHING });
			expect(said(nextStep(view, bound))).toBe("Active 1");
			expect(
				decide(observe(view, bound ? { grant: bound } : {})).role,
			).toMatchObject({ role: "Active" });
		},
	);
});

describe("a role by grants", () => {
	it("is recorded alone, and forgets what belonged to the old one", () => {
		const peer = { uid: "twin-uid", epoch: 6 };
		const status = {
			role: "Standby" as const,
			epoch: 4,
			podsGoneEpoch: 4,
			offeredTo: "t/1",
			peer,
		};
		const seen = {
			...seenAt({}, { spec: { policy: "Exclusive" } }),
			side: exclusive({ status }),
			grant: grant({ authority: { ...NOTHING, fresh: true, sole: true } }),
		};
		const decision = decide(seen);
		expect(decision.needsFresh).toBe(true);
		const patch =
			decision.status && statusPatch(seen.side.status, decision.status, "now");
		expect(patch?.status).toMatchObject({
			role: "Active",
			epoch: 5,
			offeredTo: null,
			podsGoneEpoch: null,
		});
		expect(patch?.status).not.toHaveProperty("peer");
	});

	it("of a deleted side is recorded before it is let go", () => {
		const view = exclusive({ ...active(), ...gone });
		const first = decide(observe(view, { grant: grant(taken()) }));
		expect(first).toMatchObject({
			role: { role: "Standby" },
			returned: "lease/1",
			needsFresh: true,
		});
		expect(first.deletion).toBeUndefined();
		const next = decide(
			observe(view, { grant: grant({ ...taken(), returned: "lease/1" }) }),
		);
		expect(next.deletion).toMatchObject({ do: "finalizers" });
	});
});

describe("rule 18: without proof", () => {
	const view = exclusive({ status: { role: "Active", epoch: 3 } });
	const seen = observe(view, {
		grant: grant({ authority: NOTHING, unprovenForMs: 5_000 }),
	});
	const [write] = decide(seen).writes;
	if (!write) throw new Error("no write");

	it("an active side starts nothing", () => {
		expect(isWithheld(write, view, NOTHING)).toBe(true);
		expect(isWithheld(write, view, NORMAL)).toBe(false);
		expect(isWithheld(write, view, undefined)).toBe(false);
		expect(isWithheld(write, exclusive(), NOTHING)).toBe(false);
		expect(isWithheld(write, { ...view, policy: "Manual" }, NOTHING)).toBe(
			false,
		);
		expect(
			isWithheld(
				{ ...write, resource: { ...write.resource, kind: "Secret" } },
				view,
				NOTHING,
			),
		).toBe(false);
	});

	it("scales nothing down, and says what is wrong", () => {
		const running = observe(view, { ...seen, lives: livesOf(view) });
		const decision = decide(running);
		expect(decision.role).toBeUndefined();
		expect(decision.writes).toEqual([]);
		const ready = (unprovenForMs: number) =>
			decide({
				...running,
				grant: grant({ authority: NOTHING, unprovenForMs }),
			}).status?.findings.find((it) => it.type === "Ready")?.reason;
		expect(ready(5_000)).toBe("NoProof");
		expect(ready(4_999)).not.toBe("NoProof");
	});
});
