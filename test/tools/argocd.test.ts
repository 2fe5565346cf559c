/**
 * Health and actions as Argo CD itself sees them: its own program runs the
 * scripts of docs/argocd over objects that the operator has written, and what an
 * action creates is given to the operator again.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, describe, expect, it } from "vitest";
import { SECRET, TWIN_OPERATION, TWIN_SERVICE } from "../../src/api/kind.ts";
import type { KubeObject } from "../../src/api/object.ts";
import {
	OPERATOR_NAMESPACE,
	operationObject,
	said,
	secretObject,
	serviceObject,
} from "../core/hub/objects.ts";
import { World } from "../core/hub/world.ts";
import { tool } from "./run.ts";

const dir = mkdtempSync(join(tmpdir(), "twin-operator-test-"));
afterAll(() => rmSync(dir, { recursive: true }));

async function overrides(
	what: "health" | "list-actions" | "run-action",
	object: object | undefined,
	...more: readonly string[]
): Promise<string> {
	if (!object) throw new Error("there is no such object");
	const file = join(dir, "object.yaml");
	// JSON is YAML.
	writeFileSync(file, JSON.stringify(object));
	const settings = ["--argocd-cm-path", "docs/argocd/argocd-cm.yaml"];
	return tool("argocd", [
		...["admin", "settings", "resource-overrides", what],
		...[file, ...more, ...settings],
	]);
}

/** `Healthy: what its message says`. */
async function health(object: object | undefined): Promise<string> {
	const said = await overrides("health", object);
	const [, status, message] = /STATUS: (.*)\nMESSAGE: (.*)\n/s.exec(said) ?? [];
	return `${status}: ${message}`;
}

/** Those that a person may choose. */
async function actions(object: object | undefined): Promise<string[]> {
	const said = await overrides("list-actions", object);
	return [...said.matchAll(/^(\S+) +false$/gm)].map((it) => it[1] ?? "");
}

async function created(
	object: object | undefined,
	action: string,
): Promise<KubeObject> {
	const said = await overrides("run-action", object, action);
	const [, text = ""] = said.split("Following resource was created:\n");
	return load(text) as KubeObject;
}

async function serving(spec: object = {}): Promise<World> {
	const world = await World.start();
	await world.serving(serviceObject(spec));
	return world;
}

const becomes = (world: World, type: string, word: string) =>
	world.until(`${type} ${word}`, async () =>
		(await world.condition(type)).includes(word),
	);

describe("the health of a TwinService", () => {
	it("is Progressing before the hub has seen it, and never Healthy too early", async () => {
		const world = new World();
		await world.register();
		await world.create(TWIN_SERVICE, serviceObject());
		const unseen = "Progressing: The hub has not looked at it yet.";
		expect(await health(await world.service())).toBe(unseen);
		world.startHub();
		let last = unseen;
		await world.until("serves", async () => {
			last = await health(await world.service());
			return !last.startsWith("Progressing: ");
		});
		expect(last).toBe("Healthy: north serves, south stands by.");
		expect(await world.condition("Ready")).toBe("True Serving");
	});

	it("is Progressing from a change of the spec until the hub has looked at it", async () => {
		const world = await serving();
		await world.stopHub();
		await world.patch("web", { spec: { deletionPolicy: "Orphan" } });
		expect(await health(await world.service())).toMatch(
			/^Progressing: The hub/,
		);
		world.startHub();
		await world.clock.advance(5_000);
		expect(await health(await world.service())).toMatch(/^Healthy: /);
	});

	it("is Suspended while it is, and Healthy after", async () => {
		const world = await serving();
		await world.patch("web", { spec: { suspend: true } });
		await becomes(world, "Synced", "Suspended");
		expect(await health(await world.service())).toMatch(
			/^Suspended: spec.suspend/,
		);
		await world.patch("web", { spec: { suspend: false } });
		await becomes(world, "Ready", "Serving");
		expect(await health(await world.service())).toMatch(/^Healthy: /);
	});

	it("is Degraded while its standby region is lost, and says which", async () => {
		const world = await serving();
		world.links.south.cut();
		await becomes(world, "Ready", "Unreachable");
		expect(await health(await world.service())).toMatch(/^Degraded: south /);
	});

	it("is Degraded when a person is needed, with the next step", async () => {
		const world = await serving({ promotion: { policy: "Manual" } });
		world.links.north.cut();
		await becomes(world, "PromotionNeeded", "True");
		expect(await health(await world.service())).toMatch(
			/^Degraded: north is lost .* create a TwinOperation/,
		);
	});

	it("is Unknown while the hub is cut off", async () => {
		const world = await serving();
		world.links.north.cut();
		world.links.south.cut();
		await becomes(world, "Ready", "HubIsolated");
		expect(await health(await world.service())).toMatch(
			/^Unknown: The hub sees/,
		);
	});

	it("is Healthy when it serves and would not survive, and says so", async () => {
		const world = await serving({ promotion: { policy: "Exclusive" } });
		expect(await world.condition("Redundant")).toBe("False NoFencing");
		expect(await health(await world.service())).toMatch(
			/^Healthy: north serves, .* Not redundant: .*Exclusive/,
		);
	});
});

