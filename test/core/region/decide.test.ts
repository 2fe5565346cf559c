import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/region/decide.ts";
import type { Observation } from "../../../src/core/region/observation.ts";
import type { SideView } from "../../../src/core/region/side.ts";
import { statusPatch } from "../../../src/core/region/status-patch.ts";
import {
	autoscaler,
	configMap,
	cronJob,
	deployment,
	livesOf,
	observe,
	seenAt,
	side,
} from "./fixture.ts";

const objects = [configMap(), deployment("web", 2)];
const applied = { hash: "h1" };
describe("a change of role", () => {
	const wish = { spec: { wish: { to: "west", ifEpoch: 3 } } };
	const seen = seenAt(
		{
			role: "Active",
			epoch: 3,
			supersedes: "u/1",
			podsGoneEpoch: 2,
			...applied,
		},
		wish,
		{ ready: 2, pods: 2 },
	);

	it("is told in one status, which forgets what belonged to the old role", () => {
		const { role, status, needsFresh } = decide(seen);
		expect(role).toMatchObject({ role: "Standby", epoch: 4 });
		expect(needsFresh).toBe(true);
		const patch = status && statusPatch(seen.side.status, status, "now");
		expect(patch?.urgent).toBe(true);
		expect(patch?.status).toMatchObject({
			role: "Standby",
			epoch: 4,
			supersedes: null,
			podsGoneEpoch: null,
			lastActive: [{ kind: "Deployment", name: "web", replicas: 2 }],
		});
	});

	it("is followed at once by the writes of the new role", () => {
		expect(decide(seen).writes.map((it) => `${it.do} ${it.id}`)).toEqual([
			"apply Deployment/web",
		]);
	});

	it("is made while the cluster's objects are still unknown", () => {
		const unknown = {
			...seen,
			kindState: () => ({ kind: "pending" as const }),
		};
		expect(decide(unknown)).toMatchObject({
			role: { role: "Standby" },
			writes: [],
			unknown: true,
		});
	});
});

describe("pods gone", () => {
	const standby = { role: "Standby", epoch: 2, ...applied } as const;
	const rows: [what: string, seen: Observation, count: boolean][] = [
		["counted when workloads are down", seenAt(standby), true],
		[
			"not while replicas are asked for",
			seenAt(standby, {}, { replicas: 1, epoch: 1 }),
			false,
		],
		[
			"not while a workload reports pods",
			seenAt(standby, {}, { pods: 1 }),
			false,
		],
		[
			"not before the controller has seen it",
			seenAt(standby, {}, { observed: false }),
			false,
		],
		[
			"at epoch 0 without waiting for the controller",
			seenAt({ role: "Standby", epoch: 0 }, {}, { observed: false }),
			true,
		],
		[
			"not while an autoscaler is there",
			observe(side({ objects: [autoscaler()], status: standby }), {
				lives: livesOf(
					side({
						objects: [autoscaler()],
						status: { role: "Active", epoch: 1 },
					}),
				),
			}),
			false,
		],
		[
			"not while workloads are unknown",
			observe(side({ objects, status: standby }), {
				kindState: () => ({ kind: "pending" }),
			}),
			false,
		],
		["not on an active side", seenAt({ role: "Active", epoch: 1 }), false],
		["not twice", seenAt({ ...standby, podsGoneEpoch: 2 }), false],
		[
			"when a suspended creation left nothing there",
			observe(side({ spec: { suspend: true } })),
			true,
		],
	];
	it.each(rows)("%s", (_, seen, count) => {
		expect(decide(seen).count).toBe(count);
	});

	const gone = (pods: number | undefined, spec = {}) =>
		decide({
			...seenAt(
				standby,
				{ spec },
				spec === HOT ? { replicas: 1, pods: 1 } : {},
			),
			...(pods === undefined ? {} : { pods }),
		}).status?.podsGoneEpoch;
	const HOT = { standby: { mode: "Hot", replicas: 1 } };

	it("is told of the epoch when none is left", () => {
		expect(gone(0)).toBe(2);
	});
	it("is not told while one is left, or when it is not known", () => {
		expect(gone(1)).toBeUndefined();
		expect(gone(undefined)).toBeUndefined();
	});
	it("allows a hot side its standby pods", () => {
		expect(gone(1, HOT)).toBe(2);
		expect(gone(2, HOT)).toBeUndefined();
	});

	it("stops Jobs once no CronJob makes new ones", () => {
		const jobs = (view: SideView, suspended: boolean) =>
			decide(
				observe(view, {
					lives: new Map(
						[...livesOf(view)].map(([id, it]) => [id, { ...it, suspended }]),
					),
				}),
			).stopJobs;
		const view = side({ objects: [cronJob()], status: standby });
		expect(jobs(view, true)).toBe(true);
		expect(jobs(view, false)).toBe(false);
		expect(jobs(side({ objects: [cronJob()] }), true)).toBe(false);
	});
});

describe("a side", () => {
	it("asks for the finalizer that keeps workloads from being lost", () => {
		const bare = seenAt({}, { metadata: { finalizers: ["other"] } });
		expect(decide(bare).finalizers).toEqual([
			"other",
			"twin-operator.dev/workloads",
		]);
		expect(decide(seenAt({})).finalizers).toBeUndefined();
	});
});
