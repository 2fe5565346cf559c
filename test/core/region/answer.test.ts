import { describe, expect, it } from "vitest";
import { answerGate } from "../../../src/core/region/answer.ts";
import { side } from "./fixture.ts";

const standing = (role: "Active" | "Standby", remainingMs: number) => ({
	side: (key: string) =>
		key === "apps/shop" ? side({ status: { role, epoch: 3 } }) : undefined,
	remainingMs: () => remainingMs,
});

describe("a gate's question", () => {
	it.each([
		["/v1/gate/apps/shop", "Active", 1, 200, "yes"],
		["/v1/gate/apps/shop", "Active", 0, 403, "no NotFresh"],
		["/v1/gate/apps/shop", "Active", -5_000, 403, "no NotFresh"],
		["/v1/gate/apps/shop", "Active", Number.NaN, 403, "no NotFresh"],
		["/v1/gate/apps/shop", "Standby", 9_000, 403, "no Standby"],
		["/v1/gate/apps/other", "Active", 9_000, 403, "no Unknown"],
		["/v1/gate/apps/shop/", "Active", 9_000, 403, "no Unknown"],
		["/v1/gate/apps/shop?x=1", "Active", 9_000, 403, "no Unknown"],
		["/v1/gate/", "Active", 9_000, 403, "no Unknown"],
		["/v1/gate/__proto__", "Active", 9_000, 403, "no Unknown"],
		["/", "Active", 9_000, 404, "no such path"],
		["", "Active", 9_000, 404, "no such path"],
		["*", "Active", 9_000, 404, "no such path"],
	] as const)("%s, %s, %i ms left: %i", (path, role, left, status, body) => {
		expect(answerGate(path, standing(role, left))).toEqual({ status, body });
	});

	it("is answered from that very moment", () => {
		let remaining = 5;
		const now = { ...standing("Active", 0), remainingMs: () => remaining-- };
		const said = Array.from(
			{ length: 7 },
			() => answerGate("/v1/gate/apps/shop", now).status,
		);
		expect(said).toEqual([200, 200, 200, 200, 200, 403, 403]);
	});
});
