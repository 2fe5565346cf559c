/** What a TwinCluster says of its region. */
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import {
	clusterProblem,
	clusterStatus,
} from "../../../src/core/hub/cluster.ts";
import {
	type ClusterSeen,
	type ClusterView,
	parseCluster,
} from "../../../src/core/hub/cluster-view.ts";
import type { Problem } from "../../../src/core/hub/problem.ts";
import { ALIVE, LOST, SILENT, WALL } from "./fixture.ts";
import { clusterObject } from "./objects.ts";

function cluster(name: string, over: Partial<ClusterView> = {}): ClusterView {
	const object: KubeObject = clusterObject(name, "None");
	object.metadata = { name, uid: name, generation: 1, creationTimestamp: name };
	return { ...parseCluster(object), ...over };
}

const north = cluster("north");
const seen = (row: Partial<ClusterSeen>): ClusterSeen => ({
	cluster: north,
	all: [north],
	health: ALIVE,
	isolated: false,
	clusterUID: "uid",
	usedBy: [],
	unclaimed: [],
	foreign: [],
	pending: [],
	wall: WALL,
	...row,
});

function conditions(row: Partial<ClusterSeen>, problem?: Problem) {
	return Object.fromEntries(
		(clusterStatus(seen(row), problem).conditions ?? []).map((it) => [
			it.type,
			`${it.status} ${it.reason}`,
		]),
	);
}

const MISSING: Problem = { reason: "AgentMissing", message: "its Lease" };
const INSTALLING: Problem = { reason: "Installing", message: "pods" };
const UPGRADING: Problem = { reason: "Upgrading", message: "pods" };
const REFUSED: Problem = { reason: "InstallRefused", message: "a right" };

describe("a TwinCluster", () => {
	it.each<[string, Partial<ClusterSeen>, Record<string, string>]>([
		[
			"all is well",
			{},
			{
				Ready: "True Usable",
				Reconciling: "False Settled",
				Stalled: "False NotStalled",
				Reachable: "True Answering",
				CredentialsValid: "True Accepted",
				AgentReady: "True AgentAtWork",
			},
		],
		[
			"its agent is being installed",
			{ agent: MISSING, install: INSTALLING },
			{ AgentReady: "False Installing", Ready: "False Installing" },
		],
		[
			"what the region lacks before any agent",
			{
				agent: { reason: "Preparing", message: "the CRD is refused" },
				install: INSTALLING,
			},
			{ AgentReady: "False Preparing" },
		],
		[
			"its agent is being upgraded, and works",
			{ install: UPGRADING },
			{ AgentReady: "True Upgrading", Ready: "True Usable" },
		],
		[
			"its agent works, and the hub may not upgrade it",
			{ install: REFUSED },
			{ AgentReady: "False InstallRefused", Ready: "False InstallRefused" },
		],
		[
			"not asked yet",
			{ health: { kind: "Unobserved" } },
			{
				Ready: "Unknown WaitingForRegion",
				Reachable: "Unknown WaitingForRegion",
			},
		],
		[
			"silent",
			{ health: SILENT },
			{
				Ready: "False Unreachable",
				Reachable: "False Unreachable",
				CredentialsValid: "Unknown WaitingForRegion",
				AgentReady: "Unknown Unreachable",
			},
		],
		[
			"one missed answer",
			{ health: { ...SILENT, failures: 1 } as never },
			{ Reachable: "True Answering" },
		],
		["lost", { health: LOST }, { Reachable: "False Unreachable" }],
		[
			"silent, and the hub sees nobody",
			{ health: LOST, isolated: true },
			{ Reachable: "Unknown HubIsolated" },
		],
		[
			"refused",
			{ health: { kind: "CredentialsInvalid", message: "Unauthorized" } },
			{
				Reachable: "True CredentialsInvalid",
				CredentialsValid: "False CredentialsInvalid",
				Stalled: "True CredentialsInvalid",
			},
		],
		[
			"a Secret that is no use, while the old one still works",
			{ credentialsFault: "it is empty" },
			{
				Reachable: "True Answering",
				CredentialsValid: "False CredentialsInvalid",
				Stalled: "True CredentialsInvalid",
			},
		],
		[
			"credentials that end soon",
			{ credentialsEnd: WALL },
			{
				Ready: "True Usable",
				CredentialsValid: "True ExpiringSoon",
				Stalled: "False NotStalled",
			},
		],
		[
			"no agent",
			{ agent: { reason: "AgentMissing", message: "no Lease" } },
			{ Ready: "False AgentMissing", AgentReady: "False AgentMissing" },
		],
		[
			"sides of nobody",
			{ unclaimed: ["shop/a"] },
			{ Ready: "True Usable", Stalled: "True Unclaimed" },
		],
		[
			"another hub's sides",
			{ foreign: ["elsewhere"] },
			{ Stalled: "True ForeignInstallation" },
		],
		[
			"being deleted, and in use",
			{ cluster: cluster("north", { deleting: true }), usedBy: ["shop/a"] },
			{ Ready: "False InUse" },
		],
	])("%s", (_, row, expected) => {
		expect(conditions(row)).toMatchObject(expected);
	});

	it("keeps what was known of a cluster that does not answer", () => {
		const known = cluster("north", { status: { clusterUID: "uid" } });
		const { clusterUID: _, ...rest } = seen({ cluster: known, health: LOST });
		expect(clusterStatus(rest, undefined).clusterUID).toBe("uid");
	});

	it("names five at most", () => {
		const unclaimed = ["f", "e", "d", "c", "b", "a"];
		const stalled = clusterStatus(seen({ unclaimed }), undefined).conditions;
		const message = stalled?.find((it) => it.type === "Stalled")?.message;
		expect(message).toContain("6 TwinSides");
		expect(message).toContain("a, b, c, d, e, …");
	});
});

describe("a pair", () => {
	const all = ["a", "b", "c"].map((it) => cluster(it));
	const reason = (name: string, uids: Record<string, string> = {}) =>
		clusterProblem(cluster(name), all, (it) => uids[it])?.reason;

	it("is the two that were there first", () => {
		expect(["a", "b", "c"].map((it) => reason(it))).toEqual([
			undefined,
			undefined,
			"OnePairPerHub",
		]);
	});

	it("is two clusters, known by kube-system's uid", () => {
		const same = { a: "uid", b: "uid" };
		expect(reason("b", same)).toBe("SameCluster");
		expect(reason("a", same)).toBeUndefined();
		expect(reason("b", { a: "uid" })).toBeUndefined();
	});
});

describe("the agent's version", () => {
	const status = (row: Partial<ClusterSeen>, agent: ClusterView["agent"]) =>
		clusterStatus(
			seen({
				cluster: { ...north, agent, status: { agentVersion: "1.0.0" } },
				...row,
			}),
			undefined,
		).agentVersion;

	it("is what it says; while the region is silent, what it said last", () => {
		expect(status({ agentVersion: "1.1.0" }, "Managed")).toBe("1.1.0");
		expect(status({}, "Managed")).toBeUndefined();
		expect(status({ health: LOST }, "External")).toBe("1.0.0");
		expect(status({ agentVersion: "1.1.0" }, "None")).toBeUndefined();
	});
});