describe("the health of the other kinds", () => {
	it("of a TwinCluster", async () => {
		const world = new World();
		await world.register();
		const north = () => world.twinCluster("north");
		expect(await health(await north())).toMatch(/^Progressing: The hub/);
		world.startHub();
		await world.clock.advance(5_000);
		expect(await health(await north())).toMatch(/^Healthy: Services can be/);
		world.links.north.cut();
		await world.clock.advance(20_000);
		expect(await health(await north())).toMatch(/^Degraded: north is lost/);
		world.links.south.cut();
		await world.clock.advance(20_000);
		expect(await health(await north())).toMatch(/^Unknown: The hub sees/);
	});

	it("of a TwinCluster whose credentials are no use", async () => {
		const world = new World();
		await world.register();
		await world.person.hub.request({
			verb: "merge",
			resource: SECRET,
			namespace: OPERATOR_NAMESPACE,
			name: "north",
			body: { data: secretObject("north", "garbage").data },
			timeoutMs: 1_000,
		});
		world.startHub();
		await world.clock.advance(10_000);
		expect(await health(await world.twinCluster("north"))).toMatch(
			/^Degraded: What spec.credentials names cannot be used/,
		);
	});

	it("of a TwinSide", async () => {
		const world = await serving();
		expect(await health(await world.side("north"))).toMatch(
			/^Healthy: Active, epoch 1\. /,
		);
		expect(await health(await world.side("south"))).toMatch(
			/^Healthy: Standby, epoch 0\. /,
		);
		await world.patch("web", { spec: { suspend: true } });
		await world.clock.advance(5_000);
		expect(await health(await world.side("south"))).toMatch(/^Suspended: /);
	});

	it("of a TwinOperation", async () => {
		const world = await serving();
		await world.stopHub();
		await world.operate("move", { type: "Switchover", service: "web" });
		expect(await health(await world.operation("move"))).toMatch(
			/^Progressing: /,
		);
		world.startHub();
		await world.until("moved", async () => {
			const { conditions } = (await world.operation("move"))?.status ?? {};
			return said(conditions, "Complete").startsWith("True");
		});
		expect(await health(await world.operation("move"))).toMatch(/^Healthy: /);
		expect(await world.roles()).toBe("Standby/2 Active/1");
		await world.create(
			TWIN_OPERATION,
			operationObject("lost", { type: "Switchover", service: "gone" }),
		);
		await world.clock.advance(5_000);
		expect(await health(await world.operation("lost"))).toMatch(
			/^Degraded: .*gone/,
		);
	});
});

describe("the actions on a TwinService", () => {
	it("are offered where they make sense", async () => {
		const world = await serving();
		const now = async () => actions(await world.service());
		expect(await now()).toEqual(["suspend", "switchover"]);
		await world.patch("web", { spec: { suspend: true } });
		await becomes(world, "Synced", "Suspended");
		expect(await now()).toEqual(["resume"]);
	});

	it("switchover and failback create operations that the hub carries out", async () => {
		const world = await serving();
		const over = await created(await world.service(), "switchover");
		expect(over.metadata.name).toMatch(/^web-\d{12}$/);
		await world.create(TWIN_OPERATION, over);
		await world.until("moved", async () => {
			const service = await world.service();
			return service?.status?.activeCluster === "south";
		});
		await becomes(world, "Ready", "True");
		expect(await actions(await world.service())).toContain("failback");
		const back = await created(await world.service(), "failback");
		expect(back.spec).toEqual({
			type: "Switchover",
			service: "web",
			to: "north",
		});
		await world.create(TWIN_OPERATION, {
			...back,
			// A second has passed for a person, and none for this machine.
			metadata: { ...back.metadata, name: "web-back" },
		});
		await world.until("moved back", async () =>
			(await world.roles()).startsWith("Active/3"),
		);
	});

	it("failover is offered when a person is asked for alone, and overrides what was seen alone", async () => {
		const world = await serving({ promotion: { policy: "Manual" } });
		await expect(created(await world.service(), "failover")).rejects.toThrow(
			/No person is asked to promote it/,
		);
		world.links.north.cut();
		await becomes(world, "PromotionNeeded", "True");
		const service = await world.service();
		expect(await actions(service)).toEqual(["failover", "suspend"]);
		const operation = await created(service, "failover");
		expect(operation.spec).toEqual({
			type: "Failover",
			service: "web",
			to: "south",
			ifEpoch: service?.status?.epoch,
			acknowledgeDataLoss: true,
		});
		await world.create(TWIN_OPERATION, operation);
		await world.until("promoted", async () =>
			(await world.roles()).endsWith("Active/1"),
		);
	});

	it("suspend and resume set the field that a person would set", async () => {
		const world = await serving();
		const run = async (action: string) =>
			overrides("run-action", await world.service(), action);
		expect(await run("suspend")).toMatch(/^> +suspend: true$/m);
		await world.patch("web", { spec: { suspend: true } });
		expect(await run("resume")).toMatch(/^> +suspend: false$/m);
	});
});
