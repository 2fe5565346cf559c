/** What the agent does with objects that it cannot or must not write, over an embedded control plane. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { TWIN_SIDE } from "../../../src/api/kind.ts";
import { configMap, deployment, SEVEN } from "./fixture.ts";
import { CONFIG_MAP, DEPLOYMENT } from "./kinds.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(async () => {
	world = await World.start();
});
afterEach(() => world.stop());

it("leaves alone what is not its own, says so, and takes it over when told", async () => {
	await world.create({
		...configMap("settings", { owner: "somebody" }),
		metadata: { name: "settings", namespace: "apps" },
	});
	await world.createSide({ objects: [deployment(), configMap()] });
	await world.until(
		"the collision",
		async () => (await world.condition("Stalled")) === "True AlreadyExists",
	);
	const message = await world.message("Stalled");
	expect(message).toContain("ConfigMap settings");
	expect(message).toContain("twin-operator.dev/adopt=shop");
	expect((await world.get(CONFIG_MAP, "settings"))?.data).toEqual({
		owner: "somebody",
	});
	expect(await world.replicas()).toBe(0);
	await world.merge(CONFIG_MAP, "settings", {
		metadata: { annotations: { "twin-operator.dev/adopt": "shop" } },
	});
	await world.until(
		"everything applied",
		async () => (await world.condition("Applied")) === "True Applied",
	);
	expect((await world.get(CONFIG_MAP, "settings"))?.data).toMatchObject({
		colour: "blue",
	});
	expect(await world.condition("Stalled")).toBe("False NotStalled");
});

it("shows the words of a webhook, writes the other objects, and tries again", async () => {
	const words = 'admission webhook "no-blue" denied the request: not blue';
	world.intercept = (call) =>
		call.verb === "create" && call.resource.kind === "ConfigMap"
			? { kind: "refused", status: 403, reason: "Forbidden", message: words }
			: undefined;
	await world.createSide({ objects: [deployment(), configMap()] });
	await world.until(
		"the refusal",
		async () => (await world.condition("Applied")) === "False Refused",
	);
	expect(await world.message("Applied")).toBe(`ConfigMap settings: ${words}`);
	expect(await world.replicas()).toBe(0);
	const tries = () =>
		world.calls.filter(
			(it) => it.verb === "create" && it.resource.kind === "ConfigMap",
		).length;
	const before = tries();
	for (let at = 0; at < 30; at++) {
		// Something else of the side changes: no reason to ask again.
		const annotations = { at: `${at}` };
		await world.merge(DEPLOYMENT, "web", { metadata: { annotations } });
		await world.clock.advance(1_000);
	}
	expect(tries() - before).toBeGreaterThanOrEqual(3);
	expect(tries() - before).toBeLessThanOrEqual(6);
	world.intercept = undefined;
	await world.until(
		"everything applied",
		async () => (await world.condition("Applied")) === "True Applied",
	);
});

it("keeps a Secret's contents out of what it tells", async () => {
	world.intercept = (call) =>
		call.verb === "create" && call.resource.kind === "Secret"
			? {
					kind: "refused",
					status: 422,
					reason: "Invalid",
					message: 'data[password]: Invalid value: "hunter2": too short',
				}
			: undefined;
	await world.createSide({ objects: SEVEN });
	await world.until(
		"the refusal",
		async () => (await world.condition("Applied")) === "False Refused",
	);
	expect(JSON.stringify((await world.side()).status)).not.toContain("hunter2");
	expect(JSON.stringify(world.lines)).not.toContain("hunter2");
});

it("says which kind a cluster does not serve, and applies it when it is served", async () => {
	const route = {
		apiVersion: "gateway.networking.k8s.io/v1",
		kind: "HTTPRoute",
		metadata: { name: "web" },
		spec: { hostnames: ["shop.example"] },
	};
	await world.createSide({ objects: [route, deployment()] });
	await world.until(
		"the complaint",
		async () => (await world.condition("Applied")) === "False KindNotServed",
	);
	expect(await world.replicas()).toBe(0);
	const lists = world.calls.filter((it) => it.resource.kind === "HTTPRoute");
	await world.clock.advance(30_000);
	expect(
		world.calls.filter((it) => it.resource.kind === "HTTPRoute"),
	).toHaveLength(lists.length);
	await world.create(crdOf("HTTPRoute", "httproutes"));
	await world.until(
		"everything applied",
		async () => (await world.condition("Applied")) === "True Applied",
	);
});

it("leaves alone what it may not list, and says what right is missing", async () => {
	await world.stop();
	const message = 'configmaps is forbidden: User "agent" cannot list resource';
	world.intercept = (call) =>
		call.verb === "list" && call.resource.kind === "ConfigMap"
			? { kind: "refused", status: 403, reason: "Forbidden", message }
			: undefined;
	world.agent();
	await world.createSide({ objects: [configMap(), deployment()] });
	await world.until(
		"the complaint",
		async () => (await world.condition("Applied")) === "False Unreadable",
	);
	expect(await world.message("Applied")).toContain(message);
	expect(await world.replicas()).toBe(0);
	expect(await world.get(CONFIG_MAP, "settings")).toBeUndefined();
	world.intercept = undefined;
	await world.until(
		"everything applied",
		async () => (await world.condition("Applied")) === "True Applied",
	);
});

it("creates nothing while a kind it needs has not been listed", async () => {
	await world.stop();
	world.intercept = (call) =>
		call.verb === "list" && call.resource.kind === "ConfigMap"
			? { kind: "failing", status: 500, message: "etcd is slow" }
			: undefined;
	world.agent();
	await world.createSide({ objects: [configMap(), deployment()] });
	await world.clock.advance(30_000);
	// A turn for another reason changes nothing about that.
	await world.patchSide({ hash: "h2" });
	await world.clock.advance(10_000);
	expect(world.writes()).toEqual([]);
	world.intercept = undefined;
	await world.until(
		"everything applied",
		async () => (await world.condition("Applied")) === "True Applied",
	);
});

it("says which other TwinService wants the same object", async () => {
	await world.active({ objects: [configMap(), deployment()] });
	await world.createSide({ objects: [configMap()] }, "till");
	await world.clock.advance(5_000);
	const till = JSON.stringify(await world.get(TWIN_SIDE, "till"));
	expect(till).toContain("belongs to TwinSide shop");
	expect(till).toContain("AlreadyExists");
	expect(await world.condition("Applied")).toBe("True Applied");
});

const crdOf = (kind: string, plural: string) => ({
	apiVersion: "apiextensions.k8s.io/v1",
	kind: "CustomResourceDefinition",
	metadata: { name: `${plural}.gateway.networking.k8s.io` },
	spec: {
		group: "gateway.networking.k8s.io",
		scope: "Namespaced",
		names: {
			kind,
			plural,
			singular: kind.toLowerCase(),
			listKind: `${kind}List`,
		},
		versions: [
			{
				name: "v1",
				served: true,
				storage: true,
				schema: {
					openAPIV3Schema: {
						type: "object",
						"x-kubernetes-preserve-unknown-fields": true,
					},
				},
			},
		],
	},
});
