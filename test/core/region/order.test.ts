import { describe, expect, it } from "vitest";
import { type LiveView, parseLive } from "../../../src/core/region/live.ts";
import { rankOf } from "../../../src/core/region/order.ts";
import { configMap, resource } from "./fixture.ts";

describe("the order of writes", () => {
	it("has what pods need before the pods, and autoscalers after them", () => {
		const kinds = ["ConfigMap", "RoleBinding", "Deployment", "Ingress"];
		expect(kinds.map(rankOf)).toEqual([0, 1, 2, 3]);
	});
});

describe("the migration of an object that we created", () => {
	const made = (managedFields: object[]): LiveView =>
		parseLive(
			{
				...configMap(),
				metadata: {
					name: "settings",
					uid: "u",
					resourceVersion: "9",
					managedFields,
				},
			},
			resource("v1", "ConfigMap"),
			undefined,
		);
	const entry = (operation: string, more: object = {}) => ({
		manager: "twin-operator",
		operation,
		...more,
	});

	it("finds its own entry, not one of a status", () => {
		const live = made([
			{ manager: "other", operation: "Update" },
			entry("Update", { subresource: "status" }),
			entry("Update"),
		]);
		expect(live).toMatchObject({ posted: 2, owned: false });
	});

	it("is not needed for one that was only applied", () => {
		expect(made([entry("Apply")])).not.toHaveProperty("posted");
	});
});
