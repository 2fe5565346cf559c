import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import { decide } from "../../../src/core/region/decide.ts";
import { isHeldPod } from "../../../src/core/region/held.ts";
import type { LiveView } from "../../../src/core/region/live.ts";
import { allowedPods } from "../../../src/core/region/podsgone.ts";
import { replicasFor } from "../../../src/core/region/replicas.ts";
import { parseSide, type SideView } from "../../../src/core/region/side.ts";
import {
	autoscaler,
	cronJob,
	deployment,
	livesOf,
	observe,
	sideObject,
} from "./fixture.ts";
import { SETTINGS } from "./gate-fixture.ts";

const view = (
	spec: object,
	objects: readonly unknown[] = [deployment("web", 4)],
	settings: typeof SETTINGS | null = SETTINGS,
	status: { role: "Active" | "Standby"; epoch: number } = {
		role: "Standby",
		epoch: 4,
	},
): SideView =>
	parseSide(
		sideObject({
			objects,
			spec: { policy: "Exclusive", ...spec },
			status: { ...status, hash: "h1" } as never,
		}),
		undefined,
		settings ?? undefined,
	);
const warm = (replicas?: number | string) => ({
	standby: { mode: "Warm", ...(replicas === undefined ? {} : { replicas }) },
});

describe("replicas of a warm standby", () => {
	const count = (of: SideView) => {
		const [part] = of.parts;
		if (!part) throw new Error("no part");
		return replicasFor(part, of, undefined);
	};
	const windows = deployment("web", 4) as {
		spec?: { template: { spec: { os?: object } } };
	};
	Object.assign(windows.spec?.template.spec ?? {}, { os: { name: "windows" } });

	it.each([
		["all, when nothing is said", view(warm()), 4],
		["a number", view(warm(3)), 3],
		["a share", view(warm("50%")), 2],
		["never more than the active side", view(warm(9)), 4],
		["as an autoscaler begins", view(warm(), [deployment(), autoscaler(3)]), 3],
		[
			"none without a gate, where they would run",
			view({ ...warm(), gate: "None" }),
			0,
		],
		["none where no agent answers", view(warm(), undefined, null), 0],
		["none that cannot be held", view(warm(), [windows]), 0],
		["none of another policy", view({ ...warm(), policy: "Manual" }), 0],
	])("%s", (_, of, wanted) => {
		expect(count(of)).toBe(wanted);
	});
});

describe("a pod", () => {
	const pod = (
		gate: object | undefined,
		app: object | undefined,
		more: { init?: string[]; initStatus?: object[] } = {},
	): KubeObject => ({
		apiVersion: "v1",
		kind: "Pod",
		metadata: {},
		spec: {
			initContainers: (more.init ?? ["twin-gate"]).map((name) => ({ name })),
		},
		status: {
			initContainerStatuses: [
				...(gate ? [{ name: "twin-gate", ...gate }] : []),
				...(more.initStatus ?? []),
			],
			...(app ? { containerStatuses: [{ name: "app", ...app }] } : {}),
		},
	});
	const shut = { started: false, state: { running: {} } };
	const waiting = { state: { waiting: { reason: "PodInitializing" } } };
	const running = { started: true, state: { running: {} } };
	it.each<[string, KubeObject, boolean]>([
		["waits at its gate", pod(shut, waiting), true],
		["is not scheduled yet", pod(undefined, undefined), true],
		["has passed", pod({ ...shut, started: true }, waiting), false],
		["runs", pod({ ...shut, started: true }, running), false],
		["runs while its gate is restarted", pod(shut, running), false],
		[
			"ran behind a gate that is shut",
			pod(shut, { state: { terminated: {} } }),
			false,
		],
		[
			"was put back behind its gate",
			pod(shut, {
				state: { waiting: { reason: "RestartingAllContainers" } },
				lastState: { terminated: { exitCode: 137 } },
			}),
			true,
		],
		["has no gate", pod(undefined, waiting, { init: ["setup"] }), false],
		[
			"is past its gate, with an init container",
			pod(shut, waiting, {
				init: ["twin-gate", "setup"],
				initStatus: [{ name: "setup", state: { running: {} } }],
			}),
			false,
		],
		[
			"had a container of the cluster put before its gate",
			pod(shut, waiting, {
				init: ["mesh", "twin-gate"],
				initStatus: [{ name: "mesh", state: { terminated: {} } }],
			}),
			true,
		],
	])("%s", (_, of, held) => {
		expect(isHeldPod(of)).toBe(held);
	});
});

