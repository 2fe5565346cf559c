/** A release of the chart that meets what somebody else did: it stops in words, and nothing is lost. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crds } from "../clusters/install.ts";
import {
	closeRun,
	type RealCluster,
	startCluster,
} from "../clusters/real/cluster.ts";
import { helm, prepareHelm } from "../clusters/real/helm.ts";
import { inside, NAME, release } from "./release.ts";
import { apply } from "./world.ts";

const CRD = "twinservices.twin-operator.dev";
let hub: RealCluster;

const column = async (): Promise<string> =>
	hub.kubectl([
		...["get", "crd", CRD, "-o"],
		"jsonpath={.spec.versions[0].additionalPrinterColumns[0].name}",
	]);

describe("the chart meets", () => {
	beforeAll(async () => {
		[hub] = await Promise.all([
			startCluster({ name: "hub", controllers: false, kwok: false }),
			prepareHelm(),
		]);
	});
	afterAll(async () => {
		await hub?.stop();
		await closeRun();
	});

	it("CRDs that kubectl brought: it does not take them unasked", async () => {
		await apply(hub, ...crds());
		const install = () => release("install", hub, "--create-namespace");
		await expect(install()).rejects.toThrow(
			/CustomResourceDefinition "twin\w+\.twin-operator\.dev".* exists and cannot be imported/,
		);
		await release(
			"install",
			hub,
			"--create-namespace",
			"--take-ownership",
			"--force-conflicts",
		);
	});

	it("a CRD that was edited by hand: it names the tool and the field, and goes on when told to", async () => {
		await hub.kubectl([
			...["patch", "crd", CRD, "--type=json", "--field-manager=kubectl-edit"],
			"-p",
			JSON.stringify([
				{
					op: "replace",
					path: "/spec/versions/0/additionalPrinterColumns/0/name",
					value: "Fine",
				},
			]),
		]);
		const upgrade = (...more: string[]) => release("upgrade", hub, ...more);
		await expect(upgrade()).rejects.toThrow(/conflict with "kubectl-edit"/);
		expect(await column()).toBe("Fine");
		await upgrade("--force-conflicts");
		expect(await column()).toBe("Ready");
	});

	it("a second release beside it: refused, since two hubs would work on the same services", async () => {
		const other = ["--namespace", "second", "--create-namespace"];
		const chart = new URL("../../charts/twin-operator", import.meta.url);
		await expect(
			helm(hub, ["install", "second", chart.pathname, ...other]),
		).rejects.toThrow(
			/exists and cannot be imported into the current release: .*twin-operator-system/s,
		);
		await helm(hub, ["status", NAME, ...inside]);
	});
});
