/** Which region's agent is installed or upgraded now, and what is said of the others. */
import { describe, expect, it } from "vitest";
import {
	type AgentSeen,
	rolloutOf,
} from "../../../src/core/hub/agent-rollout.ts";

/** At work, and as it is to be. */
const well = (name: string, over: Partial<AgentSeen> = {}): AgentSeen => ({
	name,
	base: [],
	credentials: [],
	deployments: [],
	isPresent: true,
	atWork: true,
	holds: true,
	...over,
});
const OLD = { deployments: ["Deployment/twin-operator-agent"] };
const ABSENT = {
	base: ["ClusterRole/twin-operator-agent"],
	credentials: ["Secret twin-kubeconfig is missing"],
	isPresent: false,
	rollout: "Deployment/twin-operator-agent does not exist yet",
	atWork: false,
	holds: false,
};
const REFUSED = {
	reason: "InstallRefused",
	message: "cannot get clusterroles",
} as const;

type Over = Partial<AgentSeen>;
/** What is done, and the reason that is told of each. */
function outcome(north: Over, south: Over, moving?: string) {
	const seen = [well("north", north), well("south", south)];
	const { step, said } = rolloutOf(seen, "twin-operator:2", moving);
	return [
		step ? `${step.region} ${step.part}` : "nothing",
		said.get("north")?.reason,
		said.get("south")?.reason,
	];
}

describe("an agent that the hub installs", () => {
	it.each<[string, Over, Over, (string | undefined)[]]>([
		["both as they are to be", {}, {}, ["nothing", undefined, undefined]],
		[
			"nothing is there: what pods need comes first",
			ABSENT,
			ABSENT,
			["north base", "Installing", "Installing"],
		],
		[
			"credentials wait for the twin's account",
			{ ...ABSENT, base: [] },
			ABSENT,
			["south base", "Installing", "Installing"],
		],
		[
			"credentials before the pods that mount them",
			{ ...ABSENT, base: [], ...OLD },
			{ ...ABSENT, base: [] },
			["north credentials", "Installing", "Installing"],
		],
		[
			"the first start waits for nobody: grants need both",
			{ ...ABSENT, base: [], credentials: [], ...OLD },
			{ ...ABSENT, base: [], credentials: [], ...OLD },
			["north deployments", "Installing", "Installing"],
		],
		[
			"its pods are starting",
			{ rollout: "Deployment/a has 0 of 1 new replicas available" },
			{},
			["nothing", "Upgrading", undefined],
		],
	])("%s", (_what, north, south, expected) => {
		expect(outcome(north, south)).toEqual(expected);
	});
});

