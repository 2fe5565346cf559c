/** A hub and two regions whose nodes run the operator's pods as processes, and what tests ask of the agents there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import type { KubeObject } from "../../src/api/object.ts";
import { crds, OPERATOR_NAMESPACE as OPS } from "../clusters/install.ts";
import type { Operator } from "../clusters/operator.ts";
import { startCluster } from "../clusters/real/cluster.ts";
import {
	PROCESSES,
	type ProcessNode,
	startProcessNode,
} from "../clusters/real/process/node.ts";
import { until } from "../clusters/wait.ts";
import { type Person, personWith } from "./command.ts";
import { NS, untilCluster } from "./pair.ts";
import { apply, get, namespace, type Region, type World } from "./world.ts";

export const REGIONS = ["north", "south"] as const;
export const AGENTS = ["twin-operator-agent", "twin-operator-agent-1"] as const;
const SELECTOR = "scheduler.alpha.kubernetes.io/node-selector";
const MANIFEST = join(
	import.meta.dirname,
	"../../docs/install/hub-managed.yaml",
);
const GATE = `registry.example/gate@sha256:${"0".repeat(64)}`;

export interface Installed {
	readonly world: World;
	readonly person: Person;
	readonly nodes: Record<"hub" | Region, ProcessNode>;
	/** Both agents as they are to be, and well. */
	untilAtWork(): Promise<void>;
	/** Somebody changes a TwinCluster, so that the hub looks at the agents. */
	touch(): Promise<void>;
	/** After a touch: the hub has read all that is there of both agents. */
	untilLooked(): Promise<void>;
	/** Applies docs/install/hub-managed.yaml with images of that tag. */
	installHub(tag: string): Promise<void>;
	/** Of the Deployments in a region. */
	imagesIn(region: Region): Promise<(string | undefined)[]>;
	uidsIn(region: Region): Promise<(string | undefined)[]>;
	/** The credentials of a region's agent. */
	secretIn(region: Region, name: string): Promise<Kept | undefined>;
	/** What the hub wrote in a region, by its account there. */
	writesIn(region: Region): string[];
	stop(): Promise<void>;
}

export interface Kept extends KubeObject {
	readonly data: { readonly kubeconfig: string };
}

interface Deployment extends KubeObject {
	readonly spec: {
		readonly template: {
			readonly spec: {
				readonly containers: readonly { image: string }[];
			};
		};
	};
}

export async function openInstalled(): Promise<Installed> {
	const world = await openClusters();
	const { hub, north, south } = world;
	const nodes = {
		hub: await startProcessNode(hub),
		north: await startProcessNode(north),
		south: await startProcessNode(south),
	};
	const deployments = (region: Region) =>
		Promise.all(
			AGENTS.map((name) =>
				get<Deployment>(
					world[region],
					`/apis/apps/v1/namespaces/${OPS}/deployments/${name}`,
				),
			),
		);
	const installHub = (tag: string) => apply(hub, ...hubManifest(hub.url, tag));
	await installHub("0.1.0");
	let touched = 0;
	const touch = async (): Promise<void> => {
		touched += 1;
		await hub.kubectl([
			...["annotate", "twincluster", "north", "--overwrite"],
			`example.com/touched=${touched}`,
		]);
	};
	return {
		...{ world, nodes, installHub, touch },
		person: personWith([hub, north, south], NS),
		untilAtWork: async () => {
			for (const region of REGIONS) {
				await untilCluster(world, region, "AgentReady", "AgentAtWork");
				await untilCluster(world, region, "GrantHeld", "GrantHeld");
			}
		},
		untilLooked: async () => {
			const count = await looks(nodes.hub);
			await touch();
			await until("both regions to be looked at", async () => {
				return (await looks(nodes.hub)) >= count + 2 * AGENTS.length;
			});
		},
		imagesIn: async (region) =>
			(await deployments(region)).map(
				(it) => it?.spec.template.spec.containers[0]?.image,
			),
		uidsIn: async (region) =>
			(await deployments(region)).map((it) => it?.metadata.uid),
		secretIn: (region, name) =>
			get<Kept>(world[region], `/api/v1/namespaces/${OPS}/secrets/${name}`),
		writesIn: (region) =>
			world[region]
				.auditLog()
				.filter((it) => it.user.username.endsWith(":twin-operator-access"))
				.map((it) => `${it.verb} ${it.requestURI}`),
		stop: async () => {
			await Promise.all(Object.values(nodes).map((it) => it.stop()));
			await Promise.all([hub, north, south].map((it) => it.stop()));
		},
	};
}

async function openClusters(): Promise<World> {
	// The agents' pods go to the processes, those of services to kwok.
	const apiServerFlags = ["--enable-admission-plugins=PodNodeSelector"];
	const shared = { audit: true, apiServerFlags };
	const [hub, north, south] = await Promise.all([
		startCluster({ name: "hub", kwok: false, audit: true }),
		startCluster({ ...shared, name: "north" }),
		startCluster({ ...shared, name: "south" }),
	]);
	const on = (name: string, type: string): KubeObject => ({
		...namespace(name),
		metadata: { name, annotations: { [SELECTOR]: `type=${type}` } },
	});
	for (const it of [north, south])
		await apply(it, on(OPS, PROCESSES.type), on(NS, "kwok"));
	await apply(hub, ...crds());
	await hub.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
	const operator = { lines: [] } as unknown as Operator;
	return { hub, north, south, operator } as unknown as World;
}

/** As a person fills it in; another profile makes the test shorter. */
function hubManifest(url: string, tag: string): KubeObject[] {
	const text = readFileSync(MANIFEST, "utf8")
		.replaceAll("SERVER", new URL(url).host)
		.replaceAll("GATE-IMAGE", GATE)
		.replaceAll(/\bONE\b/g, "north")
		.replaceAll(/\bOTHER\b/g, "south")
		.replaceAll(/twin-operator:\d+\.\d+\.\d+/g, `twin-operator:${tag}`)
		.replaceAll("--profile=Standard", "--profile=Fast");
	return (loadAll(text) as (KubeObject | undefined)[]).filter(
		(it): it is KubeObject => it != null,
	);
}

/** How often the hub has read the agents' Deployments in both regions. */
async function looks(hub: ProcessNode): Promise<number> {
	const texts = await Promise.all(
		[...hub.running.values()].map((it) => it.metrics()),
	);
	return texts
		.flatMap((it) => it.split("\n"))
		.filter((it) => it.startsWith("twin_operator_api_requests_total{"))
		.filter((it) => it.includes('verb="get",resource="deployments"'))
		.reduce((sum, it) => sum + Number(it.split(" ").at(-1)), 0);
}
