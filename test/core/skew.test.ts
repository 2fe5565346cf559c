/**
 * What processes of different versions tell each other: the messages of 0.1, as
 * real control planes kept them in the middle of a switchover, are read by this
 * version; this version writes at least what 0.1 reads; and what a later one
 * adds changes nothing. The file is frozen: a later minor version gets one more.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LEASE, TWIN_SERVICE } from "../../src/api/kind.ts";
import type { KubeObject } from "../../src/api/object.ts";
import { parseGrant } from "../../src/core/hub/grant.ts";
import { parse } from "../../src/core/region/grant/handover.ts";
import {
	neutral,
	parseLease,
	swapOf,
} from "../../src/core/region/grant/lease.ts";
import { parseSide } from "../../src/core/region/side.ts";
import { AgentWatch } from "../../src/shell/hub/agent.ts";
import { heartbeat } from "../../src/shell/region/lease.ts";
import { VirtualClock } from "../clusters/embedded/clock.ts";
import { ControlPlane } from "../clusters/embedded/control-plane.ts";
import { serviceObject } from "./hub/objects.ts";
import { World } from "./hub/world.ts";
import { Pair } from "./region/pair.ts";

interface Messages {
	readonly side: KubeObject;
	readonly grant: KubeObject;
	readonly agent: KubeObject;
	readonly trust: KubeObject;
}
const FILE = new URL("./frozen/messages-0.1.json", import.meta.url);
const frozen = JSON.parse(readFileSync(FILE, "utf8")) as Messages;
const TWIN = "90cc19c6-5f0b-4f77-9abb-5c8ef5b86903";

/** With a field more in every object of spec, status and metadata; what users wrote apart. */
function later<T>(value: T, field = ""): T {
	if (value === null || typeof value !== "object" || field === "objects")
		return value;
	if (Array.isArray(value)) return value.map((it) => later(it)) as T;
	const entries = Object.entries(value).map(([key, it]) => [
		key,
		later(it, key),
	]);
	return Object.fromEntries([...entries, ["added-later", "x"]]) as T;
}

/** Paths of everything in it, those of users' objects and of lists apart. */
const pathsIn = (value: unknown, path = ""): string[] =>
	value === null || typeof value !== "object" || Array.isArray(value)
		? [path]
		: Object.entries(value).flatMap(([key, it]) =>
				pathsIn(it, `${path}/${key}`),
			);
const missing = (old: unknown, now: unknown): string[] => {
	const there = new Set(pathsIn(now));
	return pathsIn(old).filter((it) => !there.has(it));
};

async function agentAs(lease: KubeObject) {
	const clock = new VirtualClock();
	const { api } = new ControlPlane({ name: "north", clock }).connect();
	const namespace = "default";
	const { resourceVersion: _, uid: __, ...metadata } = lease.metadata;
	const body = { ...lease, metadata: { ...metadata, namespace } };
	const made = { verb: "create", resource: LEASE, namespace, body } as const;
	await api.request({ ...made, timeoutMs: 1_000 });
	const { signal } = new AbortController();
	const watch = new AgentWatch({
		...{ api, clock, namespace, signal },
		...{ region: "north", agent: "Managed" },
	});
	await watch.read();
	const { version, fencing } = watch;
	return { version, fencing, problem: watch.problem() };
}

