/** Whether pods stop within F, and what a TwinCluster says of grants, fencing and sites. */
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import { grantFindings } from "../../../src/core/hub/cluster-grant.ts";
import {
	type ClusterView,
	parseCluster,
} from "../../../src/core/hub/cluster-view.ts";
import { decide } from "../../../src/core/hub/decide.ts";
import { fenceProblems } from "../../../src/core/hub/fence.ts";
import type { Grant, GrantKind } from "../../../src/core/hub/grant.ts";
import type { ProfileName } from "../../../src/core/profile.ts";
import { ALIVE, scene, service, WALL } from "./fixture.ts";
import { clusterObject, serviceObject } from "./objects.ts";

/** A gate of the same user can kill. */
const ONE_USER = { securityContext: { runAsUser: 1000 } };
const pod = (spec: object): KubeObject => ({
	apiVersion: "apps/v1",
	kind: "Deployment",
	metadata: { name: "web" },
	spec: { template: { spec } },
});
const grace = (seconds: number, more: object = {}) =>
	pod({ terminationGracePeriodSeconds: seconds, ...more });

describe("F bears", () => {
	it.each<
		[
			string,
			KubeObject,
			"Kill" | "Exit" | "None",
			ProfileName,
			string | undefined,
		]
	>([
		["an unset grace period", pod({}), "Exit", "Standard", undefined],
		[
			"a long one that the gate kills through",
			grace(60, ONE_USER),
			"Kill",
			"Standard",
			undefined,
		],
		["one of exactly F", grace(10), "Exit", "Standard", undefined],
		["not a longer one", grace(11), "Exit", "Standard", "GraceTooLong"],
		[
			"anything without a gate: the side says that nothing stops by itself",
			grace(11),
			"None",
			"Standard",
			undefined,
		],
		[
			"not one that no profile bears",
			grace(41),
			"Exit",
			"Patient",
			"GraceTooLong",
		],
		["not the slow gate", pod({}), "Exit", "Fast", "GateTooSlow"],
		[
			"not a gate that cannot see the processes",
			grace(60, { ...ONE_USER, shareProcessNamespace: false }),
			"Kill",
			"Standard",
			"GraceTooLong",
		],
	])("%s", (_, object, gate, profile, expected) => {
		const found = fenceProblems([object], gate)[profile];
		expect(found?.reason).toBe(expected);
	});

	it("names the manifest, in CronJobs too", () => {
		const cron = {
			...grace(1),
			kind: "CronJob",
			spec: { jobTemplate: { spec: grace(90).spec } },
		};
		const found = fenceProblems([pod(ONE_USER), cron], "Exit").Standard;
		expect(found?.message).toMatch(/^spec\.manifests\[1\] \(CronJob web\)/);
	});

	it("refuses the service before anything of it is written, with grants", () => {
		const { spec } = serviceObject() as { spec?: { manifests: KubeObject[] } };
		const slow = service({
			promotion: { policy: "Exclusive", gate: "Exit" },
			manifests: [...(spec?.manifests ?? []), grace(30)].map((it, at) => ({
				...it,
				metadata: { name: `m${at}` },
			})),
		});
		const grant: Grant = { kind: "Held", spoken: true };
		const granted = { hasAgent: true, grant };
		const { plan, actions } = decide(
			scene({
				service: slow,
				northRegion: granted,
				southRegion: granted,
				northSide: { hash: "old" },
			}),
		);
		expect(plan.sync.problem?.reason).toBe("GraceTooLong");
		expect(actions).toEqual([]);
		expect(decide(scene({ service: slow })).plan.sync.problem).toBeUndefined();
	});
});

function cluster(
	name: string,
	failureDomain?: string,
	agent: "None" | "External" = "External",
): ClusterView {
	const object = clusterObject(name, agent);
	object.metadata = { name, uid: name, generation: 1, creationTimestamp: name };
	const view = parseCluster(object);
	const { failureDomain: _, ...rest } = view;
	return failureDomain === undefined ? rest : { ...rest, failureDomain };
}

interface Row {
	readonly own?: ClusterView;
	readonly twin?: ClusterView | null;
	readonly grant?: GrantKind;
	readonly fencing?: "Pod" | "Agent";
	readonly hubUID?: string;
	readonly hubDomain?: string;
	readonly hasWitness?: boolean;
}

function says(type: string, row: Row): string {
	const {
		own = cluster("north", "a"),
		twin = cluster("south", "b"),
		grant,
		...rest
	} = row;
	const found = grantFindings({
		cluster: own,
		...(twin ? { twin } : {}),
		...(grant ? { grant: { kind: grant, spoken: true } } : {}),
		...rest,
		all: [],
		health: ALIVE,
		isolated: false,
		clusterUID: "uid",
		usedBy: [],
		unclaimed: [],
		foreign: [],
		pending: [],
		wall: WALL,
	}).find((it) => it.type === type);
	return `${found?.status} ${found?.reason}`;
}

describe("a TwinCluster says", () => {
	it.each<[string, Row, string]>([
		["GrantHeld", { grant: "Held" }, "True GrantHeld"],
		["GrantHeld", { grant: "Taken" }, "False GrantTaken"],
		["GrantHeld", { grant: "Still" }, "False GrantNotRenewed"],
		["GrantHeld", { grant: "Neutral" }, "False GrantNotRenewed"],
		["GrantHeld", { grant: "Missing" }, "False GrantMissing"],
		["GrantHeld", {}, "Unknown GrantUnread"],
		["GrantHeld", { twin: null }, "Unknown NoTwin"],
		["GrantHeld", { twin: cluster("south", "b", "None") }, "False NoAgent"],
		["Fencing", { fencing: "Pod" }, "True Pod"],
		["Fencing", { fencing: "Agent" }, "True Agent"],
		["Fencing", {}, "Unknown FencingUnknown"],
		["Fencing", { own: cluster("north", "a", "None") }, "False NoAgent"],
		["Independent", { hubDomain: "c", hubUID: "other" }, "True Apart"],
		["Independent", { hubDomain: "c", hubUID: "uid" }, "False HubInRegion"],
		[
			"Independent",
			{ hubDomain: "c", hubUID: "uid", hasWitness: true },
			"False HubInRegion",
		],
		["Independent", { hubDomain: "a" }, "False HubSharesDomain"],
		["Independent", { hubDomain: "c", hasWitness: true }, "True Apart"],
		[
			"Independent",
			{ twin: cluster("south", "a") },
			"False RegionsShareDomain",
		],
		["Independent", {}, "Unknown DomainUnknown"],
		[
			"Independent",
			{ own: cluster("north"), hubDomain: "c" },
			"Unknown DomainUnknown",
		],
	])("%s %j", (type, row, expected) => {
		expect(says(type, row)).toBe(expected);
	});
});
