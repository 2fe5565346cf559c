import { describe, expect, it } from "vitest";
import { formOf } from "../../../src/core/region/form.ts";
import { canonical, parseParts } from "../../../src/core/region/part.ts";
import type { SideView } from "../../../src/core/region/side.ts";
import { withRole } from "../../../src/core/region/workload.ts";
import {
	autoscaler,
	claim,
	configMap,
	cronJob,
	deployment,
	marked,
	side,
} from "./fixture.ts";

const rendered = (view: SideView) =>
	view.parts.map((it) => withRole(it, view, formOf(it, view, undefined)));
const one = (view: SideView) => {
	const [object] = rendered(view);
	if (!object) throw new Error("nothing rendered");
	return object;
};
const home = { namespace: "apps", name: "shop", installation: "default" };
const hashOf = (object: unknown) => parseParts([object], home)[0]?.hash;

describe("an object of a side", () => {
	it("has labels, hash, epoch and owner, and keeps its own", () => {
		const object = {
			...deployment("web", 2),
			metadata: {
				name: "web",
				labels: { team: "a" },
				annotations: { note: "b" },
			},
		};
		const view = side({
			objects: [object],
			status: { role: "Active", epoch: 3 },
		});
		expect(one(view)).toMatchObject({
			metadata: {
				name: "web",
				namespace: "apps",
				labels: { team: "a", ...marked("shop") },
				annotations: {
					note: "b",
					"twin-operator.dev/applied": hashOf(object),
					"twin-operator.dev/epoch": "3",
				},
				ownerReferences: [
					{
						apiVersion: "twin-operator.dev/v1alpha1",
						kind: "TwinSide",
						name: "shop",
						uid: "side-uid",
						controller: true,
						blockOwnerDeletion: true,
					},
				],
			},
			spec: { replicas: 2 },
		});
	});

	it("carries neither role nor epoch in a pod template, but the side's name", () => {
		const template = (role: "Active" | "Standby", epoch: number) => {
			const view = side({
				objects: [deployment("web", 2)],
				status: { role, epoch },
			});
			return (one(view).spec as { template: object }).template;
		};
		expect(template("Active", 3)).toEqual(template("Standby", 4));
		expect(template("Active", 3)).toMatchObject({
			metadata: { labels: { app: "web", "twin-operator.dev/side": "shop" } },
		});
	});

	it("names the side on a CronJob's Jobs and on their pods", () => {
		const label = {
			metadata: { labels: { "twin-operator.dev/side": "shop" } },
		};
		expect(one(side({ objects: [cronJob()] })).spec).toMatchObject({
			suspend: true,
			jobTemplate: { ...label, spec: { template: label } },
		});
	});

	it("has no owner and no epoch when it is a claim: data outlives the service", () => {
		const { metadata } = one(side({ objects: [claim()] }));
		expect(metadata.ownerReferences).toBeUndefined();
		expect(Object.keys(metadata.annotations ?? {})).toEqual([
			"twin-operator.dev/applied",
		]);
	});

	it("has a Secret's stringData as data, which wins over data", () => {
		const secret = {
			apiVersion: "v1",
			kind: "Secret",
			metadata: { name: "key" },
			data: { a: "eA==", b: "eQ==" },
			stringData: { a: "z" },
		};
		const object = one(side({ objects: [secret] }));
		expect(object).toMatchObject({ data: { a: "eg==", b: "eQ==" } });
		expect(object).not.toHaveProperty("stringData");
	});

	it("loses what kubectl prints and nobody means", () => {
		const object = {
			...configMap(),
			metadata: { name: "settings", creationTimestamp: null },
			status: {},
		};
		const made = one(side({ objects: [object] }));
		expect(made).not.toHaveProperty("status");
		expect(made.metadata).not.toHaveProperty("creationTimestamp");
	});

	it.each([
		["Active", false, false],
		["Active", true, true],
		["Standby", false, true],
	] as const)(
		"a CronJob on the %s side, suspended in the manifest %s: %s",
		(role, manifest, suspend) => {
			const job = cronJob();
			const view = side({
				objects: [
					{ ...job, spec: { ...(job.spec as object), suspend: manifest } },
				],
				status: { role, epoch: 1 },
			});
			expect(one(view).spec).toMatchObject({ suspend });
		},
	);

	it.each([
		["Active", true],
		["Standby", false],
	] as const)("an autoscaler on the %s side: %s", (role, wanted) => {
		const view = side({ objects: [autoscaler()], status: { role, epoch: 1 } });
		const [part] = view.parts;
		expect(part && formOf(part, view, undefined).wanted).toBe(wanted);
	});
});

describe("the hash of an object", () => {
	it("does not depend on the role, nor on replicas", () => {
		expect(hashOf(deployment("web", 2))).toBe(hashOf(deployment("web", 3)));
	});

	it("does not depend on the order of keys", () => {
		expect(canonical({ b: 1, a: [{ d: 1, c: 2 }] })).toBe(
			'{"a":[{"c":2,"d":1}],"b":1}',
		);
	});

	it("changes with the object", () => {
		expect(hashOf(configMap("settings", { colour: "red" }))).not.toBe(
			hashOf(configMap()),
		);
	});
});