describe("messages of 0.1", () => {
	it.each([
		["as they were", <T>(it: T): T => it],
		["with what a later version adds", <T>(it: T): T => later(it)],
	])("%s, are read", async (_what, as) => {
		expect(parseSide(as(frozen.side))).toMatchObject({
			...{ installation: "default", region: "north", twin: "south" },
			...{ home: "north", policy: "Exclusive", gate: "Kill" },
			standby: { mode: "Cold" },
			wish: { to: "south", ifEpoch: 1 },
			status: {
				...{ role: "Standby", epoch: 2, podsGoneEpoch: 2 },
				...{ ready: 0, desired: 0, offeredTo: `${TWIN}/0` },
				peer: { uid: TWIN, epoch: 1 },
				lastActive: [{ kind: "Deployment", name: "web", replicas: 2 }],
			},
		});
		const grant = as(frozen.grant);
		expect(parseGrant(grant)).toMatchObject({ holder: "north", renewed: true });
		const lease = parseLease(grant);
		expect(lease).toMatchObject({ holder: "north", transitions: 0 });
		expect([...parse(lease?.handover ?? "")]).toEqual([
			["shop/web", { side: `${TWIN}/0`, from: frozen.side.metadata.uid }],
		]);
		expect(parseLease(as(frozen.trust))?.trustedHub).toBe(
			frozen.grant.metadata.uid,
		);
		expect(await agentAs(as(frozen.agent))).toEqual({
			...{ version: "0.1.0", fencing: "Pod", problem: undefined },
		});
	});

	it("an agent that does not tell its version or its fencing is at work all the same", async () => {
		const { annotations: _, ...metadata } = frozen.agent.metadata;
		expect(await agentAs({ ...frozen.agent, metadata })).toEqual({
			...{ version: undefined, fencing: undefined, problem: undefined },
		});
	});
});

describe("what 0.1 reads is written still", () => {
	it("by the hub, into a TwinSide's spec", async () => {
		const world = await World.start();
		const promotion = { policy: "Exclusive" };
		const service = serviceObject({ promotion, standby: { mode: "Cold" } });
		await world.create(TWIN_SERVICE, service);
		await world.until("a side", async () => Boolean(await world.side("north")));
		const { wish: _, ...spec } = frozen.side.spec as { wish: object };
		const now = (await world.side("north"))?.spec;
		expect(missing(spec, now)).toEqual([]);
	});

	it("by the agent, into its status", async () => {
		const pair = await Pair.start();
		await pair.serving();
		await pair.wish("east", "west");
		await pair.until("an offer, and pods that are gone", async () => {
			const { offeredTo, podsGoneEpoch } = await pair.status("east");
			return offeredTo !== undefined && podsGoneEpoch !== undefined;
		});
		expect(missing(frozen.side.status, await pair.status("east"))).toEqual([]);
		await pair.stop();
	});

	it("by the agent, into grants", () => {
		const from = parseLease(frozen.grant);
		if (!from) throw new Error("no Lease");
		const change = { process: "p", handover: "{}", trustedHub: "u" };
		const made = neutral("grant-north.south", "ops", "north");
		const swap = swapOf(from, change, "2026-01-01T00:00:00.000000Z") as Partial<
			typeof made
		>;
		const now = {
			...{ spec: { ...(made.spec as object), ...(swap.spec as object) } },
			metadata: { annotations: swap.metadata?.annotations },
		};
		for (const { metadata, spec } of [frozen.grant, frozen.trust]) {
			const { annotations } = metadata;
			expect(missing({ metadata: { annotations }, spec }, now)).toEqual([]);
		}
	});

	it("by the agent, as its sign of life", async () => {
		const clock = new VirtualClock();
		const { api } = new ControlPlane({ name: "north", clock }).connect();
		const beating = new AbortController();
		void heartbeat({
			...{ api, clock, namespace: "default", identity: "i" },
			...{ signal: beating.signal, version: "0.2.0" },
			fencing: () => "Pod",
			log: { info: () => {}, warn: () => {} },
		});
		await clock.advance(1_000);
		beating.abort();
		const answer = await api.request({
			...{ verb: "get", resource: LEASE, namespace: "default" },
			...{ name: "agent", timeoutMs: 1_000 },
		});
		if (answer.kind !== "ok") throw new Error(answer.message);
		const of = ({ metadata, spec }: KubeObject) => ({
			spec,
			annotations: metadata.annotations,
		});
		expect(missing(of(frozen.agent), of(answer.body))).toEqual([]);
	});
});
