/** What becomes of a side's objects when its region is made new. */
import { expect, it } from "vitest";
import {
	ADOPT,
	APPLIED,
	EPOCH,
	INSTALLATION,
	SIDE,
} from "../../../src/api/label.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { retire } from "../../../src/core/region/retire.ts";
import { parseSide } from "../../../src/core/region/side.ts";

const side = parseSide({
	apiVersion: "twin-operator.dev/v1alpha1",
	kind: "TwinSide",
	metadata: { name: "web", namespace: "shop", uid: "side-1" },
	spec: { installation: "default", region: "north" },
});

const owned = (kind: string, owner = "side-1"): KubeObject => ({
	apiVersion: "v1",
	kind,
	metadata: {
		name: "web",
		namespace: "shop",
		uid: "u",
		resourceVersion: "7",
		labels: { [SIDE]: "web", [INSTALLATION]: "default" },
		ownerReferences: [
			{
				apiVersion: "twin-operator.dev/v1alpha1",
				kind: "TwinSide",
				name: "web",
				uid: owner,
			},
		],
	},
});

it.each([
	["Deployment", { replicas: 0 }],
	["StatefulSet", { replicas: 0 }],
	["CronJob", { suspend: true }],
	["Service", undefined],
	["ConfigMap", undefined],
	["PersistentVolumeClaim", undefined],
])("%s is switched off, let go and handed over", (kind, spec) => {
	expect(retire(owned(kind), side)).toEqual({
		do: "patch",
		body: {
			...(spec ? { spec } : {}),
			metadata: {
				uid: "u",
				resourceVersion: "7",
				ownerReferences: null,
				labels: { [SIDE]: null, [INSTALLATION]: null },
				annotations: { [APPLIED]: null, [EPOCH]: null, [ADOPT]: "web" },
			},
		},
	});
});

it.each(["HorizontalPodAutoscaler", "Job"])(
	"%s would act on its own, and goes",
	(kind) => {
		expect(retire(owned(kind), side)).toEqual({ do: "delete" });
	},
);

it("what belongs to another side is left alone", () => {
	expect(retire(owned("Deployment", "side-2"), side)).toEqual({
		do: "nothing",
	});
});