describe("an upgrade", () => {
	const waiting = ["nothing", "WaitingForTwin", "WaitingForTwin"];
	it.each<[string, Over, Over, (string | undefined)[]]>([
		[
			"both are old: the first one goes, the second waits",
			OLD,
			OLD,
			["north deployments", "Upgrading", "WaitingForTwin"],
		],
		[
			"the first one is not ready again: the second waits",
			{ rollout: "Deployment/a has 0 of 1 new replicas available" },
			OLD,
			["nothing", "Upgrading", "WaitingForTwin"],
		],
		[
			"the first one does not hold its grant again: the second waits",
			{ holds: false },
			OLD,
			["nothing", undefined, "WaitingForTwin"],
		],
		[
			"the first one's Lease stands still: the second waits",
			{ atWork: false },
			OLD,
			["nothing", undefined, "WaitingForTwin"],
		],
		[
			"the first one is well again",
			{},
			OLD,
			["south deployments", undefined, "Upgrading"],
		],
		[
			"the twin does not hold its grant",
			OLD,
			{ ...OLD, holds: false },
			waiting,
		],
		[
			"the twin is not at work",
			OLD,
			{ atWork: false },
			["nothing", "WaitingForTwin", undefined],
		],
		[
			"the twin is not at work and old: it can lose nothing, so it goes first",
			OLD,
			{ ...OLD, atWork: false },
			["south deployments", "WaitingForTwin", "Installing"],
		],
		[
			"both are broken: neither waits for the other",
			{ ...OLD, atWork: false, holds: false },
			{ ...OLD, atWork: false, holds: false },
			["north deployments", "Installing", "Installing"],
		],
		[
			"it is not known whether it works",
			{ ...OLD, atWork: undefined },
			OLD,
			waiting,
		],
		[
			"rights come with the upgrade, so they wait too",
			{ base: ["ClusterRole/twin-operator-agent"] },
			{ holds: false },
			["nothing", "WaitingForTwin", undefined],
		],
		[
			"credentials that have ended are given at once, whoever holds what",
			{ credentials: ["Secret twin-kubeconfig has ended"], holds: false },
			{ holds: false },
			["north credentials", "Upgrading", undefined],
		],
		[
			"a bad image in the second one, and a better one now: the half-way one goes first",
			OLD,
			{ ...OLD, rollout: "Deployment/a has 0 of 1 new replicas available" },
			["south deployments", "WaitingForTwin", "Upgrading"],
		],
		[
			"a refusal stops at the region that refuses",
			{ fault: REFUSED },
			OLD,
			["nothing", "InstallRefused", "WaitingForTwin"],
		],
		[
			"a refusal by the second one holds the first back: it is not known whether the second one is well",
			OLD,
			{ fault: REFUSED },
			["nothing", "WaitingForTwin", "InstallRefused"],
		],
	])("%s", (_what, north, south, expected) => {
		expect(outcome(north, south)).toEqual(expected);
	});

	it("waits while a service is being moved, and says which", () => {
		expect(outcome(OLD, OLD, "TwinService shop/web")).toEqual(waiting);
		const { said } = rolloutOf(
			[well("north", OLD), well("south")],
			"twin-operator:2",
			"TwinService shop/web",
		);
		expect(said.get("north")?.message).toBe(
			"The agent of north is to be upgraded (Deployment/twin-operator-agent), and waits: TwinService shop/web is being moved, and nothing is touched meanwhile.",
		);
	});

	it("says what is outstanding, and what of", () => {
		const { said } = rolloutOf(
			[well("north", { ...ABSENT, base: ["a", "b", "c", "d", "e"] })],
			"twin-operator:2",
			undefined,
		);
		expect(said.get("north")?.message).toBe(
			"The agent of north is being installed (twin-operator:2). Outstanding: a, b, c, d and 2 more.",
		);
	});
});

describe("with an image that works", () => {
	/** What a rollout hangs on. */
	interface Region {
		readonly version: "bad" | "old" | "new";
		readonly isDone: boolean;
		readonly atWork: boolean;
		readonly holds: boolean;
	}
	const BOOLEANS = [true, false];
	const starts: Region[] = (["bad", "old", "new"] as const).flatMap((version) =>
		BOOLEANS.flatMap((isDone) =>
			BOOLEANS.flatMap((atWork) =>
				BOOLEANS.map((holds) => ({ version, isDone, atWork, holds })),
			),
		),
	);
	const seenOf = (name: string, it: Region): AgentSeen =>
		well(name, {
			deployments: it.version === "new" ? [] : ["Deployment/a"],
			...(it.isDone ? {} : { rollout: "it is half way" }),
			atWork: it.atWork,
			holds: it.holds,
		});
	/** A new one gets ready, and brings the region back; an old one stays as it is. */
	const later = (it: Region, twin: Region): Region => ({
		...it,
		isDone: it.isDone || it.version === "new",
		atWork: it.atWork || it.version === "new",
		holds: it.holds || (it.atWork && twin.atWork),
	});

	it("every two regions end well, and of two that work one is touched at a time", () => {
		for (const one of starts)
			for (const other of starts) {
				let pair: readonly [Region, Region] = [one, other];
				for (let turn = 0; turn < 12; turn++) {
					const seen = [seenOf("north", pair[0]), seenOf("south", pair[1])];
					const { step } = rolloutOf(seen, "twin-operator:2", undefined);
					const at = seen.findIndex((it) => it.name === step?.region);
					const twin = pair[1 - at];
					if (step && twin && pair[at]?.atWork && pair[at]?.isDone)
						expect([twin.atWork, twin.holds, twin.isDone]).toEqual([
							true,
							true,
							true,
						]);
					const next = pair.map((it, i) =>
						i === at ? { ...it, version: "new" as const, isDone: false } : it,
					) as [Region, Region];
					pair = [later(next[0], next[1]), later(next[1], next[0])];
				}
				const ends = pair.map((it) => [it.version, it.isDone, it.atWork]);
				expect(ends, JSON.stringify([one, other])).toEqual([
					["new", true, true],
					["new", true, true],
				]);
			}
	});
});
