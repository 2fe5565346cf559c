/** Agents with the chart's own rights and short-lived tokens, which they renew by themselves. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { load } from "js-yaml";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import {
	exclusive,
	LASTING_MS,
	NS,
	openPair,
	type Pair,
	running,
	untilGranted,
} from "./pair.ts";
import { type Place, twinOf } from "./pair-options.ts";
import { apply, get, place, type Region, type World } from "./world.ts";

const OPS = "twin-operator-system";
const RULES = join(
	import.meta.dirname,
	"../../charts/twin-operator/files/rules",
);
const given = new Map<string, string>();
let pair: Pair;
let world: World;

beforeAll(async () => {
	pair = await openPair({
		agentFlags: [
			"--twin-secret",
			"twin-kubeconfig",
			"--witness-secret",
			"witness-kubeconfig",
		],
		reach: (agent, at) => given.get(`${agent} ${at}`),
	});
	world = pair.world;
	await place(world, NS, exclusive());
});
afterAll(async () => {
	await pair?.stop();
	await closeRun();
});

const rulesIn = (file: string, names: Record<string, string>): unknown => {
	let text = readFileSync(join(RULES, file), "utf8");
	for (const [from, to] of Object.entries(names))
		text = text.replaceAll(from, to);
	return load(text);
};

/** ServiceAccount, rights and a token that ends with the Secret it is bound to. */
async function account(
	cluster: RealCluster,
	name: string,
	rules: { readonly here: unknown; readonly everywhere?: unknown },
): Promise<string> {
	const subjects = [{ kind: "ServiceAccount", name, namespace: OPS }];
	const rbac = (kind: string, more: object): KubeObject => ({
		apiVersion: "rbac.authorization.k8s.io/v1",
		kind,
		metadata: {
			name,
			...(kind.startsWith("Cluster") ? {} : { namespace: OPS }),
		},
		...more,
	});
	const roleRef = (kind: string) => ({
		apiGroup: "rbac.authorization.k8s.io",
		kind,
		name,
	});
	await apply(
		cluster,
		{
			apiVersion: "v1",
			kind: "ServiceAccount",
			metadata: { name, namespace: OPS },
		},
		{
			apiVersion: "v1",
			kind: "Secret",
			metadata: { name: `${name}-bound`, namespace: OPS },
		},
		rbac("Role", { rules: rules.here }),
		rbac("RoleBinding", { roleRef: roleRef("Role"), subjects }),
		...(rules.everywhere
			? [
					rbac("ClusterRole", { rules: rules.everywhere }),
					rbac("ClusterRoleBinding", {
						roleRef: roleRef("ClusterRole"),
						subjects,
					}),
				]
			: []),
	);
	const token = await cluster.kubectl([
		...["create", "token", name, "-n", OPS, "--duration", "10m"],
		...[
			"--bound-object-kind",
			"Secret",
			"--bound-object-name",
			`${name}-bound`,
		],
	]);
	const { clusters } = load(cluster.kubeconfig) as {
		clusters: { cluster: object }[];
	};
	return JSON.stringify({
		"current-context": "x",
		clusters: [{ name: "x", cluster: clusters[0]?.cluster }],
		users: [{ name: "x", user: { token: token.trim() } }],
		contexts: [{ name: "x", context: { cluster: "x", user: "x" } }],
	});
}

const secretOf = (region: Region, name: string) =>
	get<{ data: { kubeconfig: string } }>(
		world[region],
		`/api/v1/namespaces/${OPS}/secrets/${name}`,
	);

const text = (kubeconfig: string) => Buffer.from(kubeconfig).toString("base64");

it("with the chart's rights alone they hold their grants, and renew their tokens at the start", async () => {
	const witness = await account(world.hub, "twin-operator-witness", {
		here: rulesIn("witness-namespace.yaml", { ONE: "north", OTHER: "south" }),
	});
	for (const region of ["north", "south"] as const) {
		const at = twinOf(region);
		const twin = await account(world[at], "twin-operator-twin", {
			here: rulesIn("twin-namespace.yaml", { TWIN: region, REGION: at }),
			everywhere: rulesIn("twin.yaml", {}),
		});
		given
			.set(`${region} ${at satisfies Place}`, twin)
			.set(`${region} hub`, witness);
		const secret = (name: string, kubeconfig: string): KubeObject => ({
			apiVersion: "v1",
			kind: "Secret",
			metadata: { name, namespace: OPS },
			data: { kubeconfig: text(kubeconfig) },
		});
		await apply(
			world[region],
			secret("twin-kubeconfig", twin),
			secret("witness-kubeconfig", witness),
		);
	}
	for (const region of ["north", "south"] as const) {
		await pair.agents[region].kill();
		pair.startAgent(region);
	}
	for (const region of ["north", "south"] as const)
		for (const [name, at] of [
			["twin-kubeconfig", twinOf(region)],
			["witness-kubeconfig", "hub"],
		] as const)
			await until(`${name} of ${region} to be renewed`, async () => {
				const kept = await secretOf(region, name);
				const before = given.get(`${region} ${at}`) ?? "";
				if (kept && kept.data.kubeconfig !== text(before)) return true;
				throw new Error(pair.agents[region].lines.slice(-5).join("\n"));
			});
	await untilGranted(world);
});

it("what they were given is revoked: nothing moves, nothing stops", async () => {
	const before = await running(world);
	for (const [cluster, name] of [
		[world.hub, "twin-operator-witness"],
		[world.north, "twin-operator-twin"],
		[world.south, "twin-operator-twin"],
	] as const)
		await cluster.kubectl(["delete", "secret", `${name}-bound`, "-n", OPS]);
	await sleep(LASTING_MS);
	expect(await running(world)).toEqual(before);
	await untilGranted(world);
});

it("no log has a token in it", () => {
	for (const region of ["north", "south"] as const)
		expect(pair.agents[region].lines.join("\n")).not.toMatch(/eyJ[\w-]{20}/);
});
