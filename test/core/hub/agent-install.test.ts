/** The rendered manifests with the names of a pair put in, and what of it is outstanding. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { describe, expect, it } from "vitest";
import { APPLIED } from "../../../src/api/label.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import {
	type AgentSettings,
	addressesIn,
	agentObjects,
	idOf,
	isOutstanding,
	othersAgent,
	unavailable,
} from "../../../src/core/hub/agent-install.ts";

const FILE = "../../../docs/install/region-exclusive.yaml";
const RENDERED = (
	loadAll(readFileSync(join(import.meta.dirname, FILE), "utf8")) as (
		| KubeObject
		| undefined
	)[]
).filter((it): it is KubeObject => it != null);

const GATE = `busybox@sha256:${"a".repeat(64)}`;
const SETTINGS: AgentSettings = {
	region: "north",
	twin: "south",
	image: "registry.example.com/twin-operator:9",
	gateImage: GATE,
	profile: "Fast",
	installation: "mine",
	namespace: "ops",
};
const ADDRESSES = new Map([
	["twin-operator-agent", "10.96.0.50"],
	["twin-operator-agent-1", "fd00::51"],
]);
const objects = (addresses = ADDRESSES, settings = SETTINGS) =>
	agentObjects(RENDERED, settings, addresses).map((it) => it.object);
const named = (id: string, all = objects()) => {
	const found = all.find((it) => idOf(it) === id);
	if (!found) throw new Error(`no ${id}`);
	// biome-ignore lint/suspicious/noExplicitAny: whatever a rendered manifest has
	return found as KubeObject & { spec: any; rules: any };
};

describe("the agent's objects", () => {
	it("are the chart's, in the order in which they can be written, the hub's own rights left out", () => {
		expect(objects().map(idOf)).toEqual([
			"ServiceAccount/twin-operator-agent",
			"ServiceAccount/twin-operator-twin",
			"ClusterRole/twin-operator-agent",
			"ClusterRole/twin-operator-twin",
			"Role/twin-operator-agent",
			"Role/twin-operator-twin",
			"ClusterRoleBinding/twin-operator-agent",
			"ClusterRoleBinding/twin-operator-twin",
			"RoleBinding/twin-operator-agent",
			"RoleBinding/twin-operator-twin",
			"PodDisruptionBudget/twin-operator-agent",
			"Service/twin-operator-agent",
			"Service/twin-operator-agent-1",
			"Deployment/twin-operator-agent",
			"Deployment/twin-operator-agent-1",
		]);
	});

	it("have the names of the pair, the namespace and the images, and no word left to replace", () => {
		const text = JSON.stringify(objects());
		expect(text).not.toMatch(
			/\b(REGION|TWIN|GATE-IMAGE|ADDRESS-\d)\b|twin-operator-system|:0\.1\.0"/,
		);
		expect(named("Role/twin-operator-twin").rules[0].resourceNames).toEqual([
			"grant-south.north",
		]);
		const [container] = named("Deployment/twin-operator-agent-1").spec.template
			.spec.containers;
		expect(container.image).toBe("registry.example.com/twin-operator:9");
		expect(container.args).toEqual(
			expect.arrayContaining([
				"--region=north",
				"--twin=south",
				"--profile=Fast",
				"--installation=mine",
				"--namespace=ops",
				`--gate-image=${GATE}`,
				"--gate-addresses=10.96.0.50:8900,[fd00::51]:8900",
			]),
		);
	});

	it("keep what is put in inside its field", () => {
		const image = 'x"\n- kind: Secret $& $1';
		const all = objects(ADDRESSES, { ...SETTINGS, gateImage: image });
		const [container] = named("Deployment/twin-operator-agent", all).spec
			.template.spec.containers;
		expect(container.args).toContain(`--gate-image=${image}`);
	});

	it("have no Deployments before the addresses are known, and Services without one", () => {
		const all = objects(new Map());
		expect(all.some((it) => it.kind === "Deployment")).toBe(false);
		const { spec } = named("Service/twin-operator-agent", all);
		expect(spec).not.toHaveProperty("clusterIP");
	});

	it("have the same hash whether the API server has chosen an address or not", () => {
		const hash = (all: readonly KubeObject[]) =>
			named("Service/twin-operator-agent", [...all]).metadata.annotations;
		expect(hash(objects(new Map()))).toEqual(hash(objects()));
	});
});

describe("addresses", () => {
	it("are those of the Services; of one that is gone, what gates were told", () => {
		const live = new Map(objects().map((it) => [idOf(it), it]));
		expect(addressesIn(RENDERED, live)).toEqual(ADDRESSES);
		live.delete("Service/twin-operator-agent-1");
		expect(addressesIn(RENDERED, live)).toEqual(ADDRESSES);
		live.delete("Deployment/twin-operator-agent");
		live.delete("Deployment/twin-operator-agent-1");
		expect(addressesIn(RENDERED, live).size).toBe(1);
	});
});

describe("an agent that is there", () => {
	const live = (over: Partial<AgentSettings>) =>
		new Map(
			objects(ADDRESSES, { ...SETTINGS, ...over }).map((it) => [idOf(it), it]),
		);
	it.each<[string, Partial<AgentSettings>, string | undefined]>([
		["its own", { image: "older:1", twin: "east" }, undefined],
		[
			"another hub's",
			{ installation: "theirs" },
			"is that of installation theirs. Give each hub regions of its own",
		],
		[
			"another region's",
			{ region: "south" },
			"the agent in north is that of region south. Correct spec.credentials",
		],
	])("%s", (_what, over, words) => {
		const said = othersAgent(live(over), SETTINGS);
		if (words === undefined) expect(said).toBeUndefined();
		else expect(said).toContain(words);
	});
});

describe("an object is outstanding", () => {
	const [wanted] = agentObjects(RENDERED, SETTINGS, ADDRESSES).filter(
		(it) => idOf(it.object) === "Deployment/twin-operator-agent",
	);
	if (!wanted) throw new Error("no Deployment");
	// biome-ignore lint/suspicious/noExplicitAny: changed below
	const live = (change: (it: any) => void): KubeObject => {
		const it = structuredClone(wanted.object);
		change(it);
		return it;
	};
	it.each<[string, boolean, KubeObject | undefined]>([
		["absent", true, undefined],
		["as it is to be", false, wanted.object],
		[
			"with fields of others",
			false,
			live((it) => {
				it.spec.template.spec.nodeSelector = { disk: "fast" };
				it.metadata.annotations.other = "x";
				it.spec.strategy.type = "RollingUpdate";
			}),
		],
		[
			"changed by hand",
			true,
			live((it) => {
				it.spec.replicas = 0;
			}),
		],
		[
			"of an older version that had more",
			true,
			live((it) => {
				it.metadata.annotations[APPLIED] = "0";
			}),
		],
	])("%s: %s", (_what, expected, it) => {
		expect(isOutstanding(wanted, it)).toBe(expected);
	});
});

describe("a Deployment is rolled out", () => {
	const of = (status: object, generation = 2): KubeObject => ({
		apiVersion: "apps/v1",
		kind: "Deployment",
		metadata: { name: "a", generation },
		spec: { replicas: 1, template: { spec: { containers: [] } } },
		status,
	});
	const done = {
		...{ observedGeneration: 2, replicas: 1 },
		...{ updatedReplicas: 1, availableReplicas: 1 },
	};
	const stuck = { type: "Progressing", status: "False", message: "too late" };
	it.each<[string, string | undefined, KubeObject | undefined]>([
		["when it is", undefined, of(done)],
		["not while it is missing", "does not exist yet", undefined],
		["not before its controller has seen it", "0 of 1", of({}, 3)],
		["not for an older generation", "1 of 1", of(done, 3)],
		["not while an old pod is there", "1 of 1", of({ ...done, replicas: 2 })],
		[
			"not when it is stuck, in the controller's words",
			"0 of 1 new replicas available (too late)",
			of({ ...done, availableReplicas: 0, conditions: [stuck] }),
		],
	])("%s", (_what, words, it) => {
		if (words === undefined) expect(unavailable(it)).toBeUndefined();
		else expect(unavailable(it)).toContain(words);
	});
});
