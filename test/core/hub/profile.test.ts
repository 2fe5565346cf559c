/** A region whose credentials come from a ClusterProfile, over embedded control planes. */
import { expect, it } from "vitest";
import { TWIN_CLUSTER } from "../../../src/api/kind.ts";
import { said, serviceObject } from "./objects.ts";
import { World } from "./world.ts";

it("a kind that the hub does not serve is said, and what was connected goes on", async () => {
	const world = await World.start();
	await world.serving(serviceObject());
	const clusterProfileRef = { namespace: "inventory", name: "north" };
	const credentials = { secretRef: null, clusterProfileRef };
	await world.patch("north", { spec: { credentials } }, TWIN_CLUSTER);
	await world.until("told", async () => {
		const { status } = (await world.twinCluster("north")) ?? {};
		return (
			said(status?.conditions, "CredentialsValid") ===
			"False CredentialsInvalid"
		);
	});
	const { status } = (await world.twinCluster("north")) ?? {};
	expect(
		status?.conditions?.find((it) => it.type === "CredentialsValid")?.message,
	).toContain("The hub's cluster has to serve ClusterProfiles");
	expect(await world.roles()).toBe("Active/1 Standby/0");
});
