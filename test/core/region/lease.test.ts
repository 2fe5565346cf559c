import { expect, it } from "vitest";
import { LEASE } from "../../../src/api/kind.ts";
import { heartbeat } from "../../../src/shell/region/lease.ts";
import { World } from "./world.ts";

it("renews the agent's Lease every ten seconds, and creates it when it is missing", async () => {
	const world = await World.start();
	const stop = new AbortController();
	const beating = heartbeat({
		api: world.plane.connect("twin-operator").api,
		clock: world.clock,
		log: { info: () => {}, warn: () => {} },
		namespace: "apps",
		identity: "agent-1",
		version: "0.2.0",
		signal: stop.signal,
	});
	const seen = new Set<string | undefined>();
	for (let at = 0; at < 60; at++) {
		await world.clock.advance(1_000);
		const lease = await world.get(LEASE, "agent");
		expect(lease?.spec).toMatchObject({ holderIdentity: "agent-1" });
		expect(lease?.metadata.annotations).toEqual({
			"twin-operator.dev/version": "0.2.0",
		});
		seen.add(lease?.metadata.resourceVersion);
	}
	expect(seen.size).toBeGreaterThanOrEqual(6);
	expect(seen.size).toBeLessThanOrEqual(7);
	stop.abort();
	await world.clock.advance(1_000);
	await beating;
	await world.stop();
});
