import { describe, expect, it } from "vitest";
import type { KubeObject, Meta } from "../../../src/api/object.ts";
import { claimOf } from "../../../src/core/region/claim.ts";
import { deletionStep, release } from "../../../src/core/region/deletion.ts";
import { configMap, livesOf, marked, observe, side } from "./fixture.ts";

const object = (metadata: Partial<Meta>): KubeObject => ({
	...configMap(),
	metadata: { name: "settings", uid: "u", resourceVersion: "9", ...metadata },
});
const owner = (kind: string, name: string, uid: string) => ({
	apiVersion: kind === "TwinSide" ? "twin-operator.dev/v1alpha1" : "apps/v1",
	kind,
	name,
	uid,
	controller: true,
});
const adopt = (name: string) => ({ "twin-operator.dev/adopt": name });

describe("an object that exists already", () => {
	const rows: [
		what: string,
		metadata: Partial<Meta>,
		kind: string,
		says: RegExp,
	][] = [
		[
			"nobody's",
			{},
			"foreign",
			/not managed.*kubectl annotate -n apps configmap settings twin-operator.dev\/adopt=shop/,
		],
		["handed over", { annotations: adopt("shop") }, "ours", /./],
		[
			"handed over to another side",
			{ annotations: adopt("till") },
			"foreign",
			/not managed/,
		],
		[
			"owned by this side",
			{ ownerReferences: [owner("TwinSide", "shop", "side-uid")] },
			"ours",
			/./,
		],
		[
			"owned by an earlier side of this name",
			{ ownerReferences: [owner("TwinSide", "shop", "old")] },
			"leaving",
			/./,
		],
		[
			"owned by another side",
			{ ownerReferences: [owner("TwinSide", "till", "t")] },
			"foreign",
			/TwinSide till.*two TwinServices/,
		],
		[
			"owned by another side, handed over",
			{
				annotations: adopt("shop"),
				ownerReferences: [owner("TwinSide", "till", "t")],
			},
			"foreign",
			/TwinSide till/,
		],
		[
			"made by a controller",
			{
				annotations: adopt("shop"),
				ownerReferences: [owner("Deployment", "web", "d")],
			},
			"foreign",
			/Deployment web/,
		],
		[
			"a claim that this side left before",
			{ labels: marked("shop") },
			"ours",
			/./,
		],
		[
			"labelled for another side",
			{ labels: marked("till") },
			"foreign",
			/TwinSide till of installation default/,
		],
		[
			"of another installation",
			{
				labels: { ...marked("shop"), "twin-operator.dev/installation": "blue" },
			},
			"foreign",
			/installation blue/,
		],
	];
	it.each(rows)("%s", (_, metadata, kind, says) => {
		const found = claimOf(object(metadata), side());
		expect(found.kind).toBe(kind);
		expect(found.kind === "foreign" ? found.message : "ok").toMatch(says);
	});
});

describe("a side that goes", () => {
	const going = (spec: object, finalizers = ["twin-operator.dev/workloads"]) =>
		side({
			objects: [configMap()],
			spec: { ...spec },
			metadata: { deletionTimestamp: "2030-01-01T00:00:00Z", finalizers },
		});

	it("leaves its workloads to garbage collection with Delete", () => {
		const view = going({}, [
			"foregroundDeletion",
			"twin-operator.dev/workloads",
		]);
		expect(deletionStep(observe(view))).toEqual({
			do: "finalizers",
			finalizers: ["foregroundDeletion"],
		});
	});

	it("releases what is desired and what is there with Orphan, then goes", () => {
		const view = going({ deletionPolicy: "Orphan" });
		const lives = livesOf(side({ objects: [configMap("old")] }));
		expect(deletionStep(observe(view, { lives }))).toEqual({
			do: "release",
			ids: ["ConfigMap/settings", "ConfigMap/old"],
		});
		expect(deletionStep(observe(view, { lives, released: true }))).toEqual({
			do: "finalizers",
			finalizers: [],
		});
	});

	it("releases as well when a person deletes it with --cascade=orphan", () => {
		const view = going({}, ["orphan", "twin-operator.dev/workloads"]);
		expect(deletionStep(observe(view)).do).toBe("release");
	});

	it("does nothing once its finalizer is off", () => {
		expect(deletionStep(observe(going({}, []))).do).toBe("nothing");
	});
});

describe("the release of an object", () => {
	it("takes off what is ours and keeps other owners", () => {
		const other = { ...owner("Thing", "x", "x"), controller: false };
		const held = object({
			labels: marked("shop"),
			ownerReferences: [owner("TwinSide", "shop", "side-uid"), other],
		});
		expect(release(held, side())).toEqual({
			metadata: {
				uid: "u",
				resourceVersion: "9",
				ownerReferences: [other],
				labels: {
					"twin-operator.dev/side": null,
					"twin-operator.dev/installation": null,
				},
				annotations: {
					"twin-operator.dev/applied": null,
					"twin-operator.dev/epoch": null,
					"twin-operator.dev/adopt": null,
				},
			},
		});
	});

	it("leaves alone what belongs to somebody else", () => {
		expect(release(object({}), side())).toBeUndefined();
		expect(release(object({ labels: marked("till") }), side())).toBeUndefined();
	});
});
