/** What a TwinService says of itself, for what is seen. */
import { describe, expect, it } from "vitest";
import type { TwinServiceStatus } from "../../../src/api/types.ts";
import { decide } from "../../../src/core/hub/decide.ts";
import { newsOf } from "../../../src/core/hub/rollup.ts";
import {
	LOST,
	lostWith,
	region,
	type Scene,
	SILENT,
	scene,
	service,
	side,
	WALL,
} from "./fixture.ts";

const statusOf = (row: Scene): TwinServiceStatus => decide(scene(row)).status;

/** `True Serving` by type. */
function conditions(row: Scene): Record<string, string> {
	return Object.fromEntries(
		(statusOf(row).conditions ?? []).map((it) => [
			it.type,
			`${it.status} ${it.reason}`,
		]),
	);
}

const available = service();
const unknownSouth = { side: { kind: "unknown" } as const };
const absent = { side: { kind: "absent" } as const };

describe("conditions", () => {
	it.each<[string, Scene, Record<string, string>]>([
		[
			"all is well",
			{},
			{
				Ready: "True Serving",
				Reconciling: "False Settled",
				Stalled: "False NotStalled",
				Available: "True Serving",
				Redundant: "True StandingBy",
				Synced: "True Applied",
			},
		],
		[
			"new: the first status, at once",
			{ northRegion: absent, southRegion: absent },
			{
				Ready: "False Placing",
				Reconciling: "True Placing",
				Stalled: "False NotStalled",
				Available: "False Placing",
				Redundant: "False Placing",
				Synced: "False Placing",
			},
		],
		[
			"not all pods ready",
			{ north: { ready: 1, conditions: [] } },
			{
				Ready: "False Progressing",
				Reconciling: "True Progressing",
				Available: "True Serving",
			},
		],
		[
			"no pod ready",
			{ north: { ready: 0, conditions: [] } },
			{ Ready: "False Progressing", Available: "False Progressing" },
		],
		[
			"new manifests on their way",
			{ southSide: { hash: "old" } },
			{
				Ready: "False Applying",
				Reconciling: "True Applying",
				Available: "True Serving",
				Synced: "False Applying",
				Redundant: "True StandingBy",
			},
		],
		[
			"the active region is silent, not lost",
			{
				northRegion: {
					health: SILENT,
					side: {
						kind: "unknown",
						last: side(available, "north", { role: "Active", epoch: 1 }),
					},
				},
			},
			{
				Ready: "Unknown Unreachable",
				Available: "Unknown Unreachable",
				Stalled: "False NotStalled",
				Reconciling: "True Unreachable",
			},
		],
		[
			"the standby region is lost",
			{ southRegion: { health: LOST, ...unknownSouth } },
			{
				Ready: "False Unreachable",
				Available: "True Serving",
				Redundant: "False Unreachable",
				Synced: "Unknown Unreachable",
			},
		],
		[
			"Exclusive, without grants",
			{ service: service({ promotion: { policy: "Exclusive" } }) },
			{ Ready: "True Serving", Redundant: "False NoFencing" },
		],
		[
			"Manual, and the active region is lost",
			{
				service: service({ promotion: { policy: "Manual" } }),
				northRegion: lostWith(
					side(available, "north", { role: "Active", epoch: 1 }),
				),
			},
			{
				Ready: "False PromotionNeeded",
				Stalled: "True PromotionNeeded",
				Reconciling: "False Settled",
				PromotionNeeded: "True PromotionNeeded",
				Available: "Unknown Unreachable",
				Redundant: "True StandingBy",
			},
		],
		[
			"isolated",
			{ over: { isolated: true } },
			{
				Ready: "Unknown HubIsolated",
				Reconciling: "True HubIsolated",
				Redundant: "Unknown HubIsolated",
				Stalled: "False NotStalled",
			},
		],
		[
			"suspended, and behind",
			{
				service: service({ suspend: true }),
				northSide: { hash: "old" },
			},
			{ Synced: "False Suspended", Reconciling: "False Suspended" },
		],
		[
			"credentials that are refused",
			{
				southRegion: {
					health: { kind: "CredentialsInvalid", message: "" },
					...unknownSouth,
				},
			},
			{
				Stalled: "True CredentialsInvalid",
				Ready: "False CredentialsInvalid",
				Redundant: "False CredentialsInvalid",
				Available: "True Serving",
			},
		],
		[
			"an agent that is not at work",
			{
				southRegion: {
					agent: { reason: "AgentMissing", message: "its Lease is missing" },
				},
			},
			{ Redundant: "False AgentMissing" },
		],
		[
			"a side that needs a person",
			{
				south: {
					conditions: [
						{
							type: "Stalled",
							status: "True",
							reason: "AlreadyExists",
							message: "ConfigMap web exists",
							lastTransitionTime: WALL,
						},
					],
				},
			},
			{ Stalled: "True AlreadyExists", Ready: "False AlreadyExists" },
		],
		[
			"being deleted",
			{ service: service({}, { deleting: true }) },
			{
				Ready: "False Deleting",
				Reconciling: "True Deleting",
				Synced: "False Deleting",
			},
		],
	])("%s", (_, row, expected) => {
		expect(conditions(row)).toMatchObject(expected);
	});

	it("speak of the generation that was seen, and never both stall and reconcile", () => {
		for (const it of statusOf({}).conditions ?? [])
			expect(it.observedGeneration).toBe(1);
		const stalled = conditions({
			service: service({}, { namespace: "kube-system" }),
			northRegion: absent,
			southRegion: absent,
		});
		expect(stalled).toMatchObject({
			Stalled: "True NamespaceRefused",
			Reconciling: "False Settled",
		});
	});

	it("are the very same when nothing has changed", () => {
		const first = statusOf({});
		const again = statusOf({
			service: service({}, { status: first }),
			over: { wall: "2030-01-02T00:00:00.000Z" },
		});
		expect(again).toEqual(first);
	});
});

describe("a side", () => {
	it("that cannot be read is told as last known, without counts", () => {
		const status = statusOf({
			southRegion: {
				health: LOST,
				side: { kind: "unknown", last: side(available, "south", { epoch: 4 }) },
			},
		});
		expect(status.clusters?.[1]).toEqual({
			name: "south",
			uid: "uid-south",
			role: "Standby",
			epoch: 4,
			reachable: false,
		});
		expect(status.epoch).toBe(5);
	});

	it("that was never read is not told", () => {
		const of = service();
		const status = statusOf({
			southRegion: region(of, "south", {
				health: { kind: "Unobserved" },
				...unknownSouth,
			}),
		});
		expect(status.clusters?.[1]).toEqual({ name: "south" });
	});
});

describe("news", () => {
	it("is told once", () => {
		const lost = statusOf({ southRegion: { health: LOST, ...unknownSouth } });
		const news = newsOf(statusOf({}), lost);
		expect(news.map((it) => `${it.type} ${it.reason}`)).toEqual([
			"Warning Unreachable",
		]);
		expect(newsOf(lost, lost)).toEqual([]);
	});

	it("of a first status is what a person has to know", () => {
		expect(newsOf({}, statusOf({ northRegion: absent }))).toEqual([]);
		const two = { south: { role: "Active" as const, epoch: 1 } };
		expect(newsOf({}, statusOf(two)).map((it) => it.reason)).toEqual([
			"TwoActive",
		]);
	});

	it("is not made of what a deletion asks for", () => {
		const half = statusOf({ southRegion: absent });
		const told = newsOf(statusOf({}), half);
		expect(told.map((it) => it.reason)).toContain("Placing");
		expect(newsOf(statusOf({}), half, true)).toEqual([]);
	});
});
