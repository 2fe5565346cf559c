import { describe, expect, it } from "vitest";
import { PROFILES } from "../../../../src/core/profile.ts";
import {
	parseLease,
	swapOf,
	takingOf,
} from "../../../../src/core/region/grant/lease.ts";
import { timingFault } from "../../../../src/core/region/grant/timing.ts";
import { lease, object, parsed } from "./fixture.ts";

describe("a Lease from outside", () => {
	it.each([
		["no uid", { uid: undefined }],
		["no version", { resourceVersion: "" }],
		["a number as uid", { uid: 7 }],
	])("is nothing with %s", (_, more) => {
		expect(parseLease(object(more))).toBeUndefined();
	});

	it.each([
		["a list as holder", { holderIdentity: ["north"] }, { holder: "" }],
		["no spec to speak of", { holderIdentity: undefined }, { holder: "" }],
		["a negative count", { leaseTransitions: -1 }, { transitions: 0 }],
		["half a transition", { leaseTransitions: 0.5 }, { transitions: 0 }],
	])("gets harmless defaults for %s", (_, spec, expected) => {
		expect(parsed(object({}, spec))).toMatchObject(expected);
	});

	it("is ready only when it says exactly that", () => {
		const ready = (value: unknown) =>
			parsed(object({ annotations: { "twin-operator.dev/ready": value } }))
				.ready;
		expect([ready("true"), ready("yes"), ready(true), ready("")]).toEqual([
			true,
			false,
			false,
			false,
		]);
	});
});

describe("a swap", () => {
	it("names the version it starts from, and counts a change of the holder", () => {
		const from = lease({ transitions: 4 });
		expect(swapOf(from, { holder: "north", ready: false }, "T")).toEqual({
			metadata: {
				uid: "u",
				resourceVersion: "1",
				annotations: { "twin-operator.dev/ready": null },
			},
			spec: { renewTime: "T", holderIdentity: "north", leaseTransitions: 5 },
		});
	});

	it("counts no renewal, and bears the largest count", () => {
		expect(swapOf(lease(), { holder: "south" }, "T")).toMatchObject({
			spec: { renewTime: "T", holderIdentity: "south" },
		});
		const last = lease({ transitions: 2 ** 31 - 1 });
		expect(swapOf(last, { holder: "north" }, "T")).toMatchObject({
			spec: { leaseTransitions: 0 },
		});
		expect(takingOf(last)).toBe("u/2147483647");
	});
});

describe("the figures", () => {
	it.each(Object.entries(PROFILES))("of %s hold", (_, profile) => {
		expect(timingFault(profile)).toBeUndefined();
	});

	const { Fast } = PROFILES;
	it.each([
		["D_p a little short", { lossSeconds: 11.2 }, "11.21 s"],
		["a longer F", { fenceSeconds: 6 }, "12.23 s"],
		["D_h too short to live", { holdSeconds: 3.2 }, "3.3 s"],
		["requests longer than R", { requestSeconds: 2 }, "1 s or less"],
		["nonsense", { periodSeconds: Number.NaN }, "above 0"],
	])("are refused: %s", (_, more, words) => {
		expect(timingFault({ ...Fast, ...more })).toContain(words);
	});
});
