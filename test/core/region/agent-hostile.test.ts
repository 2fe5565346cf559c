/** A TwinService that is written to deceive its agent: what it forges counts for nothing, over an embedded control plane. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { APPLIED, EPOCH, INSTALLATION, SIDE } from "../../../src/api/label.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { configMap, deployment } from "./fixture.ts";
import { CONFIG_MAP, DEPLOYMENT } from "./kinds.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(async () => {
	world = await World.start();
});
afterEach(() => world.stop());

/** With every mark that the operator goes by, in the user's own words. */
const forged = (it: KubeObject): KubeObject => ({
	...it,
	metadata: {
		...it.metadata,
		labels: { [SIDE]: "another", [INSTALLATION]: "another", mine: "yes" },
		annotations: { [EPOCH]: "999", [APPLIED]: "forged", mine: "yes" },
	},
});

it("forged marks are the operator's own in what is applied, and the rest stays", async () => {
	await world.active({ objects: [forged(configMap()), forged(deployment())] });
	for (const [resource, name] of [
		[CONFIG_MAP, "settings"],
		[DEPLOYMENT, "web"],
	] as const) {
		const { metadata } = (await world.get(resource, name)) ?? {};
		expect(metadata?.labels).toMatchObject({
			[SIDE]: "shop",
			[INSTALLATION]: "default",
			mine: "yes",
		});
		expect(metadata?.annotations?.mine).toBe("yes");
		expect(metadata?.annotations?.[APPLIED]).toMatch(/^[0-9a-f]{16}$/);
		expect(metadata?.annotations?.[EPOCH]).toBe(
			resource === DEPLOYMENT ? "1" : undefined,
		);
	}
});

it("a forged epoch keeps no object from a later write, nor a side from its role", async () => {
	await world.active({ objects: [forged(configMap()), forged(deployment())] });
	const changed = [
		forged(configMap("settings", { colour: "red" })),
		forged(deployment()),
	];
	await world.patchSide({ objects: changed, hash: "h2" });
	await world.until("applied", async () => {
		const found = await world.get(CONFIG_MAP, "settings");
		return (found?.data as { colour?: string })?.colour === "red";
	});
	await world.wish("west", 1);
	await world.until("stopped", async () => (await world.replicas()) === 0);
	expect(await world.condition("Stalled")).toBe("False NotStalled");
});

it("a template that forges the side's label is counted as this side's all the same", async () => {
	const web = deployment("web", 2);
	const spec = web.spec as { template: { metadata: { labels: object } } };
	spec.template.metadata.labels = { app: "web", [SIDE]: "another" };
	await world.active({ objects: [web] });
	const { template } = await world.spec<typeof spec>(DEPLOYMENT, "web");
	expect(template.metadata.labels).toEqual({ app: "web", [SIDE]: "shop" });
});
