/** Own writes, and what a Reflector makes of answers that come late. */
import { describe, expect, it } from "vitest";
import { list, pod, SILENT, scene } from "./reflector-kit.ts";

type Scene = Awaited<ReturnType<typeof scene>>;

describe("Reflector", () => {
	it("knows an own write at once, and the watch's older word does not undo it", async () => {
		const { api, reflector, all } = await scene([list(10, [pod("a", 3)])]);
		reflector.note(pod("a", 15, "Mine"));
		api.send("MODIFIED", pod("a", 12, "Older"));
		expect(all()).toEqual({ "ns/a": "Mine" });
		reflector.note(pod("a", 9, "Ancient"));
		expect(all()).toEqual({ "ns/a": "Mine" });
		api.send("MODIFIED", pod("a", 16, "Newer"));
		expect(all()).toEqual({ "ns/a": "Newer" });
	});

	it("does not bring back with a late answer what was deleted meanwhile", async () => {
		const { api, reflector, all } = await scene([list(10, [])]);
		api.send("ADDED", pod("a", 11));
		api.send("DELETED", pod("a", 12));
		reflector.note(pod("a", 11));
		expect(all()).toEqual({});
		reflector.note(pod("a", 20));
		expect(all()).toEqual({ "ns/a": "Running" });
	});

	it("keeps a noted write that is newer than a list taken before it", async () => {
		const { clock, api, reflector, all } = await scene([
			list(10, []),
			list(12, []),
		]);
		reflector.note(pod("a", 15));
		api.last.end({ kind: "expired" });
		await clock.advance(1_000);
		expect(all()).toEqual({ "ns/a": "Running" });
	});

	it("takes the list for the truth when the server's history began anew", async () => {
		const { clock, api, all } = await scene([
			list(1000, [pod("a", 900), pod("b", 950)]),
			list(30, [pod("b", 20, "Fresh")]),
		]);
		api.bookmark(29);
		await clock.advance(1_000);
		expect(all()).toEqual({ "ns/b": "Fresh" });
		expect(api.last.call.resourceVersion).toBe("30");
	});

	it.each<[string, (it: Scene) => void]>([
		[
			"the connection broke",
			({ api }) => api.last.end({ kind: "failed", answer: SILENT }),
		],
		["it was nudged", ({ reflector }) => reflector.nudge()],
	])("lists again when %s: another server may answer now", async (_, act) => {
		const made = await scene([
			list(1000, [pod("a", 900)]),
			list(30, [pod("b", 20, "Fresh")]),
		]);
		made.api.send("ADDED", pod("c", 1001));
		act(made);
		await made.clock.advance(1_000);
		expect(made.all()).toEqual({ "ns/b": "Fresh" });
		expect(made.api.last.call.resourceVersion).toBe("30");
	});
});
