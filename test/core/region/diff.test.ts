import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import { diff, type Write } from "../../../src/core/region/diff.ts";
import type { LiveView } from "../../../src/core/region/live.ts";
import type { Observation } from "../../../src/core/region/observation.ts";
import { inRanks } from "../../../src/core/region/order.ts";
import {
	autoscaler,
	claim,
	configMap,
	deployment,
	IN_STEP,
	livesOf,
	observe,
	side,
} from "./fixture.ts";

const shown = (it: Write): string =>
	it.do === "apply"
		? `apply ${it.id}: ${it.why}${it.paths.length ? ` ${it.paths}` : ""}${it.migration ? " (migrate)" : ""}`
		: `${it.do} ${it.id}`;

const result = (seen: Observation): string[] => {
	const { writes, problems, unknown } = diff(seen);
	return [
		...writes.map(shown),
		...problems.map((it) => it.reason),
		...(unknown ? ["unknown"] : []),
	];
};

const objects = [configMap(), deployment("web", 2)];
const active = { role: "Active", epoch: 1, ...IN_STEP } as const;
const view = side({ objects, status: active });
const lives = livesOf(view);

/** The lives with one of them changed. */
const but = (id: string, change: Partial<LiveView>): Map<string, LiveView> =>
	new Map(
		[...lives].map(([key, it]) => [
			key,
			key === id ? { ...it, ...change } : it,
		]),
	);
const without = (id: string): Map<string, LiveView> =>
	new Map([...lives].filter(([key]) => key !== id));

const web = "Deployment/web";
const settings = "ConfigMap/settings";

describe("the writes that are missing", () => {
	const rows: [what: string, seen: Observation, writes: string[]][] = [
		["nothing at rest", observe(view, { lives }), []],
		[
			"all that is absent",
			observe(view),
			[`create ${settings}`, `create ${web}`],
		],
		[
			"a manifest that changed",
			observe(view, { lives: but(settings, { applied: "old" }) }),
			[`apply ${settings}: changed`],
		],
		[
			"a manifest that changed since we created the object",
			observe(view, { lives: but(settings, { applied: "old", posted: 0 }) }),
			[`apply ${settings}: changed (migrate)`],
		],
		[
			"a role that changed needs no migration",
			observe(view, { lives: but(web, { epoch: 0, replicas: 0, posted: 0 }) }),
			[`apply ${web}: role`],
		],
		[
			"replicas scaled by hand",
			observe(view, { lives: but(web, { replicas: 5 }) }),
			[`apply ${web}: drift spec.replicas`],
		],
		[
			"replicas that the manifest changed",
			observe(side({ objects, status: active, spec: { hash: "h2" } }), {
				lives: but(web, { replicas: 5 }),
			}),
			[`apply ${web}: changed spec.replicas`],
		],
		[
			"an owner taken off",
			observe(view, {
				lives: new Map(
					[...lives].map(([key, { ownerUid: _, ...it }]) => [key, it]),
				),
			}),
			[
				`apply ${settings}: drift metadata.ownerReferences`,
				`apply ${web}: drift metadata.ownerReferences`,
			],
		],
		[
			"a field that drifted",
			observe(view, {
				lives: livesOf(view, (it) =>
					it.kind === "ConfigMap" ? { ...it, data: { colour: "red" } } : it,
				),
			}),
			[`apply ${settings}: drift data.colour`],
		],
		[
			"not what the server spells its own way",
			observe(view, {
				lives: livesOf(view, (it) =>
					it.kind === "ConfigMap" ? { ...it, data: { colour: "red" } } : it,
				),
				settled: new Map([
					[settings, { of: hash(settings), paths: ["data.colour"] }],
				]),
			}),
			[],
		],
		[
			"a look where drift was measured against another version",
			observe(view, {
				lives: but(settings, { drift: { of: "other", paths: [] } }),
			}),
			[`read ${settings}`],
		],
		[
			"an object that the manifests dropped",
			observe(side({ objects: [deployment("web", 2)], status: active }), {
				lives,
			}),
			[`prune ${settings}`],
		],
		[
			"not an object that only carries our labels",
			observe(side({ objects: [deployment("web", 2)], status: active }), {
				lives: but(settings, { ownerUid: "other" }),
			}),
			[],
		],
		[
			"nothing that is going already",
			observe(view, { lives: but(settings, { deleting: true }) }),
			["BeingDeleted"],
		],
		[
			"nothing that an earlier side of this name still owns",
			observe(view, { lives: but(settings, { ownerUid: "earlier" }) }),
			["BeingDeleted"],
		],
		[
			"nothing over a greater epoch (rule 18)",
			observe(view, { lives: but(web, { epoch: 2, replicas: 0 }) }),
			["EpochAhead"],
		],
		[
			"nothing while a kind is still being listed",
			observe(view, { kindState: () => ({ kind: "pending" }) }),
			["unknown"],
		],
		[
			"nothing of a kind that is not served",
			observe(view, { kindState: () => ({ kind: "absent" }) }),
			["KindNotServed", "KindNotServed"],
		],
		[
			"nothing of a kind that may not be listed",
			observe(view, { kindState: () => ({ kind: "failed", message: "no" }) }),
			["Unreadable", "Unreadable"],
		],
		[
			"what was refused, once more",
			observe(view, {
				lives: without(settings),
				said: new Map([[settings, { reason: "Refused", message: "no" }]]),
			}),
			[`create ${settings}`, "Refused"],
		],
		[
			"no complaint about a write that is not missing any more",
			observe(view, {
				lives,
				said: new Map([[settings, { reason: "Refused", message: "no" }]]),
			}),
			[],
		],
	];
	it.each(rows)("%s", (_, seen, writes) => {
		expect(result(seen)).toEqual(writes);
	});

	it("carry uid and resourceVersion (rule 18)", () => {
		const [write] = diff(
			observe(view, { lives: but(web, { epoch: 0 }) }),
		).writes;
		expect(write).toMatchObject({
			object: {
				metadata: { uid: `uid-${web}`, resourceVersion: "40" },
				spec: { replicas: 2 },
			},
		});
	});

	it("never prune a claim", () => {
		const before = side({ objects: [claim()], status: active });
		const now = side({ objects: [], status: active });
		expect(result(observe(now, { lives: livesOf(before) }))).toEqual([]);
		const owned = [...livesOf(before)].map(([id, it]): [string, LiveView] => [
			id,
			{ ...it, ownerUid: now.uid },
		]);
		expect(result(observe(now, { lives: new Map(owned) }))).toEqual([]);
	});
});

