/** Argo CD delivers a service to both regions itself, and the operator only says where it runs. */
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { application, inert, regions } from "./argocd-objects.ts";
import { changesOf, record } from "./argocd-watch.ts";
import { type GitOps, openGitOps, undisturbed } from "./argocd-world.ts";
import { find, report } from "./kinds.ts";
import { operate } from "./move.ts";
import {
	apply,
	isTrue,
	place,
	replicas,
	twinService,
	untilPlaced,
	type World,
} from "./world.ts";

const NS = "delivered";
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NS}/deployments`;
const DOC = new URL("../../docs/targets.md", import.meta.url);

let ops: GitOps;
let world: World;

beforeAll(async () => {
	ops = await openGitOps();
	world = ops.world;
	await apply(world.hub, ...regions());
	world.restartOperator();
	ops.git.commit({ [`${NS}/web.yaml`]: [inert("web:1"), report()] });
	await apply(world.hub, delivery("north"), delivery("south"));
	await Promise.all(names.map((it) => ops.wait(it)));
});
afterAll(async () => {
	await ops?.stop();
	await closeRun();
});

const names = ["delivery-north", "delivery-south"];

/** To one region, with what docs/targets.md says about differences. */
function delivery(region: string): KubeObject {
	const [, block = ""] =
		/```yaml\n(spec:\n {2}ignoreDifferences[\s\S]*?)```/.exec(
			readFileSync(DOC, "utf8"),
		) ?? [];
	const { spec } = load(block) as {
		spec: { ignoreDifferences: object; syncPolicy: { syncOptions: string[] } };
	};
	const { syncOptions } = spec.syncPolicy;
	const options = [...syncOptions, "CreateNamespace=true"];
	return application(ops.git.url, `delivery-${region}`, options, {
		source: { repoURL: ops.git.url, targetRevision: "main", path: NS },
		destination: { name: region, namespace: NS },
		ignoreDifferences: spec.ignoreDifferences,
	});
}

/** Where how many replicas are wanted, and where the CronJob is suspended. */
const running = async () => [
	await replicas(world.north, NS),
	await replicas(world.south, NS),
	(await find(world.north, NS, "cronjobs", "report"))?.spec.suspend,
	(await find(world.south, NS, "cronjobs", "report"))?.spec.suspend,
];

describe("targets that Argo CD delivers", () => {
	it("run in the active region alone, and self-heal leaves them so", async () => {
		expect(await running()).toEqual([0, 0, true, true]);
		const targets = [
			{ kind: "Deployment", name: "web", replicas: 3 } as const,
			{ kind: "CronJob", name: "report" } as const,
		];
		const object = twinService(NS, { targets });
		const spec = { ...(object.spec as object), manifests: undefined };
		await undisturbed(ops, names, () => place(world, NS, { ...object, spec }));
		expect(await running()).toEqual([3, 0, false, true]);
	});

	it("a new version reaches both regions, and does not stop the active one for a moment", async () => {
		const recording = await record<KubeObject & { spec: { replicas: number } }>(
			world.north,
			"web",
			DEPLOYMENTS,
		);
		ops.git.commit({ [`${NS}/web.yaml`]: [inert("web:2"), report()] });
		const delivered = names.map(async (it) => {
			await ops.argocd.cli("app", "get", it, "--refresh", "-o", "json");
			await ops.wait(it);
			await ops.untilCompared(it);
		});
		await Promise.all(delivered);
		for (const it of [world.north, world.south])
			expect(JSON.stringify(await find(it, NS, "deployments"))).toContain(
				'"image":"registry.example/web:2"',
			);
		const seen = await recording.stop();
		expect(changesOf(seen, (it) => it.spec.replicas)).toEqual([3]);
		expect(await running()).toEqual([3, 0, false, true]);
	});

	it("a switchover moves them, and nothing takes it back", async () => {
		await undisturbed(ops, names, async () => {
			const done = await operate(world, NS, "over", {});
			expect(isTrue(done, "Complete"), JSON.stringify(done.status)).toBe(true);
			await untilPlaced(world, NS);
		});
		expect(await running()).toEqual([0, 3, true, false]);
	});
});