describe("a warm side that became standby", () => {
	const side = view(warm(), [deployment("web", 4), cronJob()]);
	const lives = (change: Partial<LiveView>) =>
		new Map(
			[...livesOf(side)].map(([id, it]) => [
				id,
				it.resource.kind === "Deployment" ? { ...it, ...change } : it,
			]),
		);
	const decided = (pods: number | undefined, change: Partial<LiveView> = {}) =>
		decide(
			observe(side, {
				lives: lives({ pods: 5, ...change }),
				...(pods === undefined ? {} : { pods }),
			}),
		);

	it("keeps its replicas, suspends its CronJobs, and counts its pods", () => {
		const made = decided(undefined);
		expect(made.writes).toEqual([]);
		// One more than wanted: a roll-out of held pods never ends by itself.
		expect([made.count, made.awaitsPods, made.stopJobs]).toEqual([
			true,
			true,
			true,
		]);
		expect(allowedPods(side)).toBe(0);
	});

	it("is not gone while one pod runs", () => {
		expect(decided(1).status?.podsGoneEpoch).toBeUndefined();
		expect(decided(0).status?.podsGoneEpoch).toBe(4);
	});

	it("is told to stand by: held pods are no fault", () => {
		const told = decided(0).status;
		expect(told).toMatchObject({ ready: 0, desired: 0 });
		expect(told?.findings.find((it) => it.type === "Ready")).toMatchObject({
			status: "True",
			reason: "StandingBy",
			message: "4 replicas wait at their gate.",
		});
	});

	it("counts as much as any other when it is active", () => {
		const active = view(warm(), undefined, SETTINGS, {
			role: "Active",
			epoch: 5,
		});
		const made = decide(observe(active, { lives: livesOf(active) }));
		expect(made.status).toMatchObject({ ready: 0, desired: 4 });
	});
});

describe("a new version of a warm service", () => {
	const given = (strategy?: object) => {
		const it = structuredClone(deployment("web", 4)) as { spec?: object };
		if (strategy) Object.assign(it.spec ?? {}, { strategy });
		return it;
	};
	const sideOf = (role: "Active" | "Standby", strategy?: object) =>
		view(warm(), [given(strategy)], SETTINGS, { role, epoch: 4 });
	const strategyOf = (of: SideView): unknown => {
		const [made] = decide(observe(of)).writes;
		if (made?.do !== "create") throw new Error("nothing was made");
		return (made.object.spec as { strategy?: unknown }).strategy;
	};

	it.each([
		["replaces waiting pods at once", "Standby", undefined, "100%"],
		["rolls where they serve, by the default", "Active", undefined, "25%"],
		["rolls where they serve, as it is written", "Active", 0, 0],
		["replaces waiting pods, whatever is written", "Standby", 0, "100%"],
	] as const)("%s", (_, role, maxUnavailable, wanted) => {
		const written =
			maxUnavailable === undefined
				? undefined
				: { rollingUpdate: { maxSurge: 1, maxUnavailable } };
		expect(strategyOf(sideOf(role, written))).toEqual({
			rollingUpdate: {
				...(written ? { maxSurge: 1 } : {}),
				maxUnavailable: wanted,
			},
		});
	});

	it("is recreated where that is written", () => {
		const strategy = { type: "Recreate" };
		for (const role of ["Active", "Standby"] as const)
			expect(strategyOf(sideOf(role, strategy))).toEqual(strategy);
	});

	it("is left to the manifest on a cold side", () => {
		const cold = view({ standby: { mode: "Cold" } }, [given()]);
		expect(strategyOf(cold)).toBeUndefined();
	});

	it("is put right when somebody changed it", () => {
		const side = sideOf("Standby", { rollingUpdate: { maxUnavailable: 1 } });
		expect(decide(observe(side, { lives: livesOf(side) })).writes).toEqual([]);
		const lives = livesOf(side, (it) => {
			const changed = structuredClone(it) as KubeObject & {
				spec: { strategy: { rollingUpdate: { maxUnavailable: unknown } } };
			};
			changed.spec.strategy.rollingUpdate.maxUnavailable = 1;
			return changed;
		});
		expect(decide(observe(side, { lives })).writes).toMatchObject([
			{
				do: "apply",
				why: "drift",
				paths: ["spec.strategy.rollingUpdate.maxUnavailable"],
			},
		]);
	});
});
