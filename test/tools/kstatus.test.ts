/**
 * What Flux, `helm --wait` and others that go by kstatus make of a status, at
 * every version of it that scenarios bring: they must never see a success that
 * is none, and always the end of what they wait for.
 */
import { describe, expect, it } from "vitest";
import { TWIN_SERVICE } from "../../src/api/kind.ts";
import type { TwinCluster, TwinService } from "../../src/api/types.ts";
import { serviceObject } from "../core/hub/objects.ts";
import { World } from "../core/hub/world.ts";
import { tool } from "./run.ts";

type Kind = TwinService | TwinCluster;

const kstatus = async (objects: readonly (Kind | undefined)[]) =>
	(await tool("kstatus", [], JSON.stringify(objects))).trimEnd().split("\n");

const one = async (object: Kind | undefined) => (await kstatus([object]))[0];

/** Notes every version that can be seen while time goes by. */
class Seen {
	readonly versions = new Map<string, Kind>();
	readonly #world: World;

	constructor(world: World) {
		this.#world = world;
	}

	async look(): Promise<void> {
		const objects = [
			await this.#world.service(),
			await this.#world.twinCluster("north"),
			await this.#world.twinCluster("south"),
		];
		for (const it of objects)
			if (it)
				this.versions.set(
					`${it.metadata?.uid}/${it.metadata?.resourceVersion}`,
					it,
				);
	}

	async during(seconds: number): Promise<void> {
		for (let at = 0; at < seconds * 20; at++) {
			await this.#world.clock.advance(50);
			await this.look();
		}
	}
}

const statusOf = ({ status }: Kind, type: string) =>
	status?.conditions?.find((it) => it.type === type)?.status;
const isLookedAt = ({ metadata, status }: Kind) =>
	status?.observedGeneration === metadata?.generation;

/** In the words of kstatus, out of what the conditions say. */
function meant(it: Kind): string {
	if (metadataOf(it).deletionTimestamp) return "Terminating";
	if (!isLookedAt(it) || statusOf(it, "Reconciling") === "True")
		return "InProgress";
	if (statusOf(it, "Stalled") === "True") return "Failed";
	return statusOf(it, "Ready") === "True" ? "Current" : "InProgress";
}

const metadataOf = (it: Kind) =>
	(it.metadata ?? {}) as { deletionTimestamp?: string };

/** What contradicts itself in one status. */
function faultsOf(it: Kind): string[] {
	const { conditions = [], observedGeneration } = it.status ?? {};
	if (conditions.length === 0) return [];
	const is = (type: string) => statusOf(it, type);
	const said = conditions.map(({ type, status }) => `${type}=${status}`).join();
	const faults = [
		[
			["Ready", "Reconciling", "Stalled"].some((type) => !is(type)),
			"lacks one of Ready, Reconciling, Stalled",
		],
		[
			is("Ready") === "True" &&
				(is("Reconciling") === "True" || is("Stalled") === "True"),
			"is ready, and not at rest",
		],
		[
			is("Stalled") === "True" && is("Reconciling") === "True",
			"needs a person, and goes on by itself",
		],
		[
			conditions.some((c) => c.observedGeneration !== observedGeneration),
			"mixes generations",
		],
		[
			(observedGeneration ?? 0) > (it.metadata?.generation ?? 0),
			"speaks of a generation that is not there yet",
		],
	] as const;
	return faults
		.filter(([wrong]) => wrong)
		.map(([, words]) => `${it.kind} ${it.metadata?.name} ${words}: ${said}`);
}

async function judge(seen: Seen): Promise<Set<string>> {
	const all = [...seen.versions.values()];
	expect(all.flatMap(faultsOf)).toEqual([]);
	const said = await kstatus(all);
	expect(said).toEqual(all.map(meant));
	return new Set(said);
}

describe("a waiting tool", () => {
	it("does not take an object for done that no hub has looked at", async () => {
		const world = new World();
		await world.register();
		await world.create(TWIN_SERVICE, serviceObject());
		expect(await one(await world.service())).toBe("InProgress");
		expect(await one(await world.twinCluster("north"))).toBe("InProgress");
	});

	it("sees a placement begin and end, and a change until it was looked at", async () => {
		const world = new World();
		await world.register();
		await world.create(TWIN_SERVICE, serviceObject());
		const seen = new Seen(world);
		await seen.look();
		world.startHub();
		await seen.during(20);
		expect(await one(await world.service())).toBe("Current");
		await world.stopHub();
		await world.patch("web", { spec: { deletionPolicy: "Orphan" } });
		expect(await one(await world.service())).toBe("InProgress");
		world.startHub();
		await seen.during(10);
		expect(await one(await world.service())).toBe("Current");
		expect(await judge(seen)).toEqual(new Set(["InProgress", "Current"]));
	});

	it("sees a promotion, and that it is not done before the lost region is back", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		const seen = new Seen(world);
		world.links.north.cut();
		await seen.during(30);
		expect(await one(await world.service())).toBe("InProgress");
		world.links.north.mend();
		await seen.during(30);
		expect(await one(await world.service())).toBe("Current");
		await judge(seen);
	});

	it("sees that a person is needed, and does not wait on", async () => {
		const world = await World.start();
		await world.serving(serviceObject({ promotion: { policy: "Manual" } }));
		const seen = new Seen(world);
		world.links.north.cut();
		await seen.during(30);
		expect(await one(await world.service())).toBe("Failed");
		world.links.north.mend();
		await seen.during(20);
		expect(await one(await world.service())).toBe("Current");
		expect(await judge(seen)).toContain("Failed");
	});

	it("sees a move, an isolated hub, a suspension and a deletion", async () => {
		const world = await World.start();
		await world.serving(serviceObject());
		const seen = new Seen(world);
		await world.operate("move", { type: "Switchover", service: "web" });
		await seen.during(10);
		expect(await world.roles()).toBe("Standby/2 Active/1");
		world.links.north.cut();
		world.links.south.cut();
		await seen.during(20);
		expect(await one(await world.service())).toBe("InProgress");
		world.links.north.mend();
		world.links.south.mend();
		await seen.during(20);
		await world.patch("web", { spec: { suspend: true } });
		await seen.during(5);
		await world.patch("web", { spec: { suspend: false } });
		await seen.during(5);
		expect(await one(await world.service())).toBe("Current");
		world.links.south.cut();
		await world.remove(TWIN_SERVICE, "web");
		await seen.during(10);
		expect(await one(await world.service())).toBe("Terminating");
		await judge(seen);
	});
});
