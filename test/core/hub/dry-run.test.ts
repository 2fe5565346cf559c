/** What is made of a region's answer to a dry run. */
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import { dryRun } from "../../../src/shell/hub/dry-run.ts";
import type { Answer, Api } from "../../../src/shell/port.ts";

const verdict = (answer: Answer, kind = "ConfigMap") =>
	dryRun({
		api: { request: async () => answer } as unknown as Api,
		...{ region: "north", installation: "default", namespace: "shop" },
		...{ operatorNamespace: "twin-operator-system", name: "web" },
		objects: [
			{ apiVersion: "v1", kind, metadata: { name: "web" } } as KubeObject,
		],
	});
const failing = (message: string): Answer => ({
	...{ kind: "failing", status: 500, message },
});
const TYPED =
	"failed to create typed patch object (shop/web; /v1, Kind=Secret): .data.key: expected string, got ";

describe("a dry run", () => {
	it("takes a type error, which the API server calls its own, for a refusal", async () => {
		const words = `${TYPED}&value.valueUnstructured{Value:3}`;
		expect(await verdict(failing(words))).toEqual({
			reason: "DryRunRefused",
			message: `north refuses ConfigMap web: ${words}. Correct it in spec.manifests; nothing has been applied.`,
		});
	});

	it("knows nothing after any other error of the server", async () => {
		expect(await verdict(failing("etcd is gone"))).toBeUndefined();
	});

	it.each([
		'&value.valueUnstructured{Value:map[string]interface {}{"a":"topsecret"}}',
		"&value.valueUnstructured{Value:7777}",
	])("does not quote a Secret: %s", async (value) => {
		const it = await verdict(failing(TYPED + value), "Secret");
		expect(it).toMatchObject({
			reason: "DryRunRefused",
			message: expect.stringContaining(".data.key: expected string"),
		});
		expect(JSON.stringify(it)).not.toMatch(/topsecret|7777/);
	});
});
