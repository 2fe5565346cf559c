/** The chart where the hub installs agents: what it refuses, and how agents that Helm has installed become the hub's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import {
	addressesIn,
	agentObjects,
	agentParts,
	idOf,
} from "../../src/core/hub/agent-install.ts";
import { OPERATOR_NAMESPACE as OPS } from "../clusters/install.ts";
import {
	closeRun,
	type RealCluster,
	startCluster,
} from "../clusters/real/cluster.ts";
import { prepareHelm } from "../clusters/real/helm.ts";
import { release, set } from "./release.ts";
import { get } from "./world.ts";

const DOCS = join(import.meta.dirname, "../../docs");
const IMAGE = `busybox@sha256:${"0".repeat(64)}`;
const REGIONS = "{north,south}";
const MANAGED = {
	"hub.managed.regions": REGIONS,
	"hub.managed.server": "https://hub.example.com:6443",
	"hub.managed.gateImage": IMAGE,
};
const ACCESS = { "hub.enabled": false, "access.enabled": true };
const AGENT = {
	"agent.enabled": true,
	"agent.region": "north",
	"agent.twin": "south",
	"agent.gate.image": IMAGE,
	"agent.gate.addresses": "{10.96.0.50,10.96.0.51}",
};

let north: RealCluster;
beforeAll(async () => {
	await prepareHelm();
	north = await startCluster({
		name: "north",
		controllers: false,
		kwok: false,
	});
});
afterAll(async () => {
	await north?.stop();
	await closeRun();
});

it.each([
	[
		{ ...MANAGED, "hub.managed.regions": "{north}" },
		"names of both TwinClusters",
	],
	[{ "hub.managed.regions": REGIONS }, "hub.managed.server is empty"],
	[
		{ ...MANAGED, "hub.managed.gateImage": "" },
		"hub.managed.gateImage is empty",
	],
	[{ ...MANAGED, "hub.managed.server": "http://hub" }, "server"],
	[{ ...MANAGED, "hub.managed.gateImage": "busybox:1" }, "gateImage"],
	[{ ...MANAGED, "hub.witnessSecret": "witness" }, "exclude each other"],
	[{ ...ACCESS, ...AGENT, "access.managed": true }, "exclude each other"],
])("refuses %j", async (values, words) => {
	await expect(release("template", north, ...set(values))).rejects.toThrow(
		words,
	);
});

it.each([MANAGED, { ...ACCESS, "access.managed": true }])(
	"renders what an API server takes with %j",
	async (values) => {
		const text = await release("template", north, ...set(values));
		await north.kubectl(["create", "namespace", OPS]).catch(() => {});
		const how = ["--server-side", "--dry-run=server", "--validate=strict"];
		await north.kubectl(["apply", ...how, "-f", "-"], text);
	},
);

/** Of docs/install.md, by the words that it begins with. */
function commandIn(docs: string, head: string): string[] {
	const page = readFileSync(join(DOCS, docs), "utf8");
	const from = page.indexOf(head);
	const text = page.slice(from, page.indexOf("```", from)).split("\nhelm")[0];
	const words = text?.replaceAll("\\\n", " ").match(/'[^']*'|\S+/g) ?? [];
	return words.map((it) => it.replaceAll("'", "")).slice(1);
}

it("agents that Helm has installed become the hub's, and nothing of them is written anew", async () => {
	await release(
		"install",
		north,
		"--create-namespace",
		...set({ ...ACCESS, ...AGENT }),
	);
	const rendered = (
		loadAll(
			readFileSync(join(DOCS, "install/region-exclusive.yaml"), "utf8"),
		) as (KubeObject | null)[]
	).filter((it): it is KubeObject => it != null);
	const read = async (): Promise<ReadonlyMap<string, KubeObject>> => {
		const all = new Map<string, KubeObject>();
		for (const { resource, rendered: it } of agentParts(rendered)) {
			const group =
				resource.group === "" ? "/api/v1" : `/apis/${resource.group}/v1`;
			const inside = resource.namespaced ? `/namespaces/${OPS}` : "";
			const path = `${group}${inside}/${resource.plural}/${it.metadata.name}`;
			const found = await get(north, path);
			if (found) all.set(idOf(it), found);
		}
		return all;
	};
	const before = await read();
	expect(before.size).toBe(agentParts(rendered).length);

	const keep = commandIn("install.md", "kubectl --context north annotate");
	expect(keep).toContain("helm.sh/resource-policy=keep");
	await north.kubectl(keep.filter((it) => !/^(--context|north)$/.test(it)));
	await release(
		"upgrade",
		north,
		"--reset-then-reuse-values",
		...set({ "agent.enabled": false, "access.managed": true }),
	);

	const live = await read();
	const uids = (all: ReadonlyMap<string, KubeObject>) =>
		[...all].map(([id, it]) => [id, it.metadata.uid]);
	expect(uids(live)).toEqual(uids(before));
	const addresses = addressesIn(rendered, live);
	expect([...addresses.values()]).toEqual(["10.96.0.50", "10.96.0.51"]);
	const settings = {
		...{ region: "north", twin: "south", gateImage: IMAGE },
		...{ image: "twin-operator:0.1.0", profile: "Standard" },
		...{ installation: "default", namespace: OPS },
	};
	const wanted = agentObjects(rendered, settings, addresses);
	expect(wanted).toHaveLength(before.size);
	for (const { object } of wanted)
		await north.kubectl(
			[
				...["apply", "--server-side", "--force-conflicts"],
				...["--field-manager=twin-operator", "-f", "-"],
			],
			JSON.stringify(object),
		);
	// The same templates, so no new pods. (Annotations alone make a new generation.)
	const templates = (all: ReadonlyMap<string, KubeObject>) =>
		[...all].map(([id, { spec }]) => [
			id,
			(spec as { template?: unknown } | undefined)?.template,
		]);
	expect(templates(await read())).toEqual(templates(before));
});
