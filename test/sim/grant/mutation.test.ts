/**
 * Proves that the simulation of grants is worth its name: the machine comes
 * clean through each of these courses of events, and with one rule taken away
 * it does not.
 */
import { describe, expect, it, vi } from "vitest";
import type * as Answered from "../../../src/core/region/grant/answered.ts";
import type * as Clocks from "../../../src/core/region/grant/instant.ts";
import type * as Lane from "../../../src/core/region/grant/lane.ts";
import type * as Proof from "../../../src/core/region/grant/proof.ts";
import type * as Takeover from "../../../src/core/region/grant/takeover.ts";
import * as story from "./story.ts";

const mutation = vi.hoisted(() => ({ on: "" }));

vi.mock(
	"../../../src/core/region/grant/instant.ts",
	async (original): Promise<typeof Clocks> => {
		const real = await original<typeof Clocks>();
		return {
			...real,
			heldMs: (from, now) =>
				mutation.on === "a clock that does not count suspend"
					? now.monotonicMs - from.monotonicMs
					: real.heldMs(from, now),
			jumped: (before, now) =>
				mutation.on !== "jumps of the clock are ignored" &&
				mutation.on !== "a clock that does not count suspend" &&
				real.jumped(before, now),
		};
	},
);

vi.mock(
	"../../../src/core/region/grant/proof.ts",
	async (original): Promise<typeof Proof> => {
		const real = await original<typeof Proof>();
		return {
			...real,
			trusting: (proof, uid, fresh) =>
				real.trusting(proof, uid, fresh || mutation.on === "no trust"),
		};
	},
);

vi.mock(
	"../../../src/core/region/grant/takeover.ts",
	async (original): Promise<typeof Takeover> => {
		const real = await original<typeof Takeover>();
		const takeable: typeof real.takeable = (observed, peer, timing, now) => {
			const { own, hub } = observed;
			const { on } = mutation;
			const only =
				on === "takeover at the hub only"
					? { own: own && hub && { ...hub, lease: own.lease }, hub }
					: on === "takeover at the own API server only"
						? { own, hub: own && hub && { ...own, lease: hub.lease } }
						: observed;
			return real.takeable(only, peer, timing, now);
		};
		return { ...real, takeable };
	},
);

vi.mock(
	"../../../src/core/region/grant/lane.ts",
	async (original): Promise<typeof Lane> => {
		const real = await original<typeof Lane>();
		const next: typeof real.next = (grant, spot, now) => {
			const action = real.next(grant, spot, now);
			const { on } = mutation;
			// Whatever stands there now, instead of what was observed.
			const seen = grant.seen[spot];
			if (
				action?.kind === "swap" &&
				action.why === "commit" &&
				on === "takeover at the hub only" &&
				seen.kind === "lease"
			)
				return { ...action, from: seen.lease };
			const { own } = grant.observed;
			if (
				action?.kind === "create" &&
				action.spot === "peerAtHub" &&
				on === "NotFound at the hub counts for takeover" &&
				own &&
				own.latest.bootMs - own.since.bootMs >= grant.timing.lossMs
			)
				return { ...action, region: grant.region };
			return action;
		};
		return { ...real, next };
	},
);

vi.mock(
	"../../../src/core/region/grant/answered.ts",
	async (original): Promise<typeof Answered> => {
		const real = await original<typeof Answered>();
		const { confirmed, trusting } = await import(
			"../../../src/core/region/grant/proof.ts"
		);
		const answered: typeof real.answered = (before, action, outcome, times) => {
			const { sent, received } = times;
			const { on } = mutation;
			if (
				on === "renewals counted from the acknowledgement" &&
				action.kind === "swap"
			)
				return real.answered(before, action, outcome, {
					sent: received,
					received,
				});
			const after = real.answered(before, action, outcome, times);
			const made = action.kind === "create" && outcome.kind === "lease";
			if (
				on === "a lease created at a wiped hub counts" &&
				made &&
				action.spot === "atHub"
			)
				return {
					...after,
					proof: confirmed(
						trusting(after.proof, outcome.lease.uid, true),
						"hub",
						sent,
					),
				};
			if (
				on === "NotFound at the hub counts for takeover" &&
				made &&
				action.region === before.region &&
				action.spot === "peerAtHub" &&
				before.observed.own
			)
				return {
					...after,
					takeover: { step: 2, own: before.observed.own.lease },
				};
			if (
				on === "observation not restarted when fresh" &&
				!after.observed.own &&
				!after.observed.hub
			)
				return { ...after, observed: before.observed };
			return after;
		};
		return { ...real, answered };
	},
);

/** Tries until a mutation is found, and tries that the machine itself must come clean through. */
const SEEDS = 10;
const CLEAN = 4;

async function violating(it: story.Story, on: string): Promise<number> {
	mutation.on = on;
	for (let seed = 1; seed <= (on ? SEEDS : CLEAN); seed++)
		if ((await it(seed)).length > 0) return seed;
	return 0;
}

describe("mutations of the grant machine", () => {
	it.each<readonly [string, story.Story]>([
		["renewals counted from the acknowledgement", story.lateAnswers],
		["no trust", story.wipedAfterTakeover],
		["a lease created at a wiped hub counts", story.wipedAfterTakeover],
		["takeover at the hub only", story.southCutFromHub],
		["takeover at the own API server only", story.southCutFromNorth],
		["NotFound at the hub counts for takeover", story.wipedWithoutLink],
		["observation not restarted when fresh", story.lateReturn],
		["a clock that does not count suspend", story.suspended],
		["jumps of the clock are ignored", story.saved],
	])("%s: found, and only then", async (on, course) => {
		expect(await violating(course, on)).toBeGreaterThan(0);
		expect(await violating(course, "")).toBe(0);
	});

	it.each([
		["no F in D_p", 6.11],
		["D_p below D_h", 4],
	])("%s: found", async (_, lossSeconds) => {
		expect(await violating(story.withLoss(lossSeconds), "")).toBeGreaterThan(0);
		expect(await violating(story.withLoss(11.21), "")).toBe(0);
	});
});