describe("a standby side", () => {
	const scaled = [deployment("web", 2), autoscaler(2)];
	const before = side({ objects: scaled, status: active });
	const now = side({ objects: scaled, status: { role: "Standby", epoch: 2 } });

	it("loses its autoscaler before it is scaled down", () => {
		const { writes } = diff(observe(now, { lives: livesOf(before) }));
		expect(inRanks(writes).map((rank) => rank.map(shown))).toEqual([
			["prune HorizontalPodAutoscaler/web"],
			["apply Deployment/web: role"],
		]);
	});
});

describe("a suspended side", () => {
	const suspended = (status: object, extra: object[] = []) =>
		side({
			objects: [...objects, ...extra] as KubeObject[],
			status: { ...active, ...status },
			spec: { suspend: true },
		});
	const rows: [what: string, seen: Observation, writes: string[]][] = [
		["creates nothing", observe(suspended({})), []],
		[
			"repairs nothing",
			observe(suspended({}), { lives: but(web, { replicas: 9 }) }),
			[],
		],
		[
			"updates nothing",
			observe(suspended({}), { lives: but(settings, { applied: "old" }) }),
			[],
		],
		[
			"prunes nothing",
			observe(side({ objects: [], spec: { suspend: true } }), { lives }),
			[],
		],
		[
			"changes its role",
			observe(suspended({ role: "Standby", epoch: 2 }), { lives }),
			[`apply ${web}: role`],
		],
		[
			"gets its autoscaler back with the role",
			observe(suspended({}, [autoscaler()]), { lives }),
			["create HorizontalPodAutoscaler/web"],
		],
	];
	it.each(rows)("%s", (_, seen, writes) => {
		expect(result(seen)).toEqual(writes);
	});
});

function hash(id: string): string {
	return view.parts.find((it) => it.id === id)?.hash ?? "";
}
