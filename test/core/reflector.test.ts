import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import type { Answer } from "../../src/shell/port.ts";
import { list, pod, SILENT, scene } from "./reflector-kit.ts";

describe("Reflector", () => {
	it("lists page by page and watches from the list's version, with bookmarks moving it on", async () => {
		const { clock, api, reflector, all } = await scene([
			list(10, [pod("a", 3)], "more"),
			list(10, [pod("b", 4)]),
		]);
		expect(api.lists.map((it) => it.query)).toEqual([
			{ limit: "500" },
			{ limit: "500", continue: "more" },
		]);
		expect(reflector.synced).toBe(true);
		expect(all()).toEqual({ "ns/a": "Running", "ns/b": "Running" });
		expect(api.last.call.resourceVersion).toBe("10");
		api.bookmark(25);
		api.last.end({ kind: "closed" });
		await clock.advance(1_000);
		expect(api.last.call.resourceVersion).toBe("25");
		expect(api.lists).toHaveLength(2);
	});

	it("is not synced before the last page, nor after a fault on the way", async () => {
		const { reflector } = await scene([
			list(10, [pod("a", 3)], "more"),
			SILENT,
		]);
		expect(reflector.synced).toBe(false);
		expect(reflector.connected).toBe(false);
		expect(reflector.fault).toEqual(SILENT);
	});

	it("tells changes once, with what was before", async () => {
		const { api, changes, all } = await scene([list(10, [pod("a", 3)])]);
		api.send("MODIFIED", pod("a", 11, "Failed"));
		api.send("MODIFIED", pod("a", 11, "Failed"));
		api.send("ADDED", pod("b", 12));
		api.send("DELETED", pod("a", 13));
		expect(changes).toEqual([
			"ns/a - > Running",
			"ns/a Running > Failed",
			"ns/b - > Running",
			"ns/a Failed > -",
		]);
		expect(all()).toEqual({ "ns/b": "Running" });
	});

	it("lists again after 410 and tells what went meanwhile", async () => {
		const { clock, api, changes } = await scene([
			list(10, [pod("a", 3), pod("b", 4)]),
			list(50, [pod("b", 4), pod("c", 40)]),
		]);
		changes.length = 0;
		api.last.end({ kind: "expired" });
		await clock.advance(1_000);
		expect(changes).toEqual(["ns/c - > Running", "ns/a Running > -"]);
		expect(api.last.call.resourceVersion).toBe("50");
	});

	it("takes the list in one piece when its continuation expires", async () => {
		const gone: Answer<never> = {
			kind: "refused",
			status: 410,
			reason: "Expired",
			message: "too old",
		};
		const { api, all } = await scene([
			list(10, [pod("a", 3)], "more"),
			gone,
			list(20, [pod("b", 15)]),
		]);
		expect(api.lists.at(-1)?.query).toEqual({});
		expect(all()).toEqual({ "ns/b": "Running" });
	});

	it("drops a watch on which nothing comes; silence alone changes nothing", async () => {
		const { clock, api, all, changes } = await scene([list(10, [pod("a", 3)])]);
		changes.length = 0;
		await clock.advance(60_000);
		api.bookmark(11);
		await clock.advance(89_000);
		expect(api.watches).toHaveLength(1);
		await clock.advance(2_000);
		expect(api.watches).toHaveLength(2);
		expect(api.watches[0]?.call.signal.aborted).toBe(true);
		expect(all()).toEqual({ "ns/a": "Running" });
		expect(changes).toEqual([]);
	});

	it("keeps what it saw last while the server is silent, backs off, and comes back", async () => {
		const { clock, api, reflector, warnings, all } = await scene([
			list(10, [pod("a", 3)]),
			SILENT,
		]);
		expect(reflector.connected).toBe(true);
		const seenAt = reflector.asOf;
		api.last.end({ kind: "failed", answer: SILENT });
		await clock.advance(60_000);
		expect(reflector.connected).toBe(false);
		expect(reflector.synced).toBe(true);
		expect(reflector.asOf).toBe(seenAt);
		expect(all()).toEqual({ "ns/a": "Running" });
		expect(warnings).toHaveLength(1);
		// Half of 5 s at the longest: some 24 tries in a minute, not thousands.
		expect(api.lists.length).toBeGreaterThan(20);
		expect(api.lists.length).toBeLessThan(35);
		api.script = [list(99, [])];
		await clock.advance(5_000);
		expect(reflector.connected).toBe(true);
		expect(all()).toEqual({});
	});

	it("tries at once when nudged", async () => {
		const { clock, api, reflector } = await scene([SILENT], {
			backoff: { firstMs: 1_000_000, maxMs: 1_000_000 },
		});
		expect(api.lists).toHaveLength(1);
		reflector.nudge();
		await clock.advance(0);
		expect(api.lists).toHaveLength(2);
	});

	it("once nudged it is stale until it was listed, and says when it was", async () => {
		const said: boolean[] = [];
		const { clock, api, reflector } = await scene([list(10, [pod("a", 3)])], {
			onConnected: (it) => said.push(it),
		});
		expect(reflector.stale).toBe(false);
		api.script = [SILENT, list(20, [pod("b", 15)])];
		reflector.nudge();
		expect(reflector.stale).toBe(true);
		await clock.advance(10_000);
		expect(reflector.stale).toBe(false);
		expect(reflector.get("ns/a")).toBeUndefined();
		expect(said.at(-1)).toBe(true);
	});

	it("leaves an object out that cannot be understood, keeps what it knew, and goes on with the others", async () => {
		const bad = { ...pod("a", 11), status: null };
		const { api, reflector, all, warnings } = await scene([
			list(10, [
				{ ...pod("x", 2), status: null },
				null as unknown as KubeObject,
				pod("a", 3),
			]),
		]);
		expect(all()).toEqual({ "ns/a": "Running" });
		api.send("MODIFIED", bad);
		api.send("ADDED", {} as KubeObject);
		api.send("ADDED", pod("b", 12));
		expect(all()).toEqual({ "ns/a": "Running", "ns/b": "Running" });
		expect([...reflector.unreadable.keys()]).toEqual(["ns/x", "ns/a"]);
		expect(warnings).toHaveLength(4);
		api.send("MODIFIED", pod("a", 13, "Failed"));
		expect([...reflector.unreadable.keys()]).toEqual(["ns/x"]);
	});

	it("goes on when a listener throws", async () => {
		const { api, all } = await scene([list(10, [pod("a", 3)])], {
			onChange: () => {
				throw new Error("listener");
			},
		});
		api.send("ADDED", pod("b", 12));
		expect(all()).toEqual({ "ns/a": "Running", "ns/b": "Running" });
	});

	it("does not hammer a server that calls every watch expired", async () => {
		const { clock, api } = await scene([list(10, [])]);
		for (let i = 0; i < 200; i++) {
			api.last.end({ kind: "expired" });
			await clock.advance(100);
		}
		expect(api.lists.length).toBeLessThan(20);
	});

	it("stops, and stays readable", async () => {
		const { clock, api, reflector, all } = await scene([
			list(10, [pod("a", 3)]),
		]);
		const stopped = reflector.stop();
		await clock.advance(0);
		await stopped;
		expect(api.last.call.signal.aborted).toBe(true);
		await clock.advance(600_000);
		expect(api.watches).toHaveLength(1);
		expect(all()).toEqual({ "ns/a": "Running" });
	});
});
