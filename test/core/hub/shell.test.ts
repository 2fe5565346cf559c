/** Small parts of the hub's shell: the lane, Events, the probe. */
import { describe, expect, it } from "vitest";
import { EVENT } from "../../../src/api/kind.ts";
import { Events } from "../../../src/shell/hub/event.ts";
import { Lane } from "../../../src/shell/hub/lane.ts";
import { outcomeOf } from "../../../src/shell/hub/probe.ts";
import type { Answer, ListBody } from "../../../src/shell/port.ts";
import { VirtualClock } from "../../clusters/embedded/clock.ts";
import { ControlPlane } from "../../clusters/embedded/control-plane.ts";

describe("a lane", () => {
	it("carries out a few at a time, urgent ones first, one of a key", async () => {
		const lane = new Lane(1);
		const done: string[] = [];
		const open = Promise.withResolvers<void>();
		const add = (key: string, urgent: boolean) =>
			lane.add(key, urgent, async () => {
				await open.promise;
				done.push(key);
			});
		expect(add("a", false)).toBe(true);
		expect(add("a", true)).toBe(false);
		expect(add("b", false)).toBe(true);
		expect(add("c", true)).toBe(true);
		expect(lane.isBusy("b")).toBe(true);
		open.resolve();
		await new Promise((resolve) => setImmediate(resolve));
		expect(done).toEqual(["a", "c", "b"]);
		expect(lane.isBusy("b")).toBe(false);
	});
});

describe("Events", () => {
	it("count up when the same is said again", async () => {
		const clock = new VirtualClock();
		const plane = new ControlPlane({ name: "hub", clock });
		const { api } = plane.connect();
		const lines: string[] = [];
		const log = {
			info: (_: object, it: string) => lines.push(it),
			warn: (_: object, it: string) => lines.push(it),
		};
		const events = new Events(api, clock, log);
		const target = {
			apiVersion: "twin-operator.dev/v1alpha1",
			kind: "TwinCluster",
			namespace: "",
			name: "north",
			uid: "u",
		};
		for (let i = 0; i < 3; i++) {
			events.tell(target, {
				type: "Warning",
				reason: "Unreachable",
				message: "north is lost.",
			});
			await clock.advance(1_000);
		}
		const answer = await api.request<ListBody>({
			verb: "list",
			resource: EVENT,
			timeoutMs: 1_000,
		});
		const items = answer.kind === "ok" ? answer.body.items : [];
		expect(items).toHaveLength(1);
		expect(items[0]).toMatchObject({
			type: "Warning",
			reason: "Unreachable",
			count: 3,
			metadata: { namespace: "default" },
		});
		expect(lines).toEqual([
			"north is lost.",
			"north is lost.",
			"north is lost.",
		]);
	});
});

describe("a probe", () => {
	const refused = (status: number): Answer => ({
		kind: "refused",
		status,
		reason: "",
		message: "",
	});
	const namespace = { apiVersion: "v1", kind: "Namespace", metadata: {} };
	it.each<[string, Answer, string]>([
		[
			"a namespace",
			{
				kind: "ok",
				status: 200,
				body: { ...namespace, metadata: { uid: "u" } },
			},
			"alive",
		],
		[
			"something else",
			{ kind: "ok", status: 200, body: namespace },
			"nonsense",
		],
		["401", refused(401), "denied"],
		["403", refused(403), "denied"],
		["429", refused(429), "alive"],
		["404", refused(404), "alive"],
		["5xx", { kind: "failing", status: 503, message: "" }, "unhealthy"],
		["HTML", { kind: "nonsense", message: "" }, "nonsense"],
		["a time-out", { kind: "silent", why: "timeout", message: "" }, "silent"],
		["TLS", { kind: "silent", why: "tls", message: "" }, "silent"],
	])("takes %s", (_, answer, kind) => {
		expect(outcomeOf(answer).kind).toBe(kind);
	});
});
