/** What the seeds of each `npm test` contain: no kind of fault or act is left out. */
import { describe, expect, it } from "vitest";
import { seeded } from "../../clusters/embedded/seed.ts";
import * as act from "./act.ts";
import * as fault from "./fault.ts";
import { grantPlanFrom } from "./run.ts";
import { web } from "./stage.ts";

const SEEDS = 1_000;
const LEAST = 20;

/** Without the parts that differ from seed to seed. */
const kindOf = (name: string): string =>
	name
		.replace(/^(north|south): |^(hub|agent)-\S+ (to \w+ )?/, "")
		.replace(/svc\d+|north|south|late/g, "…")
		.replace(/\d+/g, "N");

const plans = Array.from({ length: SEEDS }, (_, at) => grantPlanFrom(at + 1));
const counted = (names: readonly string[]): Map<string, number> => {
	const counts = new Map<string, number>();
	for (const it of names.map(kindOf)) counts.set(it, (counts.get(it) ?? 0) + 1);
	return counts;
};

describe("the seeds contain often enough", () => {
	const faults = counted(plans.flatMap((it) => it.faults.map((f) => f.name)));
	const acts = counted(plans.flatMap((it) => it.acts.map((a) => a.name)));

	it.each(fault.MAKERS.map((make) => kindOf(make(seeded(1)).name)))(
		"the fault: %s",
		(kind) => {
			expect(faults.get(kind) ?? 0).toBeGreaterThan(LEAST);
		},
	);

	it.each(act.MAKERS.map((make) => kindOf(make(seeded(1), [web]).name)))(
		"the act: %s",
		(kind) => {
			expect(acts.get(kind.replace("web", "…")) ?? 0).toBeGreaterThan(LEAST);
		},
	);
});
